"""One call at a time with a grant, whichever process makes it, and none while Canvas wants to be left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from lti_tool.sources.canvas_rest import errors
from lti_tool.usecases.ports import Transactions

# Longer than a call with a renewal of the token before it may take (http: ten seconds each).
LEASE = timedelta(seconds=30)
# Whoever waits longer keeps a worker from other work, and comes back later instead.
PATIENCE = timedelta(seconds=10)
POLL = timedelta(seconds=0.25)


@dataclass(slots=True)
class Turn:
    """`rest`: for how many seconds nobody calls after this turn."""

    rest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Queue:
    """How long to wait before trying again, and whether that is because Canvas wants to be left alone."""

    wait: timedelta
    rests: bool


class Turns:
    """`wait(seconds)` passes the time; tests hand in one that moves their clock."""

    def __init__(self, transactions: Transactions, wait: Callable[[float], None]) -> None:
        self._transactions = transactions
        self._wait = wait

    @contextmanager
    def turn(self, registration_id: str) -> Iterator[Turn]:
        """Raises `canvas.busy` and `canvas.throttled` where it would take longer than PATIENCE."""
        holder, turn = str(uuid4()), Turn()
        self._await(registration_id, holder)
        try:
            yield turn
        finally:
            with self._transactions(durable=False) as unit:
                rest_until = unit.work_time() + timedelta(seconds=turn.rest) if turn.rest else None
                unit.api_grants.end_turn(registration_id, holder, rest_until)
                unit.commit()

    def _await(self, registration_id: str, holder: str) -> None:
        waited = timedelta()
        while (queue := self._take(registration_id, holder)) is not None:
            if waited + queue.wait > PATIENCE:
                raise errors.throttled(queue.wait.total_seconds()) if queue.rests else errors.busy()
            self._wait(queue.wait.total_seconds())
            waited += queue.wait

    def _take(self, registration_id: str, holder: str) -> _Queue | None:
        """None where the turn was taken. Time is the database's, one for all machines."""
        with self._transactions(durable=False) as unit:
            now = unit.work_time()
            taken = unit.api_grants.take_turn(registration_id, holder, now, now + LEASE)
            rests_until = None if taken else unit.api_grants.rests_until(registration_id)
            unit.commit()
        if taken:
            return None
        if rests_until is not None and rests_until > now:
            return _Queue(rests_until - now, rests=True)
        return _Queue(POLL, rests=False)
