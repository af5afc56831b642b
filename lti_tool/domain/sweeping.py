"""How often a course is read, and why it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

# The LMS has other things to do: reading one course may take it this part of the time.
SHARE = 0.02
# What a page promises of a course that is read: no result waits longer than that.
LONGEST = timedelta(minutes=15)
# A course where nothing has happened for so long is read so seldom.
DORMANT_AFTER, DORMANT = timedelta(days=30), timedelta(days=1)
# Work that failed is tried again by itself, at most ten minutes later. It is not asked for a second time meanwhile.
AFTER_FAILURE = timedelta(minutes=15)


class Why(StrEnum):
    """What made a course be read. The values stand in the database."""

    DUE = "due"
    ASKED = "asked"
    OUTAGE = "outage"
    SILENCE = "silence"
    NEW = "new"
    UNKNOWN_LEARNER = "unknown_learner"
    CONNECTED = "connected"
    CHANGED = "changed"


def period(cost: timedelta, shortest: timedelta, active_at: datetime | None, now: datetime) -> timedelta:
    """Until the next reading of a course of which one took `cost`; `shortest` is the operator's setting."""
    if active_at is not None and now - active_at > DORMANT_AFTER:
        return max(DORMANT, shortest)
    return max(shortest, min(cost / SHARE, LONGEST))
