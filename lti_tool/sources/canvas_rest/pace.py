"""How fast Canvas may be asked. Pure.

Canvas keeps a leaky bucket for each token: a request costs its computing time, 50 units stand in for it while it runs,
and 10 units leak out a second (Canvas, "Throttling"). Who empties it is answered 403 with a text, or 429.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lti_tool.http import Response

# Below this we slow down: four requests' worth are left for others who use the same key.
LOW_UNITS = 200.0
UNITS_A_SECOND = 10.0
FIRST_REST_SECONDS = 5.0
LONGEST_REST_SECONDS = 3600.0
_LIMIT_TEXT = b"rate limit exceeded"


def is_throttled(response: Response) -> bool:
    """A refusal for haste: never a lack of permission, though it may carry the same status."""
    hasty = response.status_code == 403 and _LIMIT_TEXT in response.content[:500].lower()
    return hasty or response.status_code == 429


def rest_seconds(response: Response, now: datetime, tries: int, chance: Callable[[], float] = random.random) -> float:
    """How long to leave Canvas alone after this answer; `tries`: how often it refused the same question before."""
    if is_throttled(response):
        told = _retry_after(response.headers, now)
        wanted = FIRST_REST_SECONDS * 2.0 ** min(tries, 10) if told is None else told
        # Never sooner than told; a little later each, so that what was refused together does not return together.
        return min(wanted, LONGEST_REST_SECONDS) * (1.0 + 0.2 * chance())
    return max(0.0, (LOW_UNITS - _remaining(response.headers)) / UNITS_A_SECOND)


def _remaining(headers: Mapping[str, str]) -> float:
    try:
        remaining = float(headers.get("X-Rate-Limit-Remaining", ""))
    except ValueError:
        return LOW_UNITS
    return max(0.0, remaining) if remaining < LOW_UNITS else LOW_UNITS


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds or a date (RFC 9110, 10.2.3); None where it names none that can be read."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, (_aware(until) - _told_now(headers, now)).total_seconds())


def _told_now(headers: Mapping[str, str], now: datetime) -> datetime:
    """Canvas's own clock, by which it counts; ours where it does not say (RFC 9110, 6.6.1)."""
    try:
        return _aware(parsedate_to_datetime(headers.get("Date", "")))
    except (ValueError, TypeError, IndexError):
        return now


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
