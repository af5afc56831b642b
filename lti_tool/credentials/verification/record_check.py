"""A record of badges (CLR 2.0): its own form, and each badge inside checked like one that was handed in alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.credentials.clr_2 import record_problem
from lti_tool.credentials.open_badges_3 import schema_problem
from lti_tool.credentials.verification.answers import failed, passed
from lti_tool.credentials.verification.dates_check import check_dates
from lti_tool.credentials.verification.facts import facts_of
from lti_tool.credentials.verification.proof_checks import check_proof
from lti_tool.credentials.verification.reading import Reading
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.status_check import TrustedLists, check_status
from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, ContainedCheck

RECORD_TYPE = "ClrCredential"


def is_record(document: dict[str, Any]) -> bool:
    """Whether the document says that it is a ClrCredential."""
    kind = document.get("type")
    return RECORD_TYPE in (kind if isinstance(kind, list) else [kind])


def check_record_schema(document: dict[str, Any]) -> CheckResult:
    """The answer for the record's own form."""
    where = record_problem(document)
    if where is not None:
        return failed(CheckName.SCHEMA, "schema.broken", f"The record breaks the CLR 2.0 format at {where}.")
    return passed(CheckName.SCHEMA, "schema.kept", "It is a complete record of badges (CLR 2.0).")


def check_contents(document: dict[str, Any], resolver: Resolver, now: datetime) -> tuple[ContainedCheck, ...]:
    """An answer for each badge inside. How many they can be, and how large, is bounded where documents are read."""
    subject = document.get("credentialSubject")
    inside = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    badges = inside if isinstance(inside, list) else [inside]
    holder = subject.get("id") if isinstance(subject, dict) else None
    lists = TrustedLists(resolver, now)
    return tuple(_check(badge, holder, resolver, lists, now) for badge in badges if isinstance(badge, dict))


def _check(
    badge: dict[str, Any], holder: Any, resolver: Resolver, lists: TrustedLists, now: datetime
) -> ContainedCheck:
    name = facts_of(badge).achievement_name
    reading = Reading("json", badge, None)
    if schema_problem(badge) is not None:
        return ContainedCheck(name, CheckOutcome.FAILED, "schema.broken", "It breaks the Open Badges 3.0 format.")
    checks = [*check_proof(reading, resolver), check_dates(reading, now)]
    if all(check.outcome is CheckOutcome.PASSED for check in checks[:2]):
        checks.append(check_status(badge, lists))
    for outcome in (CheckOutcome.FAILED, CheckOutcome.NOT_CHECKED):
        for check in checks:
            if check.outcome is outcome:
                return ContainedCheck(name, outcome, check.code, check.sentence)
    subject = badge["credentialSubject"]
    if subject.get("id") != holder:
        sentence = "It calls its holder by another name than the record does."
        return ContainedCheck(name, CheckOutcome.NOT_CHECKED, "contained.other_holder", sentence)
    return ContainedCheck(name, CheckOutcome.PASSED, "contained.good", "Its issuer signed it, and it is valid today.")
