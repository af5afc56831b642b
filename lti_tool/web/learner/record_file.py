"""A learner's record as a download: one file, or a ZIP of the parts that it is in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence


def record_file(records: Sequence[str]) -> tuple[str, str, bytes]:
    """(file name, media type, content)."""
    if len(records) == 1:
        return "record-of-badges.json", "application/json", records[0].encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, record in enumerate(records, 1):
            archive.writestr(f"record-of-badges-{number}-of-{len(records)}.json", record)
    return "record-of-badges.zip", "application/zip", packed.getvalue()
