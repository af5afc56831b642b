"""mend_events: what waits, what could not be applied and what was refused, and what an administrator does about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lti_tool.domain.errors import NotFound
from lti_tool.domain.platform import Registration
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, Parked, RefusedEvent, StoredEvent, Transactions


@dataclass(frozen=True, slots=True)
class EventsPage:
    """`parked` waits and comes in by itself; `dead` and `refused` wait for a person."""

    registration: Registration
    parked: list[Parked]
    dead: list[StoredEvent]
    refused: list[RefusedEvent]


class MendEvents:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def page(self, registration_id: str) -> EventsPage:
        """Raises `platform.unknown`."""
        with self._transactions(write=False) as unit:
            return EventsPage(
                own_platform(unit, registration_id, self._tenant_id),
                unit.inbox.parked_by_reason(registration_id),
                unit.inbox.dead(registration_id),
                unit.refused_events.open(registration_id),
            )

    def replay(self, registration_id: str, row_ids: Collection[int] | None = None) -> int:
        """Has dead events applied anew, those named or all of the platform; gives how many. Their tries begin again.

        Raises `platform.unknown`, and `event.not_dead` where one is named that was not set aside here."""
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            dead = unit.inbox.dead_ids(registration_id)
            chosen = sorted(dead if row_ids is None else set(row_ids))
            if not set(chosen) <= set(dead):
                raise NotFound("event.not_dead", "There is no such event that was set aside.")
            for row_id in chosen:
                unit.inbox.mark(row_id, "received", "", 0)
                # Each by itself: what failed may fail again.
                work.apply_events(unit, [row_id])
            unit.commit()
        return len(chosen)

    def settle(self, registration_id: str, refused_id: int) -> None:
        """Somebody looked into a refused statement; it is not shown again unless it comes again."""
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            if not unit.refused_events.settle(registration_id, refused_id, self._clock.now()):
                raise NotFound("event.unknown", "There is no such refused event.")
            unit.commit()
