"""From bytes that a sender chose to a LearningEvent, or to a refusal with a code. Nothing else can come out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import SCORED, FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.webhook.body import ActivityBody, EventBody

# Also the source of what the event feed brings: the same event heard twice is one row of the inbox.
SOURCE = "webhook"
MAX_BODY_BYTES = 256 * 1024
# A day forgives a clock in the wrong time zone; a later time would silence all true events until then.
LATEST = timedelta(days=1)

KINDS = {
    "item.scored": FactKind.ITEM_SCORE,
    "item.completed": FactKind.ITEM_COMPLETION,
    "module.completed": FactKind.MODULE_COMPLETION,
    "course.graded": FactKind.COURSE_GRADE,
}
NAMED_ACTIVITY = {
    FactKind.ITEM_SCORE: "item",
    FactKind.ITEM_COMPLETION: "item",
    FactKind.MODULE_COMPLETION: "module",
    FactKind.COURSE_GRADE: None,
}


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
    kind = KINDS.get(value["type"])
    if kind is None:
        return None, None
    body = _validated(value)
    _check_parts(kind, body)
    if not 0 < len(event_id) <= 255 or not event_id.isascii() or not event_id.isprintable():
        raise _malformed("The event's id is not a short printable text.")
    if body.timestamp > now + LATEST:
        raise _time_invalid("The event's time is still to come.")
    activity = body.data.activity
    event = LearningEvent(
        event_id=event_id,
        source=SOURCE,
        context_id=body.data.context_id,
        subject=body.data.user_id,
        kind=kind,
        target=activity.id if activity else "",
        occurred_at=body.timestamp,
        score=body.data.score.given if body.data.score and kind in SCORED else None,
        maximum=body.data.score.maximum if body.data.score and kind in SCORED else None,
        completed=body.data.completed if kind not in SCORED else None,
        deployment_id=body.data.deployment_id,
    )
    return event, _activity(activity) if activity else None


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


def _check_parts(kind: FactKind, body: EventBody) -> None:
    data = body.data
    activity_type = data.activity.type if data.activity else None
    if activity_type != NAMED_ACTIVITY[kind]:
        raise _malformed("The event's type and its activity do not fit each other.")
    if kind not in SCORED:
        if data.completed is None:
            raise _malformed("A completion says completed true or false.")
        return
    if "score" not in data.model_fields_set:
        # Absent is not null: a forgotten member must not withdraw a grade.
        raise _score_invalid("The score is missing; null withdraws a grade.")
    if data.score is not None and data.score.given > data.score.maximum:
        raise _score_invalid("The score is above its maximum.")


def _malformed(message: str) -> BadgeToolError:
    return BadgeToolError("event.malformed", message)


def _time_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.time_invalid", message, status=422)


def _score_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.score_invalid", message, status=422)
