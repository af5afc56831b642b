"""A file that a form carries from one step to the next: nothing of it is kept on the server before it is confirmed."""

from __future__ import annotations

import base64
import binascii
import zlib

from flask import Request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.form_text import typed

_LONGEST_NAME = 100
# What a form field may hold beside the others (Flask refuses more than 500,000 bytes of fields).
_LONGEST = 400_000


def chosen_file(request: Request, most_bytes: int) -> tuple[bytes, str]:
    """The table that was chosen, else the one that the form carries; and its name. A chosen one is read as far as one
    byte more than may be. Raises `upload.file_missing`, `upload.form_malformed`."""
    chosen = request.files.get("table")
    if chosen is not None and chosen.filename:
        return chosen.read(most_bytes + 1), chosen.filename[:_LONGEST_NAME]
    carried = request.form.get("data", "")
    if not carried:
        raise BadgeToolError("upload.file_missing", "Choose a file first.", status=422)
    return unpacked(carried, most_bytes), typed(request.form, "file_name")[:_LONGEST_NAME]


def packed(raw: bytes) -> str:
    """Raises `upload.too_large` where even compressed it is more than a form can carry."""
    text = base64.b64encode(zlib.compress(raw, 9)).decode()
    if len(text) > _LONGEST:
        raise BadgeToolError(
            "upload.too_large", "The file is too large.", status=413, hint="Split it into files of fewer rows."
        )
    return text


def unpacked(text: str, most_bytes: int) -> bytes:
    """At most that many bytes come out, whatever was put in. Raises `upload.form_malformed`."""
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(base64.b64decode(text, validate=True), most_bytes)
    except (binascii.Error, zlib.error):
        raise _malformed() from None
    if not unpacker.eof:
        raise _malformed()
    return raw


def _malformed() -> BadgeToolError:
    return BadgeToolError("upload.form_malformed", "The form came back damaged. Choose the file again.", status=422)
