"""When failed work is tried again, and when it is hopeless."""

from __future__ import annotations

import random
from datetime import timedelta

from lti_tool.delivery.errors import DeliveryError
from lti_tool.domain.errors import BadgeToolError

MAX_ATTEMPTS = 20
LONGEST_WAIT = timedelta(minutes=10)

# What no repetition can mend. Everything else may be a platform that is down for a while.
PERMANENT = ("award.", "achievement.", "course.unknown", "credential.", "criteria.")


def is_permanent(error: Exception, attempts: int) -> bool:
    """Whether work that failed with this error should be set aside rather than repeated."""
    if attempts >= MAX_ATTEMPTS:
        return True
    if isinstance(error, DeliveryError):
        return error.permanent
    return isinstance(error, BadgeToolError) and error.code.startswith(PERMANENT)


def wait_before(error: Exception, attempts: int) -> timedelta:
    """Doubles from a second to ten minutes, with jitter; a platform's own Retry-After is honoured up to an hour."""
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        return timedelta(seconds=min(float(retry_after), 3600.0))
    longest = min(2.0 ** min(attempts, 12), LONGEST_WAIT.total_seconds())
    # Jitter spreads what failed together; it guards no secret.
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # nosec B311
