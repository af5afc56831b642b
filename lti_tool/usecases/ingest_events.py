"""ingest_events: what a source says is stored before it is acknowledged; the work on it is due in the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, EventConflict, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many of the events were new, how many had been stored before, how many contradict what was stored."""

    accepted: int
    repeated: int
    conflicting: int = 0


class IngestEvents:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]] = (),
        *,
        tolerant: bool = False,
        pushed: bool = True,
    ) -> Receipt:
        """Stores events and (context id, activity) pairs in one transaction.

        Raises `event.id_conflict` for an id that was used with other content. `tolerant`, for a batch that was read:
        such an event is left out and counted, so that it does not hold up the others. `pushed`: the platform sent them
        by itself, which is noted as a sign of life of its events.
        """
        now = self._clock.now()
        conflicting = 0
        new: list[int] = []
        with self._transactions() as unit:
            for event in events:
                try:
                    row_id = unit.inbox.add(registration_id, event, now)
                except EventConflict:
                    if not tolerant:
                        raise
                    conflicting += 1
                else:
                    new += [row_id] if row_id is not None else []
            work.apply_events(unit, new)
            self._learn_activities(unit, registration_id, activities)
            if pushed:
                unit.registrations.touch(registration_id, event_at=now)
            unit.commit()
        return Receipt(len(new), len(events) - len(new) - conflicting, conflicting)

    def _learn_activities(
        self, unit: UnitOfWork, registration_id: str, activities: Iterable[tuple[str, Activity]]
    ) -> None:
        by_context: dict[str, list[Activity]] = {}
        for context_id, activity in activities:
            by_context.setdefault(context_id, []).append(activity)
        for context_id, found in by_context.items():
            for course in unit.courses.find(registration_id, context_id):
                unit.courses.save_activities(course.id, found, self._clock.now())
