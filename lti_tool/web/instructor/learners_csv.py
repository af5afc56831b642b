"""The learners of a badge as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from lti_tool.web.instructor.badge_rows import LearnerLine
from lti_tool.web.present.spreadsheet import safe_cell

_HEAD = ("Learner", "Id in the course", "State", "Earned", "Withdrawn", "Reason", "Steps missing", "Gradebook")


def learners_csv(lines: Iterable[LearnerLine]) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes it for another encoding. Times are ISO 8601, UTC."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_HEAD)
    for line in lines:
        cells = (
            line.name,
            line.subject,
            line.word,
            line.earned_at.isoformat(timespec="seconds") if line.earned_at else "",
            line.revoked_at.isoformat(timespec="seconds") if line.revoked_at else "",
            line.revocation_reason,
            "" if line.steps is None else str(line.steps),
            line.gradebook[0] if line.gradebook else "",
        )
        table.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")
