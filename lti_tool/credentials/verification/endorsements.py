"""Who endorses the badge: signed credentials of their own inside it (Open Badges 3.0, EndorsementCredential)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.credentials.verification.dates_check import check_dates
from lti_tool.credentials.verification.proof_checks import check_proof, issuer_of
from lti_tool.credentials.verification.reading import Reading, from_resolver
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.status_check import TrustedLists, check_status
from lti_tool.domain.credential import CheckOutcome, CheckResult, EndorsementCheck
from lti_tool.domain.errors import BadgeToolError

MOST_ENDORSEMENTS = 5


def check_endorsements(document: dict[str, Any], resolver: Resolver, now: datetime) -> tuple[EndorsementCheck, ...]:
    """An answer for each endorsement of the credential, its achievement or its issuer; at most five are looked at."""
    return tuple(_check(value, told_of, resolver, now) for value, told_of in _found(document)[:MOST_ENDORSEMENTS])


def _found(document: dict[str, Any]) -> list[tuple[Any, str]]:
    """Each endorsement with the id of what it must speak of."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    found = []
    for node in (document, achievement, document.get("issuer")):
        if not isinstance(node, dict):
            continue
        for term in ("endorsement", "endorsementJwt"):
            values = node.get(term, [])
            name = node.get("id")
            told_of = name if isinstance(name, str) else ""
            found += [(value, told_of) for value in (values if isinstance(values, list) else [values])]
    return found


def _check(value: Any, told_of: str, resolver: Resolver, now: datetime) -> EndorsementCheck:
    try:
        reading = from_resolver(value if isinstance(value, dict | str) else "")
    except BadgeToolError as error:
        return EndorsementCheck("", "", CheckOutcome.FAILED, error.code, error.message)
    name, comment = _said(reading)
    outcome, code, sentence = _judged(reading, told_of, resolver, now)
    return EndorsementCheck(name, comment, outcome, code, sentence)


def _judged(reading: Reading, told_of: str, resolver: Resolver, now: datetime) -> tuple[CheckOutcome, str, str]:
    subject = reading.document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("id") != told_of:
        return CheckOutcome.FAILED, "endorsement.of_another", "The endorsement speaks of something else."
    checks: list[CheckResult] = [*check_proof(reading, resolver), check_dates(reading, now)]
    if all(check.outcome is CheckOutcome.PASSED for check in checks):
        checks.append(check_status(reading.document, TrustedLists(resolver, now)))
    for outcome in (CheckOutcome.FAILED, CheckOutcome.NOT_CHECKED):
        for check in checks:
            if check.outcome is outcome:
                return outcome, check.code, check.sentence
    return CheckOutcome.PASSED, "endorsement.good", "The endorser signed this, and it is unaltered."


def _said(reading: Reading) -> tuple[str, str]:
    """The endorser's name and words; the name falls back to the endorser's identity."""
    issuer, subject = reading.document.get("issuer"), reading.document.get("credentialSubject")
    name = issuer.get("name") if isinstance(issuer, dict) else ""
    comment = subject.get("endorsementComment") if isinstance(subject, dict) else ""
    said = comment if isinstance(comment, str) else ""
    return (name if isinstance(name, str) and name else issuer_of(reading.document)), said
