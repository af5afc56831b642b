"""The answers as files to keep: made once, carried by the page itself, and not stored here."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from lti_tool.web.present.checked import CheckedRow
from lti_tool.web.present.spreadsheet import safe_cell

_HEADINGS = (
    "number",
    "name",
    "verdict",
    "reason",
    "badge",
    "issuer",
    "issuer_known",
    "recipient",
    "awarded",
    "checked_at",
)


def csv_file(rows: Sequence[CheckedRow], checked_at: str) -> str:
    """The table as text with a heading, problems first as on the page."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(_HEADINGS)
    for row in rows:
        known = ("yes" if row.issuer_known else "no") if row.issuer else ""
        cells = (row.name, row.words, row.detail, row.badge, row.issuer, known, row.recipient, row.awarded, checked_at)
        writer.writerow([row.place, *map(safe_cell, cells)])
    return output.getvalue()


def json_file(answers: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"results": list(answers)}, ensure_ascii=False, indent=1)


def data_url(kind: str, text: str) -> str:
    """The file as an address of its own, so that a link can save it without asking this server again."""
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"
