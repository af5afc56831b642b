"""What a cell says: a number, a yes or no, a moment. Never a formula: a text that begins with "=" is a text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import EARLIEST_EVENT

LATEST = timedelta(days=1)
_MOST_POINTS = 1e9
_NUMBERS = {".": re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?"), ",": re.compile(r"[0-9]{1,12}(,[0-9]{1,12})?")}
_YES = frozenset({"yes", "y", "true", "1", "completed", "complete", "done", "passed", "x", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "0", "not completed", "incomplete", "not yet", "failed", "-"})
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(.*)")


def points(text: str, decimal: str) -> float:
    """Digits with at most one decimal sign; a sign for thousands, a percent sign or a minus is none of them."""
    if not _NUMBERS[decimal].fullmatch(text):
        written = "8.5" if decimal == "." else "8,5"
        raise _row("number_invalid", f"“{shown(text)}” is no number as {written} is.")
    number = float(text.replace(",", "."))
    if number > _MOST_POINTS:
        raise _row("number_invalid", f"“{shown(text)}” is too large.")
    return number


def yes_or_no(text: str) -> bool:
    plain = text.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise _row("completed_invalid", f"“{shown(text)}” is neither yes nor no.")


def moment(text: str, form: str, zone: tzinfo, now: datetime) -> datetime:
    """A day, or a day with a time; without a zone of its own it is one of `zone`, without a time its first minute."""
    written = _as_iso(text, form)
    try:
        said = datetime.fromisoformat(written)
        at = (said if said.tzinfo is not None else said.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _row("date_invalid", f"“{shown(text)}” is no date as was said.") from None
    if not EARLIEST_EVENT <= at <= now + LATEST:
        raise _row("date_invalid", f"“{shown(text)}” lies too far back, or is still to come.")
    return at


def shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _as_iso(text: str, form: str) -> str:
    if form == "iso":
        return text
    found = _DAY_FIRST.fullmatch(text)
    if not found:
        return ""
    first, second, year, rest = found.groups()
    day, month = (first, second) if form == "day_first" else (second, first)
    return f"{year}-{month:0>2}-{day:0>2}{_clock(rest.strip(' ,T'))}"


def _clock(text: str) -> str:
    """ "9:05" as ISO 8601 writes it; "" for none."""
    return f"T{text:0>5}" if len(text) == 4 and text[1] == ":" else f"T{text}" if text else ""


def _row(name: str, message: str) -> BadgeToolError:
    return BadgeToolError(f"upload.{name}", message, status=422)
