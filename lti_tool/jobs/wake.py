"""Waking the workers of this process when work was added. Losing a wake-up costs a poll interval, never work."""

from __future__ import annotations

import threading


class WakeUp:
    """Called after each commit that added work; every worker waits on an event of its own."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []

    def event(self) -> threading.Event:
        event = threading.Event()
        self._events.append(event)
        return event

    def __call__(self) -> None:
        for event in self._events:
            event.set()
