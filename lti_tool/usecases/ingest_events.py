"""ingest_events: what a source says is stored before it is acknowledged; the work on it is due in the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from lti_tool.domain.aliases import CourseAliasKind
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.domain.rhythm import GRAIN, Rhythm
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, EventConflict, RefusedEvent, Transactions, UnitOfWork

# A class that works through a module, or an import of people, moves the same course many times in a minute.
SETTLING = timedelta(minutes=1)

# Activities of which a process remembers that it has just written them.
MOST_TOLD = 5000


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many of the events were new, how many had been stored before, how many contradict what was stored, and how
    many could not be understood."""

    accepted: int
    repeated: int
    conflicting: int = 0
    refused: int = 0


# (unit, ids of the events that were new): what else belongs into the transaction that stores them.
Then = Callable[[UnitOfWork, frozenset[str]], object]


class IngestEvents:
    """`most_at_once`: what a reading or a table tells of more learners than that is weighed as a whole, so that what it
    awards surprises nobody (mass_awards). None: nothing is."""

    def __init__(self, transactions: Transactions, clock: Clock, most_at_once: int | None = None) -> None:
        self._transactions = transactions
        self._clock = clock
        self._most_at_once = most_at_once
        self._signs_of_life: dict[tuple[str, str], datetime] = {}
        self._told: dict[tuple[str, str, Activity], datetime] = {}

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]] = (),
        *,
        tolerant: bool = False,
        pushed: bool = True,
        refused: Sequence[RefusedEvent] = (),
        changed: Iterable[str] = (),
        then: Then = lambda *_: None,
    ) -> Receipt:
        """Stores events and (context id, activity) pairs in one transaction, and of a batch what was `refused` while it
        was parsed, for the administrator to see.

        Raises `event.id_conflict` for an id that was used with other content, and then stores only that. `tolerant`,
        for a batch: such an event is left out, kept and counted, so that it does not hold up the others. `pushed`: the
        platform sent them by itself, which is noted as a sign of life of its events. `changed`: context ids of courses
        about which something moved that no event tells; they are read as soon as they have settled. `then` is called
        before the commit.
        """
        now = self._clock.now()
        conflicting: list[RefusedEvent] = []
        new: list[int] = []
        new_ids: set[str] = set()
        with self._transactions() as unit:
            for event in events:
                try:
                    row_id = unit.inbox.add(registration_id, event, now, pushed=pushed)
                except EventConflict as conflict:
                    conflicting.append(_contradiction(event, conflict))
                    if not tolerant:
                        break
                else:
                    if row_id is not None:
                        new.append(row_id)
                        new_ids.add(event.event_id)
            if tolerant or not conflicting:
                work.apply_events(unit, new, as_wave=not pushed and self._is_wave(events, new_ids))
                self._learn_activities(unit, registration_id, activities)
                _read_soon(unit, registration_id, changed, now + SETTLING)
                if pushed:
                    self._note_sign_of_life(unit, registration_id, events, now)
                then(unit, frozenset(new_ids))
                _keep_refused(unit, registration_id, [*refused, *conflicting], now)
                unit.commit()
        if conflicting and not tolerant:
            self._refuse_all(registration_id, conflicting, now)
        return Receipt(len(new), len(events) - len(new) - len(conflicting), len(conflicting), len(refused))

    def _is_wave(self, events: Sequence[LearningEvent], new_ids: set[str]) -> bool:
        if self._most_at_once is None or len(new_ids) <= self._most_at_once:
            return False
        told = {(event.subject_kind, event.subject) for event in events if event.event_id in new_ids}
        return len(told) > self._most_at_once

    def _note_sign_of_life(
        self, unit: UnitOfWork, registration_id: str, events: Sequence[LearningEvent], now: datetime
    ) -> None:
        """The sender's rhythm is learnt, from what each process sees every few seconds."""
        due = [source for source in {event.source for event in events} if self._is_due(registration_id, source, now)]
        if due or self._is_due(registration_id, "", now):
            # One row for all events of a platform: were it written by each, they would wait for one another.
            self._signs_of_life[registration_id, ""] = now
            unit.registrations.touch(registration_id, event_at=now)
        for source in due:
            self._signs_of_life[registration_id, source] = now
            held = unit.hearings.get(registration_id, source)
            unit.hearings.save(registration_id, source, held.heard(now) if held else Rhythm.begun(now))

    def _is_due(self, registration_id: str, source: str, now: datetime) -> bool:
        noted = self._signs_of_life.get((registration_id, source))
        return noted is None or now - noted >= GRAIN

    def refuse(self, registration_id: str, refused: Sequence[RefusedEvent]) -> None:
        """Keeps what came from a proven sender and could not be understood."""
        with self._transactions() as unit:
            _keep_refused(unit, registration_id, refused, self._clock.now())
            unit.commit()

    def _refuse_all(self, registration_id: str, conflicting: Sequence[RefusedEvent], now: datetime) -> NoReturn:
        with self._transactions() as unit:
            _keep_refused(unit, registration_id, conflicting, now)
            unit.commit()
        raise EventConflict

    def _learn_activities(
        self, unit: UnitOfWork, registration_id: str, activities: Iterable[tuple[str, Activity]]
    ) -> None:
        by_context: dict[str, list[Activity]] = {}
        now = self._clock.now()
        for context_id, activity in activities:
            if self._is_news(registration_id, context_id, activity, now):
                by_context.setdefault(context_id, []).append(activity)
        for context_id, found in by_context.items():
            courses = _courses_named(unit, registration_id, context_id)
            for course in courses:
                held = {(each.kind, each.id): each for each in unit.courses.activities(course.id)}
                told = [_filled_up(each, held.get((each.kind, each.id))) for each in found]
                unit.courses.save_activities(course.id, told, now)
            if courses:  # else it is told again when the course is known
                self._told |= {(registration_id, context_id, activity): now for activity in found}

    def _is_news(self, registration_id: str, context_id: str, activity: Activity, now: datetime) -> bool:
        """A class sends the same activity with every event; that it is still there is written every minute."""
        if len(self._told) > MOST_TOLD:
            self._told.clear()
        told = self._told.get((registration_id, context_id, activity))
        return told is None or now - told >= SETTLING


def _read_soon(unit: UnitOfWork, registration_id: str, changed: Iterable[str], due_at: datetime) -> None:
    """A reading that waits already does for all that changes until then. Courses that are not known here have none."""
    for context_id in dict.fromkeys(changed):
        for course in _courses_named(unit, registration_id, context_id):
            work.read_course(unit, course.id, Why.CHANGED, due_at)


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


def _courses_named(unit: UnitOfWork, registration_id: str, context_id: str) -> list[Course]:
    """By the LTI context id, or by the course's number in the LMS; no platform uses both for different courses."""
    found = unit.courses.find(registration_id, context_id)
    return found or unit.courses.by_alias(registration_id, CourseAliasKind.LMS_COURSE_ID, context_id)


def _contradiction(event: LearningEvent, conflict: EventConflict) -> RefusedEvent:
    body = json.dumps(event.to_json(), sort_keys=True)
    return RefusedEvent(event.source, event.event_id, conflict.code, conflict.message, body)


def _keep_refused(unit: UnitOfWork, registration_id: str, refused: Iterable[RefusedEvent], now: datetime) -> None:
    for one in refused:
        unit.refused_events.add(registration_id, one, now)
