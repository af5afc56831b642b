"""ingest_events: what a source says is stored before it is acknowledged; the work on it is due in the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NoReturn

from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.gathering import Gathering
from lti_tool.usecases.ports import Clock, EventConflict, RefusedEvent, ToldEvent, Transactions, UnitOfWork
from lti_tool.usecases.told_lately import ToldLately, courses_named, is_all_told, learn_activities, note_sign_of_life

# A class that works through a module, or an import of people, moves the same course many times in a minute.
SETTLING = timedelta(minutes=1)

# More events than this are a batch.
FEW = 10


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


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one call brought; see IngestEvents."""

    registration_id: str
    events: Sequence[LearningEvent]
    activities: Sequence[tuple[str, Activity]]
    tolerant: bool
    pushed: bool
    refused: Sequence[RefusedEvent]
    changed: Sequence[str]
    then: Then | None

    def is_one_event(self) -> bool:
        """Sent by the platform, and nothing with it that would have to be stored in the same transaction."""
        return len(self.events) == 1 and self.pushed and not (self.refused or self.changed or self.then)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The rows of the events that were new, and the events that contradict what is stored."""

    new: Sequence[int]
    conflicting: Sequence[RefusedEvent] = ()
    is_wave: bool = False


class _Contradicted(Exception):
    """An id was used with other content before, so that nothing of the delivery is stored."""

    def __init__(self, events: Sequence[RefusedEvent]) -> None:
        self.events = events


class IngestEvents:
    """`most_at_once`: what a reading or a table tells of more learners than that is weighed as a whole, so that what it
    awards surprises nobody (mass_awards). None: nothing is. `passes(error)`: whether an error is that of a database
    which is away, and not of what is to be stored."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        most_at_once: int | None = None,
        passes: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._most_at_once = most_at_once
        self._passes = passes
        self._gathered = Gathering(self._together)
        self._lately = ToldLately()

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
        then: Then | None = None,
    ) -> Receipt:
        """Stores events and (context id, activity) pairs in one transaction, and of a batch what was `refused` while it
        was parsed, for the administrator to see.

        Raises `event.id_conflict` for an id that was used with other content, and then stores only that. `tolerant`,
        for a batch: such an event is left out, kept and counted, so that it does not hold up the others. `pushed`: the
        platform sent them by itself, which is noted as a sign of life of its events. `changed`: context ids of courses
        about which something moved that no event tells; they are read as soon as they have settled. `then` is called
        before the commit. Calls that come at once share a transaction.
        """
        told = (tolerant, pushed, refused, tuple(changed), then)
        delivery = _Delivery(registration_id, events, tuple(activities), *told)
        # What is long has a transaction of its own, so that nothing short waits for it.
        outcome = self._gathered(delivery) if len(events) <= FEW else self._alone(delivery)
        if outcome.conflicting and not tolerant:
            self._refuse_all(registration_id, outcome.conflicting, self._clock.now())
        accepted, conflicting = len(outcome.new), len(outcome.conflicting)
        return Receipt(accepted, len(events) - accepted - conflicting, conflicting, len(refused))

    def _together(self, groups: Iterable[Sequence[_Delivery]]) -> Sequence[_Outcome | Exception]:
        taken: list[_Delivery] = []
        waiting = iter(groups)
        try:
            first = next(waiting)
            if self._transactions.autocommits and self._is_all_told(first):
                taken += first
                return self._store_at_once(first)
            return self._store(chain([first], waiting), taken)
        except Exception as error:  # whatever one brings must not hold up the others
            if self._passes(error) or not taken:
                raise
        return [self._tried_alone(delivery) for delivery in taken]

    def _is_all_told(self, group: Sequence[_Delivery]) -> bool:
        now = self._clock.now()
        return all(
            one.is_one_event() and is_all_told(one.registration_id, one.events, one.activities, now, self._lately)
            for one in group
        )

    def _store_at_once(self, group: Sequence[_Delivery]) -> list[_Outcome | Exception]:
        """Events that nothing came with, as nearly all are: stored with the work on them and no more."""
        told = [ToldEvent(one.registration_id, one.events[0]) for one in group]
        with self._transactions(brief=True) as unit:
            added = work.take_in(unit, told, self._clock.now())
            unit.commit()
        return [
            # What contradicts is stored as such.
            self._tried_alone(one) if isinstance(row, EventConflict) else _Outcome([] if row is None else [row])
            for one, row in zip(group, added, strict=True)
        ]

    def _tried_alone(self, delivery: _Delivery) -> _Outcome | Exception:
        try:
            return self._alone(delivery)
        except Exception as error:  # for its own caller
            return error

    def _alone(self, delivery: _Delivery) -> _Outcome:
        try:
            return self._store([[delivery]], [])[0]
        except _Contradicted as contradicted:
            return _Outcome((), contradicted.events)

    def _store(self, groups: Iterable[Sequence[_Delivery]], taken: list[_Delivery]) -> list[_Outcome]:
        """In one transaction; `taken` is filled with those that were begun."""
        lately, outcomes = ToldLately(self._lately), []
        with self._transactions() as unit:
            for group in groups:
                taken += group
                outcomes += self._store_group(unit, group, lately)
            work.apply_events(unit, [row_id for one in outcomes if not one.is_wave for row_id in one.new])
            for wave in (outcome for outcome in outcomes if outcome.is_wave):
                work.apply_events(unit, wave.new, as_wave=True)
            unit.commit()
        self._lately.add(lately)
        return outcomes

    def _store_group(self, unit: UnitOfWork, group: Sequence[_Delivery], lately: ToldLately) -> list[_Outcome]:
        now = self._clock.now()
        told = [ToldEvent(one.registration_id, event, one.pushed) for one in group for event in one.events]
        added = iter(unit.inbox.add(told, now) if told else ())
        return [self._store_one(unit, one, list(islice(added, len(one.events))), now, lately) for one in group]

    def _store_one(
        self,
        unit: UnitOfWork,
        told: _Delivery,
        added: Sequence[int | EventConflict | None],
        now: datetime,
        lately: ToldLately,
    ) -> _Outcome:
        """`added`: what became of its events in the inbox."""
        pairs = list(zip(told.events, added, strict=True))
        conflicting = [_contradiction(event, row) for event, row in pairs if isinstance(row, EventConflict)]
        if conflicting and not told.tolerant:
            raise _Contradicted(conflicting)
        new = {event.event_id: row for event, row in pairs if isinstance(row, int)}
        learn_activities(unit, told.registration_id, told.activities, now, lately)
        _read_soon(unit, told.registration_id, told.changed, now + SETTLING)
        if told.pushed:
            note_sign_of_life(unit, told.registration_id, told.events, now, lately)
        if told.then is not None:
            told.then(unit, frozenset(new))
        _keep_refused(unit, told.registration_id, [*told.refused, *conflicting], now)
        return _Outcome(list(new.values()), conflicting, not told.pushed and self._is_wave(told.events, set(new)))

    def _is_wave(self, events: Sequence[LearningEvent], new_ids: set[str]) -> bool:
        if self._most_at_once is None or len(new_ids) <= self._most_at_once:
            return False
        told = {(event.subject_kind, event.subject) for event in events if event.event_id in new_ids}
        return len(told) > self._most_at_once

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


def _read_soon(unit: UnitOfWork, registration_id: str, changed: Iterable[str], due_at: datetime) -> None:
    """A reading that waits already does for all that changes until then. Courses that are not known here have none."""
    for context_id in dict.fromkeys(changed):
        for course in courses_named(unit, registration_id, context_id):
            work.read_course(unit, course.id, Why.CHANGED, due_at)


def _contradiction(event: LearningEvent, conflict: EventConflict) -> RefusedEvent:
    body = json.dumps(event.to_json(), sort_keys=True)
    return RefusedEvent(event.source, event.event_id, conflict.code, conflict.message, body)


def _keep_refused(unit: UnitOfWork, registration_id: str, refused: Iterable[RefusedEvent], now: datetime) -> None:
    for one in refused:
        unit.refused_events.add(registration_id, one, now)
