"""One event of Caliper: a grade (1.0 OutcomeEvent, 1.1 and 1.2 GradeEvent) or an activity that somebody completed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.batch import Said, content_id
from lti_tool.sources.caliper.entity import action_of, id_of, is_version_1_0, type_of
from lti_tool.sources.lms_addresses import NamedCourse, activity_of, course_of, person_of
from lti_tool.sources.sender import LTI, Sender
from lti_tool.sources.values import identifier, malformed, mapping, moment, number, points, score_invalid, title

GRADES = frozenset({"GradeEvent", "OutcomeEvent"})
COURSES = frozenset({"CourseOffering", "CourseSection"})
# A group stands in a section, that in an offering; nobody nests them further.
MOST_STEPS = 4


def read_event(value: Any, sender: Sender, now: datetime) -> Said:
    """What an event says; nothing for one that the tool has no use for. Raises `event.*`."""
    if not isinstance(value, dict) or not type_of(value):
        raise malformed("An event is an object with a type.")
    kind, action = type_of(value), action_of(value)
    if kind in GRADES and action == "Graded":
        return _graded(value, sender, now)
    if kind == "AssignableEvent" and action == "Completed":
        return _completed(value, sender, now)
    return Said()


def event_id_of(event: Any, now: datetime) -> str:
    """Its own id, or one made of the content: Caliper 1.0 has none, and a wrong one is none."""
    given = event.get("id") if isinstance(event, dict) else None
    try:
        return identifier(given, "The event's id")
    except BadgeToolError:
        return content_id(event, True, now)


def _graded(value: Mapping[str, Any], sender: Sender, now: datetime) -> Said:
    """The actor is who graded. The learner is the attempt's assignee (1.1), or its actor (1.0)."""
    attempt, outcome = mapping(value.get("object")), mapping(value.get("generated"))
    is_old = is_version_1_0(value)
    # A Result of 1.0 names both itself, a Score of 1.1 by its attempt.
    attempts = [attempt, outcome if is_old else mapping(outcome.get("attempt"))]
    learner = next(filter(None, (id_of(one.get("actor" if is_old else "assignee")) for one in attempts)), "")
    assignable = next((one["assignable"] for one in attempts if id_of(one.get("assignable"))), None)
    if assignable is None:
        raise malformed("The grade names no activity.")
    given, maximum = _points_1_0(outcome) if is_old else _points(outcome, mapping(assignable))
    known = _described(assignable, mapping(value.get("target")))
    target = activity_of(id_of(known))
    # 1.0 senders fill the activity's maximum from the score itself, so that everybody has 100 %.
    activity = Activity(target, "item", title(known.get("name")) or target, maximum, url=_link(id_of(known)))
    event = LearningEvent(
        **_common(value, learner, sender, now),
        kind=FactKind.ITEM_SCORE,
        target=target,
        score=given,
        maximum=maximum,
    )
    return Said((event,), activity)


def _completed(value: Mapping[str, Any], sender: Sender, now: datetime) -> Said:
    """Here the actor is the learner, unless the attempt names another."""
    attempt, thing = mapping(value.get("generated")), value.get("object")
    learner = id_of(attempt.get("assignee")) or id_of(value.get("actor"))
    if type_of(value.get("actor")) == "SoftwareApplication" and not id_of(attempt.get("assignee")):
        learner = ""
    if not id_of(thing):
        raise malformed("The event names no activity.")
    known = _described(thing, {})
    target = activity_of(id_of(known))
    activity = Activity(target, "item", title(known.get("name")) or target, url=_link(id_of(known)))
    event = LearningEvent(
        **_common(value, learner, sender, now), kind=FactKind.ITEM_COMPLETION, target=target, completed=True
    )
    return Said((event,), activity)


def _common(value: Mapping[str, Any], learner: str, sender: Sender, now: datetime) -> dict[str, Any]:
    """The id, the learner, the course and the time."""
    if not learner:
        raise BadgeToolError(
            "event.person_unnamed",
            "The event does not say whose it is.",
            status=422,
            hint="A grade names its learner as the attempt's assignee; the actor is who graded.",
        )
    course = _course(value, sender)
    if value.get("id") is not None:
        identifier(value["id"], "The event's id")
    return {
        "event_id": event_id_of(value, now),
        "source": "caliper",
        "context_id": course.id,
        "context_kind": course.kind,
        "subject": person_of(learner, sender.home_page),
        "subject_kind": sender.person_kind,
        "occurred_at": moment(value.get("eventTime"), now),
    }


def _course(value: Mapping[str, Any], sender: Sender) -> NamedCourse:
    """The course of the event's group, else of the membership under which the actor acts."""
    for place in (value.get("group"), mapping(value.get("membership")).get("organization")):
        found = next(filter(None, _courses(place)), "")
        if found:
            return course_of(found)
    if sender.course_id:
        return NamedCourse(LTI, sender.course_id)
    raise BadgeToolError(
        "event.course_unnamed",
        "The event names no course.",
        status=422,
        hint="Name the course as the event's group, or make the credential for one course.",
    )


def _courses(organization: Any) -> Iterator[str]:
    """The organization if it is a course, else what it is part of."""
    for _ in range(MOST_STEPS):
        if isinstance(organization, str) or type_of(organization) in COURSES:
            yield id_of(organization)
        organization = mapping(organization).get("subOrganizationOf")


def _points(outcome: Mapping[str, Any], assignable: Mapping[str, Any]) -> tuple[float, float]:
    """Of a Score: points given, and the most of them, which may stand with the activity only."""
    maximum = outcome.get("maxScore")
    if maximum is None:
        maximum = assignable.get("maxScore")
    if outcome.get("scoreGiven") is None or maximum is None:
        raise score_invalid("A score has scoreGiven and maxScore.")
    return points(number(outcome["scoreGiven"]), 0.0, number(maximum))


def _points_1_0(outcome: Mapping[str, Any]) -> tuple[float, None]:
    """Of a Result of 1.0: the points. Nothing in it says out of how many."""
    told = outcome.get("totalScore")
    given = number(outcome.get("normalScore") if told is None else told)
    if given < 0:
        raise score_invalid("The score is below 0.")
    return given, None


def _described(thing: Any, target: Mapping[str, Any]) -> Mapping[str, Any]:
    """The activity as an object: itself, or the event's target where that describes the same."""
    if isinstance(thing, dict):
        return thing
    return target if id_of(target) == id_of(thing) else {"id": id_of(thing)}


def _link(address: str) -> str:
    """Shown as a link, so nothing but a web address: never javascript: or data:."""
    return address if address.startswith(("https://", "http://")) and address.isprintable() else ""
