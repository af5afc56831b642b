"""What the interface takes and answers. Names and codes are stable within /api/v1."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.check_badges import MOST_AT_ONCE, HandedIn
from lti_tool.web.verify.intake import MOST_FILE_BYTES, MOST_TEXT_BYTES, shown_name

_BASE64_BYTES = (MOST_FILE_BYTES * 4) // 3 + 4


class BadgeIn(BaseModel):
    """One badge: a credential, its text, the address where it is, or a file. Exactly one of the four."""

    model_config = ConfigDict(extra="forbid")

    credential: dict[str, Any] | None = Field(None, description="An Open Badge as JSON with an embedded proof.")
    text: Annotated[str, StringConstraints(max_length=MOST_TEXT_BYTES)] | None = Field(
        None, description="A compact JWT, or JSON as text: what is signed stays byte for byte."
    )
    link: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=2048)] | None = Field(
        None, description="The address of a badge. Only addresses on the public internet are fetched."
    )
    file: Annotated[str, StringConstraints(max_length=_BASE64_BYTES)] | None = Field(
        None, description="A PNG, SVG, JSON or JWT file in base64 (RFC 4648, section 4)."
    )
    name: Annotated[str, StringConstraints(max_length=200)] = Field("", description="Comes back with the answer.")

    @model_validator(mode="after")
    def _one_of_four(self) -> BadgeIn:
        given = [value for value in (self.credential, self.text, self.link, self.file) if value is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of credential, text, link and file")
        return self


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
    endorsements: list[EndorsementOut]
    error: ErrorOut | None


class VerifyAnswer(BaseModel):
    """One result for each badge, in the order of the request."""

    results: list[ResultOut]


def as_handed_in(number: int, badge: BadgeIn, credential_text: str) -> HandedIn:
    """`credential_text` is the JSON of `credential`. Raises `verify.file_unreadable` for what is no base64."""
    name = shown_name(badge.name or badge.link or f"Badge {number}")
    if badge.link is not None:
        return HandedIn(name, link=badge.link)
    if badge.file is None:
        return HandedIn(name, badge.text if badge.text is not None else credential_text)
    try:
        return HandedIn(name, b64decode(badge.file, validate=True))
    except (binascii.Error, ValueError):
        message = f"Badge {number}: the file is not base64."
        raise BadgeToolError("verify.file_unreadable", message, status=422) from None
