"""What is shown as evidence of an achievement: words, an address where it can be seen, and a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lti_tool.domain.errors import BadgeToolError

LONGEST_TEXT = 2000
LONGEST_ADDRESS = 2000
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`/]+[^\s<>\"{}|\\^`]*")


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """How large a file of evidence may be (0: no files at all), and how many a learner hands in in a course."""

    file_bytes: int = 8 * 1024 * 1024
    files: int = 20


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that was handed in, without its content. `media_type` is what it was found to be; `size` in bytes."""

    id: str
    name: str
    media_type: str
    size: int

    def to_json(self) -> dict[str, str | int]:
        return {"id": self.id, "name": self.name, "media_type": self.media_type, "size": self.size}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was looked at and may be kept, as it is to be kept."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` in any language, of several lines if need be; `url` an http or https address. Any of the three may be
    missing.

    Raises `evidence.text_too_long` and `evidence.url_invalid` (422).
    """

    text: str = ""
    url: str = ""
    file: EvidenceFile | None = None

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            raise BadgeToolError(
                "evidence.text_too_long", f"Evidence has at most {LONGEST_TEXT} characters.", status=422
            )
        if self.url and (len(self.url) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(self.url)):
            raise BadgeToolError(
                "evidence.url_invalid",
                "The address of the evidence begins with https:// and has no spaces.",
                status=422,
                hint="Copy it from the address bar of the browser.",
            )

    def __bool__(self) -> bool:
        return bool(self.text or self.url or self.file)

    def to_json(self) -> dict[str, str]:
        """Words and address; a file is kept beside them."""
        return {"text": self.text, "url": self.url}
