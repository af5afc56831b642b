"""Is today within the time the badge is valid for?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lti_tool.credentials.data_integrity import embedded_proof
from lti_tool.credentials.timestamps import from_text
from lti_tool.credentials.verification.answers import failed, failed_by, passed
from lti_tool.credentials.verification.reading import Reading
from lti_tool.domain.credential import CheckName, CheckResult
from lti_tool.domain.errors import BadgeToolError

_NAME = CheckName.DATES
# Two computers' clocks differ; a badge issued a moment ago is not from the future.
_LEEWAY = timedelta(seconds=60)


def check_dates(reading: Reading, now: datetime) -> CheckResult:
    """``validFrom`` reached, ``validUntil`` and the proof's own ``expires`` not passed."""
    try:
        # Open Badges must have it, and the schema says so; of other credentials it is optional.
        begins = _moment(reading.document["validFrom"]) if "validFrom" in reading.document else now
        ends = [_moment(value) for value in (reading.document.get("validUntil"), _proof_end(reading)) if value]
    except BadgeToolError as error:
        return failed_by(_NAME, error)
    if now + _LEEWAY < begins:
        return failed(_NAME, "dates.not_yet", f"The badge is valid only from {begins:%Y-%m-%d} on.")
    if ends and min(ends) <= now:
        return failed(_NAME, "dates.expired", f"The badge was valid until {min(ends):%Y-%m-%d}.")
    return passed(_NAME, "dates.current", "The badge is valid today.")


def _proof_end(reading: Reading) -> Any:
    return None if reading.jwt is not None or "proof" not in reading.document else _expires(reading)


def _expires(reading: Reading) -> Any:
    try:
        return embedded_proof(reading.document).get("expires")
    except BadgeToolError:
        return None  # reported by the signature check


def _moment(value: Any) -> datetime:
    return from_text(value if isinstance(value, str) else "")
