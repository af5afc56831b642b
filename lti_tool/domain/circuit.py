"""How the services of one platform fare: after some failures in a row it is left alone for a while, then tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# So many calls in a row that brought nothing open the circuit; a platform that names a time opens it at once.
FAILURES_TO_OPEN = 5
SHORTEST_REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=10)
# A platform may ask for more, but not for a year.
LONGEST_ASKED = timedelta(hours=1)
# How long the one call that tries it may take before another may.
TRIAL = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Circuit:
    """`failures` in a row since `since`, the last with the code `last_error`. `retry_at`: closed where there is none;
    else nobody calls before, and then one call tries."""

    registration_id: str
    failures: int
    since: datetime
    last_error: str
    retry_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.retry_at is not None

    def may_be_tried(self, now: datetime) -> bool:
        return self.retry_at is None or self.retry_at <= now

    def on_trial(self, now: datetime) -> Circuit:
        """While one call tries, the others go on waiting."""
        return replace(self, retry_at=now + TRIAL)

    def after_failure(self, now: datetime, error: str, asked: float | None, jitter: float, *, trial: bool) -> Circuit:
        """`asked`: the seconds of the platform's Retry-After; `jitter` between 0 and 1; `trial`: of the call that was
        to try it. What was under way when the circuit opened says nothing new."""
        if self.is_open and not trial:
            return self
        failures = self.failures + 1
        failed = replace(self, failures=failures, last_error=error)
        if failures < FAILURES_TO_OPEN and asked is None:
            return failed
        rest = timedelta()
        if failures >= FAILURES_TO_OPEN:
            rest = min(SHORTEST_REST * 2 ** min(failures - FAILURES_TO_OPEN, 16), LONGEST_REST) * (0.75 + jitter / 2)
        if asked is not None:
            wanted = min(timedelta(seconds=min(max(asked, 1.0), 1e6)), LONGEST_ASKED)
            rest = max(rest, wanted * (1 + jitter / 4))
        return replace(failed, retry_at=now + rest)
