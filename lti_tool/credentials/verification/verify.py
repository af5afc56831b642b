"""The whole check of one badge: six questions, each answered on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.open_badges_2 import is_open_badge_2
from lti_tool.credentials.open_badges_3.checks import is_badge
from lti_tool.credentials.open_badges_3.older_forms import in_todays_form
from lti_tool.credentials.verification.answers import failed_by, not_checked, passed
from lti_tool.credentials.verification.dates_check import check_dates
from lti_tool.credentials.verification.endorsements import check_endorsements
from lti_tool.credentials.verification.facts import facts_of
from lti_tool.credentials.verification.hosted_check import check_hosted
from lti_tool.credentials.verification.proof_checks import check_proof
from lti_tool.credentials.verification.reading import Reading, read
from lti_tool.credentials.verification.record_check import (
    check_contents,
    check_record_schema,
    is_record,
)
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.schema_check import check_schema, check_structure
from lti_tool.credentials.verification.status_check import TrustedLists, check_status
from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, VerificationReport
from lti_tool.domain.errors import BadgeToolError

_FORMS = {
    "json": "a badge file with an embedded signature",
    "jwt": "a badge as a signed token (JWT)",
    "sd-jwt": "a badge for wallets, of which the holder can keep parts back (SD-JWT)",
    "png+json": "an image with a badge inside",
    "png+jwt": "an image with a badge token inside",
    "png+sd-jwt": "an image with a badge for wallets inside",
    "png+link": "an image with the address of a badge inside",
    "svg+json": "a drawing with a badge inside",
    "svg+jwt": "a drawing with a badge token inside",
    "svg+sd-jwt": "a drawing with a badge for wallets inside",
    "svg+link": "a drawing with the address of a badge inside",
}


def verify(data: str | bytes, resolver: Resolver, *, now: datetime, of_any_kind: bool = False) -> VerificationReport:
    """Check an Open Badge 3.0, or a hosted one of 2.0, given as JSON, as JWT or baked into a PNG or SVG.

    `of_any_kind`: also other verifiable credentials, of which the schema is that of the data model alone.

    Never raises for bad input: whatever is wrong with it becomes a check that failed or did not run. `now` is
    timezone-aware. The resolver is asked only about badges whose form and size are harmless, and for the status only
    once the signature holds: a forged badge must not make this machine fetch addresses of its choosing.
    """
    try:
        reading = read(data)
        require_harmless(reading.document)
        if not of_any_kind:
            _require_badge(reading)
    except BadgeToolError as error:
        unread = [_not_reached(name) for name in CheckName if name is not CheckName.READABLE]
        return VerificationReport((failed_by(CheckName.READABLE, error), *unread), None, "")
    readable = passed(CheckName.READABLE, "readable.read", f"This is {_FORMS[reading.form]}.")
    if reading.address or is_open_badge_2(reading.document):
        return check_hosted(reading.document, reading.address, readable, resolver, now)
    signature, issuer_key = check_proof(reading, resolver)
    today = in_todays_form(reading.document)
    unforged = signature.outcome is CheckOutcome.PASSED and issuer_key.outcome is not CheckOutcome.FAILED
    checks = (
        readable,
        _schema(reading),
        signature,
        issuer_key,
        check_status(reading.document, TrustedLists(resolver, now)) if unforged else _not_reached(CheckName.STATUS),
        check_dates(replace(reading, document=today), now),
    )
    if is_record(reading.document):
        contents = check_contents(reading.document, resolver, now) if unforged else ()
        return VerificationReport(checks, facts_of(today), reading.form, (), contents)
    endorsements = check_endorsements(reading.document, resolver, now) if unforged else ()
    return VerificationReport(checks, facts_of(today), reading.form, endorsements)


def _require_badge(reading: Reading) -> None:
    if not reading.address and not _is_ours_to_read(reading.document):
        raise BadgeToolError("credential.not_a_badge", "What was handed in is not an Open Badge.")


def _is_ours_to_read(document: dict[str, Any]) -> bool:
    """A badge, or a record of several."""
    return is_badge(document) or is_record(document)


def _schema(reading: Reading) -> CheckResult:
    if is_record(reading.document):
        return check_record_schema(reading.document)
    return check_schema(reading) if is_badge(reading.document) else check_structure(reading.document)


def _not_reached(name: CheckName) -> CheckResult:
    return not_checked(name, f"{name}.not_reached", "This was not checked, because an earlier check did not hold.")
