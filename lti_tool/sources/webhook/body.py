"""The shape of an event's body. Unknown members are ignored, so that senders may add some."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from lti_tool.domain.aliases import COURSE_NAMES, LTI_NAME, PERSON_NAMES, AliasKind
from lti_tool.domain.learning_event import LONGEST_LETTER, MOST_ATTEMPTS, STANDINGS, GradeVariant


def _printable(text: str) -> str:
    # NUL cannot be stored in PostgreSQL, and a line break in an id could forge a line of a log.
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        raise ValueError("control characters")
    return text


def _web_address(text: str) -> str:
    # Shown as a link: javascript: and data: addresses must never get that far.
    if text and not text.startswith(("https://", "http://")):
        raise ValueError("not a web address")
    return text


def _with_zone(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("not a time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("not a time") from error


def _one_of(names: Collection[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in names:
            raise ValueError("not one of these")
        return text

    return check


Id = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_printable)]
Title = Annotated[str, StringConstraints(max_length=500), AfterValidator(_printable)]
Address = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable), AfterValidator(_web_address)]
Moment = Annotated[datetime, BeforeValidator(_with_zone)]
# Above a billion points a binary float no longer tells a hundredth from nothing.
Points = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


Letter = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LETTER), AfterValidator(_printable)]


class _Strict(BaseModel):
    """No conversions: "85" is not a number, 1 is not true."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class ActivityBody(_Strict):
    """An activity or module of the course; `maximum` in points."""

    id: Id
    type: Literal["item", "module"]
    title: Title = ""
    maximum: Points | None = None
    module_id: Id | None = None
    url: Address | None = None


class ScoreBody(_Strict):
    """`given` of `maximum` points."""

    given: Points
    maximum: Annotated[Points, Field(gt=0)]


class NamedBody(_Strict):
    """An outcome, or a fact from outside the course such as "attendance"."""

    id: Id
    title: Title = ""


class EventData(_Strict):
    """About whom and what. Whether `score` was named at all matters: null withdraws a grade.

    `user_id_kind` and `context_id_kind` say which name `user_id` and `context_id` are (domain.aliases).
    """

    context_id: Id
    user_id: Id
    context_id_kind: Annotated[str, AfterValidator(_one_of(COURSE_NAMES))] = LTI_NAME
    user_id_kind: Annotated[str, AfterValidator(_one_of(PERSON_NAMES - {AliasKind.PAST_SUBJECT}))] = LTI_NAME
    deployment_id: Id | None = None
    activity: ActivityBody | None = None
    outcome: NamedBody | None = None
    fact: NamedBody | None = None
    score: ScoreBody | None = None
    letter: Letter | None = None
    completed: bool | None = None
    standing: Annotated[str, AfterValidator(_one_of(STANDINGS))] = ""
    attempt: Annotated[int, Field(ge=0, le=MOST_ATTEMPTS)] | None = None
    variant: Annotated[str, AfterValidator(_one_of(frozenset(GradeVariant)))] = ""
    late: bool | None = None
    submitted_at: Moment | None = None


class EventBody(_Strict):
    """One event of a known type."""

    type: Id
    timestamp: Moment
    data: EventData
