"""What is shown as evidence of an achievement: words, and an address where it can be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lti_tool.domain.errors import BadgeToolError

LONGEST_TEXT = 2000
LONGEST_ADDRESS = 2000
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`/]+[^\s<>\"{}|\\^`]*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """`text` in any language, of several lines if need be; `url` an http or https address. Either may be "".

    Raises `evidence.text_too_long` and `evidence.url_invalid` (422).
    """

    text: str = ""
    url: str = ""

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
        return bool(self.text or self.url)

    def to_json(self) -> dict[str, str]:
        return {"text": self.text, "url": self.url}
