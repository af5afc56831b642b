"""What the interface takes and answers. Names and codes are stable within /api/v1."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lti_tool.usecases.check_badges import MOST_AT_ONCE, HandedIn
from lti_tool.web.verify.intake import MOST_FILE_BYTES, MOST_TEXT_BYTES, shown_name

_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_BASE64_BYTES = (MOST_FILE_BYTES * 4) // 3 + 4
_WAYS = dict.fromkeys(("credential", "text", "link", "file"))


class BadgeIn(BaseModel):
    """One badge: a credential, its text, the address where it is, or a file. Exactly one of the four."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"oneOf": [{"required": [member]} for member in _WAYS]})

    credential: dict[str, Any] = Field(
        default_factory=dict, description="An Open Badge as JSON with an embedded proof."
    )
    text: str = Field(
        "",
        max_length=MOST_TEXT_BYTES,
        description="A compact JWT, or JSON as text: what is signed stays byte for byte.",
    )
    link: str = Field(
        "",
        pattern=r"^https?://\S+$",
        max_length=2048,
        description="The address of a badge. Only addresses on the public internet are fetched.",
    )
    file: str = Field(
        "",
        pattern=_BASE64,
        max_length=_BASE64_BYTES,
        description="A PNG, SVG, JSON or JWT file in base64 (RFC 4648, section 4).",
    )
    name: str = Field("", max_length=200, description="Comes back with the answer.")

    @model_validator(mode="after")
    def _one_of_four(self) -> BadgeIn:
        if len(self.model_fields_set & _WAYS.keys()) != 1:
            raise ValueError("give exactly one of credential, text, link and file")
        return self

    @property
    def way(self) -> str:
        """Which of the four it is."""
        return next(iter(self.model_fields_set & _WAYS.keys()))


class VerifyRequest(BaseModel):
    """Up to 200 badges."""

    model_config = ConfigDict(extra="forbid")

    badges: list[BadgeIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class CheckOut(BaseModel):
    """One question and its answer."""

    name: str
    outcome: Literal["passed", "failed", "not_checked"]
    code: str = Field(description="Stable; made for programs.")
    sentence: str = Field(description="For people.")


class PartyOut(BaseModel):
    id: str
    name: str


class BadgeOut(BaseModel):
    """What the badge says of itself. Believe it only as far as the verdict goes."""

    id: str
    name: str
    description: str
    criteria: str
    issuer: PartyOut
    recipient: PartyOut
    awarded: str
    valid_until: str
    skills: list[str]


class EndorsementOut(BaseModel):
    name: str
    comment: str
    outcome: Literal["passed", "failed", "not_checked"]
    code: str
    sentence: str


class ContainedOut(BaseModel):
    """One badge inside a record of badges, checked by itself."""

    name: str
    outcome: Literal["passed", "failed", "not_checked"]
    code: str
    sentence: str


class ErrorOut(BaseModel):
    code: str
    message: str
    hint: str = ""
    correlation_id: str = ""


class ErrorAnswer(BaseModel):
    error: ErrorOut


class ResultOut(BaseModel):
    """The answer for one badge."""

    name: str
    verdict: Literal["genuine", "forged", "withdrawn", "expired", "unsure"]
    words: str
    reason: str
    checked_at: str
    checks: list[CheckOut]
    badge: BadgeOut | None
    issuer_known: bool = Field(description="Whether the issuer whose key signed it is one of this installation.")
    endorsements: list[EndorsementOut]
    contents: list[ContainedOut]
    error: ErrorOut | None


class VerifyAnswer(BaseModel):
    """One result for each badge, in the order of the request."""

    results: list[ResultOut]


def as_handed_in(number: int, badge: BadgeIn, credential_text: str) -> HandedIn:
    """`credential_text` is the JSON of `credential`."""
    name = shown_name(badge.name or badge.link or f"Badge {number}")
    if badge.way == "link":
        return HandedIn(name, link=badge.link)
    if badge.way == "file":
        return HandedIn(name, b64decode(badge.file))
    return HandedIn(name, badge.text if badge.way == "text" else credential_text)
