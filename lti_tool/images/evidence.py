"""A file that is handed in as evidence, judged by its first bytes: a picture is made anew, a PDF is never opened."""

from __future__ import annotations

import re

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evidence import CheckedFile
from lti_tool.images.check import JPEG_SIGNATURE, PNG_SIGNATURE, in_own_process

PDF_START = b"%PDF-"
_LONGEST_NAME = 80
# First bytes, media type, end of the name.
_KINDS = (
    (PNG_SIGNATURE, "image/png", ".png"),
    (JPEG_SIGNATURE, "image/jpeg", ".jpg"),
    (PDF_START, "application/pdf", ".pdf"),
)


def check_evidence(data: bytes, name: str, most_bytes: int) -> CheckedFile:
    """What may be kept of an uploaded file. `name` is the sender's word: it is shown, and never believed.

    Raises `evidence.file_too_large` (413), `evidence.file_type` (415), and `image.*` for a picture that cannot be read.
    """
    if len(data) > most_bytes:
        raise BadgeToolError(
            "evidence.file_too_large",
            f"The file is larger than {most_bytes / 1024 / 1024:.3g} MiB.",
            status=413,
            hint="Make it smaller, or give a link to it.",
        )
    media_type, ending = _kind_of(data)
    content = data if data.startswith(PDF_START) else in_own_process(data, "photo")
    return CheckedFile(_plain_name(name) + ending, media_type, content)


def _kind_of(data: bytes) -> tuple[str, str]:
    for start, media_type, ending in _KINDS:
        if data.startswith(start):
            return media_type, ending
    raise BadgeToolError(
        "evidence.file_type",
        "The file is neither a PDF nor a picture (PNG, JPEG).",
        status=415,
        hint="Save it as one of these, or give a link to it.",
    )


def _plain_name(name: str) -> str:
    """The last part of a path without its ending, in characters that every system can save."""
    last = re.split(r"[/\\]", name)[-1]
    stem = last.rpartition(".")[0] or last
    kept = "".join(sign for sign in stem if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    return kept[:_LONGEST_NAME] or "evidence"
