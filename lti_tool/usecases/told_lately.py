"""told_lately: what comes with every event of a class, and need not be written with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lti_tool.domain.aliases import CourseAliasKind
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.domain.rhythm import GRAIN, Rhythm
from lti_tool.usecases.ports import UnitOfWork

# That an activity is still there is written every minute.
TOLD_AGAIN = timedelta(minutes=1)
# Activities of which a process remembers that it has just written them.
MOST_TOLD = 5000


class ToldLately:
    """When a process noted that a platform and its sources live, and that it was told of an activity. What one
    transaction notes is kept apart (with `earlier` behind it) and added after its commit."""

    def __init__(self, earlier: ToldLately | None = None) -> None:
        self._earlier = earlier
        self._signs_of_life: dict[tuple[str, str], datetime] = {}
        self._activities: dict[tuple[str, str, Activity], datetime] = {}

    def add(self, other: ToldLately) -> None:
        if len(self._activities) > MOST_TOLD:
            self._activities.clear()
        self._signs_of_life.update(other._signs_of_life)
        self._activities.update(other._activities)

    def note_life(self, registration_id: str, source: str, now: datetime) -> None:
        self._signs_of_life[registration_id, source] = now

    def life_is_due(self, registration_id: str, source: str, now: datetime) -> bool:
        noted = self._signs_of_life.get((registration_id, source))
        if noted is None and self._earlier is not None:
            return self._earlier.life_is_due(registration_id, source, now)
        return noted is None or now - noted >= GRAIN

    def note_activity(self, registration_id: str, context_id: str, activity: Activity, now: datetime) -> None:
        self._activities[registration_id, context_id, activity] = now

    def is_news(self, registration_id: str, context_id: str, activity: Activity, now: datetime) -> bool:
        """A class sends the same activity with every event."""
        noted = self._activities.get((registration_id, context_id, activity))
        if noted is None and self._earlier is not None:
            return self._earlier.is_news(registration_id, context_id, activity, now)
        return noted is None or now - noted >= TOLD_AGAIN


def is_all_told(
    registration_id: str,
    events: Sequence[LearningEvent],
    activities: Iterable[tuple[str, Activity]],
    now: datetime,
    lately: ToldLately,
) -> bool:
    """Whether beside the events nothing is to be written."""
    sources = {event.source for event in events} | {""}
    return not (
        any(lately.life_is_due(registration_id, source, now) for source in sources)
        or any(lately.is_news(registration_id, context_id, activity, now) for context_id, activity in activities)
    )


def note_sign_of_life(
    unit: UnitOfWork, registration_id: str, events: Sequence[LearningEvent], now: datetime, lately: ToldLately
) -> None:
    """The sender's rhythm is learnt, from what each process sees every few seconds."""
    sources = sorted({event.source for event in events})
    due = [source for source in sources if lately.life_is_due(registration_id, source, now)]
    if due or lately.life_is_due(registration_id, "", now):
        # One row for all events of a platform: were it written by each, they would wait for one another.
        lately.note_life(registration_id, "", now)
        unit.registrations.touch(registration_id, event_at=now)
    for source in due:
        lately.note_life(registration_id, source, now)
        held = unit.hearings.get(registration_id, source)
        unit.hearings.save(registration_id, source, held.heard(now) if held else Rhythm.begun(now))


def learn_activities(
    unit: UnitOfWork,
    registration_id: str,
    activities: Iterable[tuple[str, Activity]],
    now: datetime,
    lately: ToldLately,
) -> None:
    """Stores (context id, activity) pairs that are news in the courses of that name, where there are any."""
    by_context: dict[str, list[Activity]] = {}
    for context_id, activity in activities:
        if lately.is_news(registration_id, context_id, activity, now):
            by_context.setdefault(context_id, []).append(activity)
    for context_id, found in by_context.items():
        courses = courses_named(unit, registration_id, context_id)
        for course in courses:
            held = {(each.kind, each.id): each for each in unit.courses.activities(course.id)}
            told = [_filled_up(each, held.get((each.kind, each.id))) for each in found]
            unit.courses.save_activities(course.id, told, now)
        if courses:  # else it is told again when the course is known
            for activity in found:
                lately.note_activity(registration_id, context_id, activity, now)


def courses_named(unit: UnitOfWork, registration_id: str, context_id: str) -> list[Course]:
    """By the LTI context id, or by the course's number in the LMS; no platform uses both for different courses."""
    found = unit.courses.find(registration_id, context_id)
    return found or unit.courses.by_alias(registration_id, CourseAliasKind.LMS_COURSE_ID, context_id)


def _filled_up(told: Activity, held: Activity | None) -> Activity:
    """What one event does not say of an activity stays as it is known: only a reading of the course says all."""
    if held is None:
        return told
    return replace(
        told,
        title=held.title if told.title == told.id else told.title,
        maximum=held.maximum if told.maximum is None else told.maximum,
        module_id=told.module_id or held.module_id,
        url=told.url or held.url,
    )
