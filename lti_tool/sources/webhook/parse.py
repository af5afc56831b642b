"""From bytes that a sender chose to a LearningEvent, or to a refusal with a code. Nothing else can come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import ATTEMPTED, RATED, SCORED, FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.webhook.body import ActivityBody, EventBody, EventData

# Also the source of what the event feed brings: the same event heard twice is one row of the inbox.
SOURCE = "webhook"
MAX_BODY_BYTES = 256 * 1024
# A day forgives a clock in the wrong time zone; a later time would silence all true events until then.
LATEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EventType:
    """`about`: which member names what it is about: an item, a module, an outcome, a fact, or "" for the course."""

    kind: FactKind
    about: str = ""


TYPES = {
    "item.scored": EventType(FactKind.ITEM_SCORE, "item"),
    "item.submitted": EventType(FactKind.ITEM_SUBMISSION, "item"),
    "item.completed": EventType(FactKind.ITEM_COMPLETION, "item"),
    "module.completed": EventType(FactKind.MODULE_COMPLETION, "module"),
    "course.graded": EventType(FactKind.COURSE_GRADE),
    "course.completed": EventType(FactKind.COURSE_COMPLETION),
    "outcome.rated": EventType(FactKind.OUTCOME_MASTERY, "outcome"),
    "fact.stated": EventType(FactKind.EXTERNAL_FACT, "fact"),
}
_RATINGS = frozenset({"score", "letter", "completed"})


def parse_body(webhook_id: str, raw_body: bytes, now: datetime) -> tuple[LearningEvent | None, Activity | None]:
    """Reads a verified body; (None, None) for a type that this version does not know.

    Raises `event.too_large` (413), `event.malformed` and `event.duplicate_key` (400), `event.score_invalid` and
    `event.time_invalid` (422).
    """
    if len(raw_body) > MAX_BODY_BYTES:
        raise BadgeToolError("event.too_large", "An event may have 256 KiB at most.", status=413)
    return read_event(webhook_id, read_json(raw_body), now)


def read_event(event_id: str, value: Any, now: datetime) -> tuple[LearningEvent | None, Activity | None]:
    """The same for JSON that was read already (strictly: no duplicate keys, no NaN)."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise _malformed("The body is not an object with a type.")
    told = TYPES.get(value["type"])
    if told is None:
        return None, None
    body = _validated(value)
    about = _about(told, body.data)
    _check_result(told.kind, body.data)
    if not 0 < len(event_id) <= 255 or not event_id.isascii() or not event_id.isprintable():
        raise _malformed("The event's id is not a short printable text.")
    if body.timestamp > now + LATEST:
        raise _time_invalid("The event's time is still to come.")
    return _event(event_id, told.kind, about.id if about else "", body), about


def _event(event_id: str, kind: FactKind, target: str, body: EventBody) -> LearningEvent:
    data = body.data
    rated, completes = kind in SCORED | RATED, kind not in SCORED
    is_submission = kind is FactKind.ITEM_SUBMISSION
    return LearningEvent(
        event_id=event_id,
        source=SOURCE,
        context_id=data.context_id,
        context_kind=data.context_id_kind,
        subject=data.user_id,
        subject_kind=data.user_id_kind,
        deployment_id=data.deployment_id,
        kind=kind,
        target=target,
        occurred_at=body.timestamp,
        score=data.score.given if data.score and rated else None,
        maximum=data.score.maximum if data.score and rated else None,
        letter=(data.letter or "") if rated else "",
        completed=data.completed if completes else None,
        standing=data.standing,
        attempt=data.attempt if kind in ATTEMPTED else None,
        variant=data.variant if kind is FactKind.COURSE_GRADE else "",
        late=data.late if is_submission else None,
        submitted_at=data.submitted_at if is_submission else None,
    )


def read_activity(value: Any) -> Activity:
    """An activity as events and the event feed describe it; raises `event.malformed`."""
    try:
        return _activity(ActivityBody.model_validate(value))
    except ValidationError:
        raise _malformed("The activity cannot be understood.") from None


def _activity(body: ActivityBody) -> Activity:
    return Activity(body.id, body.type, body.title or body.id, body.maximum, body.module_id, body.url or "")


def _validated(value: Mapping[str, Any]) -> EventBody:
    try:
        return EventBody.model_validate(value)
    except ValidationError as error:
        places = [problem["loc"] for problem in error.errors(include_input=False, include_url=False)]
    if any(place[:1] == ("timestamp",) for place in places):
        raise _time_invalid("The timestamp is not an ISO 8601 time with a zone.")
    if any(place[:2] == ("data", "score") for place in places):
        raise _score_invalid("A score is a number of points given, and a maximum of more than 0.")
    named = ".".join(str(part) for part in places[0]) if places else "body"
    # Only names of our own shape stand in a location, nothing of the sender's.
    raise _malformed(f"“{named}” is missing or not as it should be.")


def _about(told: EventType, data: EventData) -> Activity | None:
    """What the event is about, as rules can name it."""
    if told.about in ("outcome", "fact"):
        named = data.outcome if told.about == "outcome" else data.fact
        if named is None:
            raise _malformed(f"The event does not say which {told.about} it is about.")
        return Activity(named.id, told.about, named.title or named.id)
    if (data.activity.type if data.activity else "") != told.about:
        raise _malformed("The event's type and its activity do not fit each other.")
    return _activity(data.activity) if data.activity else None


def _check_result(kind: FactKind, data: EventData) -> None:
    """Absent is not null: a forgotten member must not withdraw a grade."""
    if kind in SCORED and "score" not in data.model_fields_set and not data.letter:
        raise _score_invalid("The score is missing; null withdraws a grade.")
    if kind in RATED and not _RATINGS & data.model_fields_set:
        raise _malformed("A rating says a score, a letter, or completed true or false; null takes it back.")
    if kind not in SCORED | RATED and data.completed is None:
        raise _malformed("A completion says completed true or false.")
    if kind in SCORED | RATED and data.score is not None and data.score.given > data.score.maximum:
        raise _score_invalid("The score is above its maximum.")


def _malformed(message: str) -> BadgeToolError:
    return BadgeToolError("event.malformed", message)


def _time_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.time_invalid", message, status=422)


def _score_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.score_invalid", message, status=422)
