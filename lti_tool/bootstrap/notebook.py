"""Writes down what is seen of platforms, behind the back of those who wait for an answer."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from lti_tool.domain.observation import Observation, Seen
from lti_tool.usecases.ports import Clock, Transactions

log = structlog.get_logger(__name__)

# Written again after an hour where nothing changed; what was seen is compared with what is stored every few minutes,
# because another process, or a probe, may have written something else meanwhile.
AGAIN_AFTER = timedelta(hours=1)
COMPARED_AFTER = timedelta(minutes=5)
# These two are compared with each other, to see that who began to sign in also came back.
_SOONER = {Seen.LOGIN: timedelta(minutes=1), Seen.RETURN: timedelta(minutes=1)}
# Observations are keyed by registrations that exist, so there are never many; this is for mistakes of ours.
_MOST_WAITING = 10_000


class Notebook:
    """Takes notes in memory and writes them a moment later, all in one transaction.

    A request that is refused writes nothing itself, and a flood of them ends in one row. The same again is written
    only after an hour. Safe to share between threads; one a process.
    """

    def __init__(self, transactions: Transactions, clock: Clock, delay_seconds: float = 1.0) -> None:
        self._transactions = transactions
        self._clock = clock
        self._delay = delay_seconds
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, Seen], Observation] = {}
        self._known: dict[tuple[str, Seen], Observation] = {}
        self._timer: threading.Timer | None = None

    def note(self, registration_id: str, key: Seen, ok: bool, code: str = "", detail: str = "") -> None:
        """Remembers what was seen now. Costs no input or output."""
        seen = Observation(key, ok, self._clock.now(), code, detail)
        place = (registration_id, key)
        with self._lock:
            known = self._known.get(place)
            if known is not None and _same(known, seen) and seen.at - known.at < _SOONER.get(key, COMPARED_AFTER):
                return
            if len(self._waiting) >= _MOST_WAITING:
                return
            self._known[place] = self._waiting[place] = seen
            if self._timer is None:
                self._timer = threading.Timer(self._delay, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Writes what waits. What cannot be written now is forgotten, and noted again when it is seen again."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if not waiting:
            return
        try:
            self._write(waiting)
        except Exception as error:  # a diagnosis that is an hour late harms nobody
            log.warning("notebook.not_written", error=type(error).__name__)
            with self._lock:
                for place, seen in waiting.items():
                    if self._known.get(place) is seen:
                        del self._known[place]

    def _write(self, waiting: dict[tuple[str, Seen], Observation]) -> None:
        with self._transactions(write=False) as unit:
            known = {id_ for id_, _ in waiting if unit.registrations.get(id_) is not None}
            stored = {id_: unit.observations.of_registration(id_) for id_ in known}
        news = [
            (id_, seen) for (id_, key), seen in waiting.items() if id_ in known and _is_news(seen, stored[id_].get(key))
        ]
        if not news:
            return
        with self._transactions() as unit:
            for registration_id, seen in news:
                unit.observations.note(registration_id, seen)
            unit.commit()


def _is_news(seen: Observation, stored: Observation | None) -> bool:
    return stored is None or not _same(stored, seen) or seen.at - stored.at >= _SOONER.get(seen.key, AGAIN_AFTER)


def _same(one: Observation, other: Observation) -> bool:
    return (one.ok, one.code) == (other.ok, other.code)
