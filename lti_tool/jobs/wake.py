"""Waking the workers of this process when work was added. Losing a wake-up costs a poll interval, never work."""

from __future__ import annotations

import threading
from collections.abc import Collection, Set


class WakeUp:
    """Called after each commit that added due work, with its kinds; every poll waits on an event of its own."""

    def __init__(self) -> None:
        self._events: list[tuple[frozenset[str], threading.Event]] = []

    def event(self, kinds: Collection[str]) -> threading.Event:
        """One that is set when work of these kinds was added."""
        event = threading.Event()
        self._events.append((frozenset(kinds), event))
        return event

    def __call__(self, kinds: Set[str]) -> None:
        for wanted, event in self._events:
            if wanted & kinds:
                event.set()
