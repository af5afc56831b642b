"""Texts, times and numbers out of JSON that a stranger wrote: each is as it should be, or refused with a code."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lti_tool.domain.errors import BadgeToolError

LONGEST_ID = 255
# A day forgives a clock in the wrong time zone; a later time would silence all true events until then.
LATEST = timedelta(days=1)
# Above a billion points a binary float no longer tells a hundredth from nothing.
MOST_POINTS = 1e9


def malformed(message: str) -> BadgeToolError:
    return BadgeToolError("event.malformed", message)


def score_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.score_invalid", message, status=422)


def mapping(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one for whatever is none: what is optional may be left out, null or nonsense."""
    return value if isinstance(value, dict) else {}


def identifier(value: Any, what: str) -> str:
    """A text of 1 to 255 printable characters, as ids are stored. `what` names it in the refusal.

    NUL and half a surrogate pair cannot be stored, and a line break could forge a line of a log.
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
        raise malformed(f"{what} is not a text of 1 to {LONGEST_ID} printable characters.")
    return value


def title(value: Any) -> str:
    """A name for people, "" where there is none. What no page shows and no database keeps becomes a space."""
    if not isinstance(value, str):
        return ""
    # LMSs escape names for HTML ("Q&amp;A"); pages escape again, so the entity is taken off here.
    shown = "".join(letter if letter.isprintable() else " " for letter in html.unescape(value))
    return shown.strip()[:500]


def moment(value: Any, now: datetime) -> datetime:
    """An ISO 8601 time with its zone, as UTC, at most a day ahead of `now`; else `event.time_invalid`."""
    if not isinstance(value, str) or len(value) > 40:
        raise _time_invalid("The event has no time.")
    try:
        said = datetime.fromisoformat(value)
        at = said.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _time_invalid("The event's time is not an ISO 8601 time.") from None
    if said.tzinfo is None:
        raise _time_invalid("The event's time has no zone.")
    if at > now + LATEST:
        raise _time_invalid("The event's time is still to come.")
    return at


def number(value: Any) -> float:
    """A JSON number within ±10⁹; "85", true, null and infinities are none (`event.score_invalid`)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST_POINTS <= value <= MOST_POINTS:
        raise score_invalid("A score is a number of points.")
    return float(value)


def points(given: float, lowest: float, highest: float) -> tuple[float, float]:
    """(points above the lowest grade, the most of them); refuses a grade outside and a range without width."""
    if not (math.isfinite(highest - lowest) and highest > lowest):
        raise score_invalid("A score out of 0 points means nothing.")
    if not lowest <= given <= highest:
        raise score_invalid("The score lies outside of its own limits.")
    return given - lowest, highest - lowest


def _time_invalid(message: str) -> BadgeToolError:
    return BadgeToolError("event.time_invalid", message, status=422)
