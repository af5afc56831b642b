"""Counters for the rate limits: shared between processes, and those of one process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

_SWEEP_EVERY_S = 60.0
# How long a shared storage that did not answer is left alone: so rarely does a request wait for it in vain.
_ASK_AGAIN_S = 5.0


class ProcessCounters(Storage):
    """Fixed windows in a dictionary. The library's own memory storage starts a thread at nearly every hit, and looks
    through all its counters there, to forget the old ones; here they are forgotten once a minute, by whoever comes.

    `now` gives seconds since the epoch.
    """

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, float]] = {}
        self._sweep_at = 0.0

    def __len__(self) -> int:
        return len(self._counts)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count with this hit; a window begins with its first and lasts `expiry` seconds."""
        with self._lock:
            now = self._now()
            if now >= self._sweep_at:
                self._counts = {name: held for name, held in self._counts.items() if held[1] > now}
                self._sweep_at = now + _SWEEP_EVERY_S
            count, ends_at = self._counts.get(key, (0, 0.0))
            if ends_at <= now:
                count, ends_at = 0, now + expiry
            self._counts[key] = (count + amount, ends_at)
        return count + amount

    def get(self, key: str) -> int:
        count, ends_at = self._counts.get(key, (0, 0.0))
        return count if ends_at > self._now() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._now()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            held, self._counts = len(self._counts), {}
        return held

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)


class Hits:
    """Hits within fixed windows, counted in `shared` (which raises StorageError while it is away) or, without it, in
    this process alone."""

    def __init__(self, shared: Storage | None, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._own = FixedWindowRateLimiter(ProcessCounters(now))
        self._shared = FixedWindowRateLimiter(shared) if shared is not None else None
        self._ask_again_at = 0.0

    def hit(self, limit: RateLimitItem, *who: str) -> bool:
        """Counts one, and says whether it is within the limit."""
        if self._shared and self._now() >= self._ask_again_at:
            try:
                return self._shared.hit(limit, *who)
            except StorageError:
                self._ask_again_at = self._now() + _ASK_AGAIN_S
        return self._own.hit(limit, *who)

    def seconds_left(self, limit: RateLimitItem, *who: str) -> int:
        """Until the window of this limit ends, at least one; the whole window where nobody can say."""
        counted_here = self._shared is None or self._now() < self._ask_again_at
        try:
            stats = (self._own if counted_here or not self._shared else self._shared).get_window_stats(limit, *who)
        except StorageError:
            return limit.get_expiry()
        return max(1, math.ceil(stats.reset_time - self._now()))
