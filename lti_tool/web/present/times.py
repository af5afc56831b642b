"""Times in words. Pages name the zone, because the server does not know the reader's."""

from __future__ import annotations

from datetime import datetime, timedelta

_STEPS = (
    (timedelta(hours=1), timedelta(minutes=1), "minute"),
    (timedelta(days=1), timedelta(hours=1), "hour"),
    (timedelta(days=14), timedelta(days=1), "day"),
)


def ago(then: datetime | None, now: datetime) -> str:
    """ "4 minutes ago"; after two weeks the day ("on 3 March 2026"); "never" for None."""
    if then is None:
        return "never"
    passed = now - then
    if passed < timedelta(minutes=1):
        return "just now"
    for below, unit, word in _STEPS:
        if passed < below:
            count = passed // unit
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return f"on {day(then)}"


def day(moment: datetime) -> str:
    """ "3 March 2026" """
    return f"{moment.day} {moment:%B %Y}"


def day_and_time(moment: datetime) -> str:
    """ "3 March 2026, 09:30 UTC" """
    return f"{day(moment)}, {moment:%H:%M} UTC"


def at_time(moment: datetime, now: datetime) -> str:
    """ "at 09:30 UTC"; with the day where it is not today's."""
    day_ = "" if moment.date() == now.date() else f" on {day(moment)}"
    return f"at {moment:%H:%M} UTC{day_}"


def seconds(length: float) -> str:
    """ "less than a second", "7 seconds" """
    return "less than a second" if length < 1 else f"{length:.0f} {'second' if round(length) == 1 else 'seconds'}"


def when_due(moment: datetime, now: datetime) -> str:
    """The same for what is still to come; "due now" once it should have been."""
    return at_time(moment, now) if moment > now else "due now"


def to_the_second(moment: datetime) -> str:
    """ "3 March 2026, 09:30:05 UTC" """
    return f"{day(moment)}, {moment:%H:%M:%S} UTC"


def newest(*moments: datetime | None) -> datetime | None:
    """The latest of those that are known."""
    return max((moment for moment in moments if moment is not None), default=None)
