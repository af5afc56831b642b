"""What waits, what was set aside and what was refused, as the operator's page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.usecases.find_learner import COURSE_AMBIGUOUS, COURSE_UNKNOWN, PERSON_UNKNOWN, SUBJECT_GONE
from lti_tool.usecases.mend_events import EventsPage
from lti_tool.usecases.ports import Parked, RefusedEvent, StoredEvent

# Why events wait, and what ends it.
_WAITS = {
    COURSE_UNKNOWN: "Their course has not opened LTI Badges yet. They are used as soon as somebody opens it there.",
    COURSE_AMBIGUOUS: "Several courses bear the name they give, so it cannot be told which is meant.",
    PERSON_UNKNOWN: "Their learner is not known in the course yet. They are used once a roster or a launch names her.",
    SUBJECT_GONE: "Their learner was deleted from the course. They are used only if she comes back.",
}


@dataclass(frozen=True, slots=True)
class ParkedRow:
    count: int
    sentence: str
    code: str
    oldest: datetime


@dataclass(frozen=True, slots=True)
class DeadRow:
    """An event that could not be applied; `about` names the course and the learner as the source does."""

    id: int
    source: str
    event_id: str
    about: str
    received_at: datetime
    tries: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventsView:
    platform_id: str
    platform_name: str
    parked: list[ParkedRow]
    dead: list[DeadRow]
    refused: list[RefusedEvent]


def events_view(page: EventsPage) -> EventsView:
    return EventsView(
        page.registration.id,
        page.registration.name,
        [_parked(line) for line in page.parked],
        [_dead(stored) for stored in page.dead],
        page.refused,
    )


def _parked(line: Parked) -> ParkedRow:
    return ParkedRow(line.count, _WAITS.get(line.reason, "They wait."), line.reason, line.oldest)


def _dead(stored: StoredEvent) -> DeadRow:
    event = stored.event
    about = f"{event.kind.value.replace('_', ' ')} of learner {event.subject} in course {event.context_id}"
    return DeadRow(stored.id, event.source, event.event_id, about, stored.received_at, stored.tries, stored.reason)
