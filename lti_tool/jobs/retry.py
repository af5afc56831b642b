"""When failed work is tried again, and when it is hopeless."""

from __future__ import annotations

import random
from datetime import timedelta

from lti_tool.domain.errors import BadgeToolError

MAX_ATTEMPTS = 20
LONGEST_WAIT = timedelta(minutes=10)
# A platform that refuses every third call is well enough to be told soon: what is unlucky many times in a row must not
# be hours behind the rest. One that is down is left alone by its circuit.
SOON_ATTEMPTS, SOON_SECONDS = 12, 60.0
LONGEST_RETRY_AFTER_SECONDS = 3600.0

TAKEN_OVER = "outbox.taken_over"
_WAITING = frozenset({"platform.resting", "gradebook.column_being_made"})
# What no repetition can mend, of errors that do not say it themselves. All else may be a platform that is down for a
# while.
PERMANENT = ("award.", "achievement.", "course.unknown", "credential.", "criteria.")


def is_permanent(error: Exception, attempts: int) -> bool:
    """Whether work that failed with this error should be set aside rather than repeated."""
    if attempts >= MAX_ATTEMPTS and is_counted(error):
        return True
    told = getattr(error, "permanent", None)
    if isinstance(told, bool):
        return told
    return isinstance(error, BadgeToolError) and error.code.startswith(PERMANENT)


def is_counted(error: Exception) -> bool:
    """Whether it was a try at all: work that waits for its platform, or for another worker, has not been tried."""
    return getattr(error, "code", "") not in _WAITING


def wait_before(error: Exception, attempts: int) -> timedelta:
    """Doubles from a second to a minute, later ten minutes, with jitter; a platform's own Retry-After is honoured up to
    an hour.

    Jitter spreads what failed together; it guards no secret.
    """
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        asked = min(max(float(retry_after), 0.0), LONGEST_RETRY_AFTER_SECONDS)
        return timedelta(seconds=asked * random.uniform(1.0, 1.2) + random.uniform(0.0, 1.0))  # nosec B311
    ceiling = SOON_SECONDS if attempts <= SOON_ATTEMPTS else LONGEST_WAIT.total_seconds()
    longest = min(2.0 ** min(attempts, 12), ceiling)
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # nosec B311
