"""apply_events: events of the inbox are folded into learner records.

Events are applied many at a time. Where that fails, or the worker died of it, they are taken one by one, and each try
is counted before it is made. One that the worker died of is put off and goes last: it holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.find_learner import course_of, learner_of
from lti_tool.usecases.ports import Clock, StoredEvent, Transactions, UnitOfWork

MOST_TRIES = 5
ROSTER_AGAIN = timedelta(minutes=1)
OPEN = ("received", "parked")
# A wave is folded by several jobs; it is weighed when most of it is there.
WAVE_GATHERS = timedelta(seconds=5)
_CRASHED = "event.crashed: The worker did not survive this event."


class ApplyEvents:
    """`passes(error)`: whether an error is that of a database which is away, and not of the event. `tell(row id, tries,
    error)` is called for every event that failed alone; the error is None where the worker died of it."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        passes: Callable[[Exception], bool] = lambda _: False,
        tell: Callable[[int, int, Exception | None], object] = lambda *_: None,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._passes = passes
        self._tell = tell

    def __call__(self, row_ids: Sequence[int], attempt: int = 1, *, as_wave: bool = False) -> None:
        """Folds the rows that wait; those already applied are left alone, so that it can be repeated. `as_wave`: what
        follows is weighed for the course as a whole; of events that have to be tried alone one by one, as ever."""
        if attempt == 1 and len(row_ids) > 1:
            try:
                self._apply_all(row_ids, as_wave=as_wave)
                return
            except Exception as error:  # whatever one event does must not hold up the others
                if self._passes(error):
                    raise
        # With others a row has been tried once before it is tried alone.
        made_together = 1 if len(row_ids) > 1 else 0
        for stored in self._open(row_ids):
            if attempt > 1 and stored.tries:
                self._put_off(stored)
            else:
                self._try_alone(stored, max(stored.tries, made_together))

    def _apply_all(self, row_ids: Sequence[int], *, as_wave: bool = False) -> None:
        with self._transactions() as unit:
            applied: list[tuple[str, StoredEvent]] = []
            for row_id in row_ids:
                stored = unit.inbox.get(row_id)
                if stored is not None and stored.state in OPEN:
                    applied += [(course_id, stored) for course_id in self._apply(unit, stored, as_wave=as_wave)]
            self._note_heard(unit, applied)
            unit.commit()

    def _note_heard(self, unit: UnitOfWork, applied: Sequence[tuple[str, StoredEvent]]) -> None:
        now = self._clock.now()
        for course_id in {course_id for course_id, _ in applied}:
            unit.courses.save_reading(course_id, heard_at=now, active_at=now)
        told: dict[tuple[str, str], datetime] = {}
        for course_id, stored in applied:
            if stored.pushed:
                key = (course_id, stored.event.source)
                told[key] = max(stored.received_at, told.get(key, stored.received_at))
        for (course_id, source), heard_at in told.items():
            unit.sweeps.save(course_id, source, heard_at=heard_at)

    def _open(self, row_ids: Sequence[int]) -> list[StoredEvent]:
        with self._transactions(write=False) as unit:
            found = [unit.inbox.get(row_id) for row_id in row_ids]
        return [stored for stored in found if stored is not None and stored.state in OPEN]

    def _put_off(self, stored: StoredEvent) -> None:
        """The last try of this one ended the worker."""
        self._tell(stored.id, stored.tries, None)
        if stored.tries >= MOST_TRIES:
            self._set_aside(stored, stored.tries, _CRASHED)
            return
        with self._transactions() as unit:
            self._try_later(unit, stored.id, stored.tries)
            unit.commit()

    def _try_later(self, unit: UnitOfWork, row_id: int, tries: int) -> None:
        work.apply_events(unit, [row_id], self._clock.now() + timedelta(seconds=2.0**tries))

    def _try_alone(self, stored: StoredEvent, tries: int) -> None:
        with self._transactions() as unit:
            unit.inbox.mark(stored.id, stored.state, stored.reason, tries + 1)
            unit.commit()
        try:
            self._apply_all([stored.id])
        except Exception as error:  # it is kept with its reason, and everything else goes on
            self._failed(stored, tries, error)

    def _failed(self, stored: StoredEvent, tries: int, error: Exception) -> None:
        if self._passes(error):
            with self._transactions() as unit:
                unit.inbox.mark(stored.id, stored.state, stored.reason, stored.tries)
                unit.commit()
            raise error
        reason = f"{getattr(error, 'code', type(error).__name__)}: {error}"
        self._tell(stored.id, tries + 1, error)
        if tries + 1 >= MOST_TRIES:
            self._set_aside(stored, tries + 1, reason)
            return
        with self._transactions() as unit:
            unit.inbox.mark(stored.id, stored.state, reason, tries + 1)
            self._try_later(unit, stored.id, tries)
            unit.commit()

    def _set_aside(self, stored: StoredEvent, tries: int, reason: str) -> None:
        with self._transactions() as unit:
            unit.inbox.mark(stored.id, "dead", reason, tries)
            unit.commit()

    def _apply(self, unit: UnitOfWork, stored: StoredEvent, *, as_wave: bool) -> set[str]:
        course = course_of(unit, stored.registration_id, stored.event)
        if isinstance(course, str):
            unit.inbox.mark(stored.id, "parked", course, 0)
            return set()
        learner = learner_of(unit, course, stored.event)
        if isinstance(learner, str):
            unit.inbox.mark(stored.id, "parked", learner, 0)
            if stored.state == "received":
                self._ask_who_it_is(unit, course)
            return {course.id}
        self._fold(unit, course, learner[0], stored, as_wave=as_wave)
        unit.inbox.mark(stored.id, "applied", "", 0)
        return {course.id}

    def _ask_who_it_is(self, unit: UnitOfWork, course: Course) -> None:
        """The roster may know more by now: but not every second. What waits already is asked for by every reading."""
        read_at = unit.courses.reading(course.id).roster_read_at
        work.read_course(unit, course.id, Why.UNKNOWN_LEARNER, read_at + ROSTER_AGAIN if read_at else None)

    def _fold(self, unit: UnitOfWork, course: Course, person: Person, stored: StoredEvent, *, as_wave: bool) -> None:
        if not unit.records.merge(course.id, person.id, [Fact.of(stored.event, stored.received_at)]):
            return
        if as_wave:
            work.evaluate_course(unit, course.id, self._clock.now() + WAVE_GATHERS)
        else:
            work.evaluate_learner(unit, course.id, person.id)
