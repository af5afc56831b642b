"""One event in Canvas's Caliper 1.1 format. It has fewer events than the other, and they say less."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.domain.canvas_ids import assignment_target
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind
from lti_tool.sources.batch import Said, content_id
from lti_tool.sources.canvas_live_events.envelope import Envelope, activity_named
from lti_tool.sources.canvas_live_events.grades import score
from lti_tool.sources.values import identifier, malformed, mapping


def event_id_of(event: Any) -> str:
    """Its own id; "" where it has none that can be kept."""
    try:
        return identifier(mapping(event).get("id"), "The event's id")
    except BadgeToolError:
        return ""


def read_event(event: Any, trusts_grades: bool, now: datetime) -> Said:
    """What the event says. Raises `event.*`."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise malformed("An event is an object with a type.")
    if (event["type"], event.get("action")) != ("GradeEvent", "Graded"):
        return Said()
    envelope = _envelope(event, now)
    # Whether the grade is posted and complete this format does not say: the course is read to find out.
    return _graded(event, envelope) if trusts_grades else envelope.changed()


def _graded(event: Mapping[str, Any], envelope: Envelope) -> Said:
    """The learner is the attempt's assignee; the actor is who graded."""
    attempt, outcome = mapping(event.get("object")), mapping(event.get("generated"))
    target = assignment_target(_id_of(attempt.get("assignable")))
    maximum = score(outcome.get("maxScore")) or None
    events = envelope.fact(
        envelope.person(_id_of(attempt.get("assignee"))),
        FactKind.ITEM_SCORE,
        target,
        score=score(outcome.get("scoreGiven")),
        maximum=maximum,
    )
    return envelope.learnt(activity_named(target, "item", None, maximum), events)


def _envelope(event: Mapping[str, Any], now: datetime) -> Envelope:
    """As if the event had come with metadata."""
    group = mapping(event.get("group"))
    is_course = group.get("type") in ("CourseOffering", "CourseSection")
    metadata = {
        "event_time": event.get("eventTime"),
        "context_type": "Course" if is_course else "",
        "context_id": group.get("id"),
    }
    return Envelope.open(event_id_of(event) or content_id(event, True, now), metadata, {}, None, now)


def _id_of(entity: Any) -> Any:
    return entity.get("id") if isinstance(entity, dict) else entity
