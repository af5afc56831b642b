"""Times as credentials write them: whole UTC seconds, ``2026-03-01T09:30:00Z``."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lti_tool.domain.errors import BadgeToolError

_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def to_text(moment: datetime) -> str:
    """The moment in UTC, cut to the second. A moment without a zone is refused: it could be any."""
    if moment.utcoffset() is None:
        raise BadgeToolError("credential.time_without_zone", "A time of the credential has no time zone.", status=500)
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_text(text: str) -> datetime:
    """A zoned xsd:dateTimeStamp as UTC. Raises BadgeToolError ``credential.time_invalid``."""
    try:
        if _PATTERN.fullmatch(text):
            # fromisoformat() of Python 3.11 reads at most six digits of a second.
            return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadgeToolError("credential.time_invalid", "A time of the credential is not a date and time with a zone.")
