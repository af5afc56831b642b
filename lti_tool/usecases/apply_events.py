"""apply_events: events of the inbox are folded into learner records."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.usecases import work
from lti_tool.usecases.find_learner import course_of, learner_of
from lti_tool.usecases.ports import Clock, StoredEvent, Transactions, UnitOfWork


class ApplyEvents:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, row_ids: Sequence[int]) -> None:
        """Folds the rows that wait; those already applied are left alone, so that it can be repeated."""
        heard: set[str] = set()
        with self._transactions() as unit:
            for row_id in row_ids:
                stored = unit.inbox.get(row_id)
                if stored is not None and stored.state in ("received", "parked"):
                    heard |= self._apply(unit, stored)
            for course_id in heard:
                unit.courses.save_reading(course_id, heard_at=self._clock.now())
            unit.commit()

    def _apply(self, unit: UnitOfWork, stored: StoredEvent) -> set[str]:
        course = course_of(unit, stored.registration_id, stored.event)
        if isinstance(course, str):
            unit.inbox.mark(stored.id, "parked", course)
            return set()
        learner = learner_of(unit, course, stored.event)
        if isinstance(learner, str):
            unit.inbox.mark(stored.id, "parked", learner)
            if stored.state == "received":
                # The roster may know more by now. What waits already is asked for by every reading of it.
                work.read_course(unit, course.id)
            return {course.id}
        self._fold(unit, course, learner[0], stored)
        unit.inbox.mark(stored.id, "applied")
        return {course.id}

    def _fold(self, unit: UnitOfWork, course: Course, person: Person, stored: StoredEvent) -> None:
        if unit.records.merge(course.id, person.id, [Fact.of(stored.event, stored.received_at)]):
            work.evaluate_learner(unit, course.id, person.id)
