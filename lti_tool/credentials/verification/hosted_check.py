"""The six questions about an Open Badge 2.0: its proof is that the issuer's own server says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lti_tool.credentials.open_badges_2 import HostedBadge, assertion_address, fetch_hosted, same_assertion
from lti_tool.credentials.timestamps import from_text
from lti_tool.credentials.verification.answers import failed, failed_by, not_checked, not_checked_by, passed
from lti_tool.credentials.verification.facts import hosted_facts
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.domain.credential import BadgeFacts, CheckName, CheckResult, VerificationReport
from lti_tool.domain.errors import BadgeToolError

_WITHDRAWN = frozenset({"lookup.gone", "hosted.withdrawn"})
_SAID_WRONGLY = frozenset({"hosted.malformed", "hosted.not_hosted"})


def check_hosted(
    carried: dict[str, Any], address: str, readable: CheckResult, resolver: Resolver, now: datetime
) -> VerificationReport:
    """`carried`: the assertion in hand, {} where only its address was; `address`: "" where the assertion names it."""
    form = "hosted"
    try:
        hosted = fetch_hosted(address or assertion_address(carried), resolver.hosted_document)
    except BadgeToolError as error:
        return _without_answer(error, readable, hosted_facts(carried, {}, {}) if carried else None, form)
    facts = hosted_facts(hosted.assertion, hosted.badge_class, hosted.issuer)
    same = not carried or same_assertion(carried, hosted.assertion)
    checks = (
        readable,
        _complete(facts),
        _same(same=same),
        _one_site(hosted),
        passed(CheckName.STATUS, "status.good", "The issuer has not withdrawn this badge."),
        _dates(hosted.assertion, now),
    )
    return VerificationReport(checks, facts, form)


def _without_answer(
    error: BadgeToolError, readable: CheckResult, facts: BadgeFacts | None, form: str
) -> VerificationReport:
    """What can be said where the issuer's server gave no assertion."""
    answer: Callable[[CheckName, BadgeToolError], CheckResult]
    answer = failed_by if error.code in _SAID_WRONGLY else not_checked_by
    status = answer(CheckName.STATUS, error)
    if error.code in _WITHDRAWN:
        status = failed(CheckName.STATUS, "status.revoked", error.message)
        answer = not_checked_by
    checks = (
        readable,
        not_checked(CheckName.SCHEMA, "schema.not_reached", "The issuer's copy of the badge could not be read."),
        answer(CheckName.SIGNATURE, error),
        not_checked(
            CheckName.ISSUER_KEY, "issuer_key.not_reached", "The issuer's copy of the badge could not be read."
        ),
        status,
        not_checked(CheckName.DATES, "dates.not_reached", "The issuer's copy of the badge could not be read."),
    )
    return VerificationReport(checks, facts, form)


def _complete(facts: BadgeFacts) -> CheckResult:
    if facts.achievement_name and facts.achievement_description and facts.issuer_name and facts.awarded_date:
        return passed(CheckName.SCHEMA, "schema.kept", "The badge is a complete Open Badge 2.0.")
    return failed(CheckName.SCHEMA, "schema.incomplete", "The badge lacks its name, its issuer or its date.")


def _same(*, same: bool) -> CheckResult:
    if same:
        return passed(CheckName.SIGNATURE, "hosted.same", "The issuer's own server shows this very badge.")
    return failed(CheckName.SIGNATURE, "hosted.differs", "The issuer's own server shows another badge than this one.")


def _one_site(hosted: HostedBadge) -> CheckResult:
    if hosted.is_on_one_site:
        return passed(CheckName.ISSUER_KEY, "hosted.issuer", "The badge stands on the issuer's own site.")
    return failed(CheckName.ISSUER_KEY, "hosted.foreign", "The badge stands on another site than its issuer's.")


def _dates(assertion: dict[str, Any], now: datetime) -> CheckResult:
    expires = assertion.get("expires")
    if not expires:
        return passed(CheckName.DATES, "dates.current", "The badge is valid today.")
    try:
        ends = from_text(expires if isinstance(expires, str) else "")
    except BadgeToolError as error:
        return failed_by(CheckName.DATES, error)
    if ends <= now:
        return failed(CheckName.DATES, "dates.expired", f"The badge was valid until {ends:%Y-%m-%d}.")
    return passed(CheckName.DATES, "dates.current", "The badge is valid today.")
