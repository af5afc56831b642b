"""Times as this LMS keeps and sends them: UTC, milliseconds, with a Z."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The time of this machine, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as ``2026-03-01T10:00:00.000Z``; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_stamp(text: str) -> datetime:
    """Inverse of `stamp`; accepts any ISO 8601 time with a zone. ValueError otherwise."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


def later_than(last: str | None, now: datetime) -> datetime:
    """`now`, or one millisecond after `last` where the clock has not moved on since.

    Listeners order what happened by event time, so two grades must never carry the same one.
    """
    if last is None or stamp(now) > last:
        return now
    return parse_stamp(last) + timedelta(milliseconds=1)
