"""A clock that a test turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements usecases.ports.Clock."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
