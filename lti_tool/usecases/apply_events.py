"""apply_events: events of the inbox are folded into learner records."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.usecases import work
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
        event = stored.event
        courses = unit.courses.find(stored.registration_id, event.context_id, event.deployment_id)
        if len(courses) != 1:
            reason = "event.course_ambiguous" if courses else "event.course_unknown"
            unit.inbox.mark(stored.id, "parked", reason)
            return set()
        course = courses[0]
        person = unit.people.find(course.registration_id, course.deployment_id, event.subject)
        if person is None:
            unit.inbox.mark(stored.id, "parked", "event.person_unknown")
            work.read_course(unit, course.id)
            return {course.id}
        self._fold(unit, course, person, stored)
        unit.inbox.mark(stored.id, "applied")
        return {course.id}

    def _fold(self, unit: UnitOfWork, course: Course, person: Person, stored: StoredEvent) -> None:
        if unit.records.merge(course.id, person.id, [Fact.of(stored.event, stored.received_at)]):
            work.evaluate_learner(unit, course.id, person.id)
