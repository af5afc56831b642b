"""ingest_events: what a source says is stored before it is acknowledged; the work on it is due in the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many of the events were new; the others had been stored before and have no effect."""

    accepted: int
    repeated: int


class IngestEvents:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]] = (),
    ) -> Receipt:
        """Stores events and (context id, activity) pairs in one transaction. Raises `event.id_conflict`."""
        now = self._clock.now()
        with self._transactions() as unit:
            added = [unit.inbox.add(registration_id, event, now) for event in events]
            new = [row_id for row_id in added if row_id is not None]
            work.apply_events(unit, new)
            self._learn_activities(unit, registration_id, activities)
            unit.registrations.touch(registration_id, event_at=now)
            unit.commit()
        return Receipt(len(new), len(added) - len(new))

    def _learn_activities(
        self, unit: UnitOfWork, registration_id: str, activities: Iterable[tuple[str, Activity]]
    ) -> None:
        by_context: dict[str, list[Activity]] = {}
        for context_id, activity in activities:
            by_context.setdefault(context_id, []).append(activity)
        for context_id, found in by_context.items():
            for course in unit.courses.find(registration_id, context_id):
                unit.courses.save_activities(course.id, found, self._clock.now())
