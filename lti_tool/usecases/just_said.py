"""just_said: what a class that comes at once says thirty times over is stored once."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

MOST_KEPT = 5000

Said = TypeVar("Said", bound=Hashable)
Held = TypeVar("Held")


class JustSaid(Generic[Said, Held]):
    """What one process stored in the last moments, and what that led to; safe between threads, as it is only ever asked
    and added to. It is noted after the commit, so that it never speaks of what was rolled back."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._noted: dict[Said, tuple[Held, datetime]] = {}

    def about(self, said: Said, now: datetime) -> Held | None:
        """What it led to; None where it was not said, or too long ago."""
        found = self._noted.get(said)
        if found is None or not timedelta(0) <= now - found[1] < self._lasts:
            return None
        return found[0]

    def note(self, said: Said, held: Held, now: datetime) -> None:
        """That it is stored now. What was noted already keeps its age."""
        if self.about(said, now) is not None:
            return
        if len(self._noted) >= MOST_KEPT:
            self._noted = {}
        self._noted[said] = (held, now)
