"""Has the issuer withdrawn it? Only a list that the issuer itself signed, and that has not lapsed, can say."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from lti_tool.credentials.status_list import decode, is_set, require_status_list
from lti_tool.credentials.verification.answers import failed, not_checked, not_checked_by, passed
from lti_tool.credentials.verification.dates_check import check_dates
from lti_tool.credentials.verification.proof_checks import check_proof, issuer_of
from lti_tool.credentials.verification.reading import from_resolver
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult
from lti_tool.domain.errors import BadgeToolError

_NAME = CheckName.STATUS
_INDEX = re.compile(r"[0-9]{1,9}")
_MAX_ENTRIES = 4
_ENTRY_TERMS = ("statusPurpose", "statusListCredential", "statusListIndex")
_SET = {
    "revocation": ("status.revoked", "The issuer has revoked this badge."),
    "suspension": ("status.suspended", "The issuer has suspended this badge for now."),
}


class TrustedLists:
    """Status lists by address: each is looked up, checked and unpacked once, whoever asks."""

    def __init__(self, resolver: Resolver, now: datetime) -> None:
        self._resolver = resolver
        self._now = now
        self._known: dict[tuple[str, str, str], bytes | BadgeToolError] = {}

    def bits(self, url: str, issuer_id: str, purpose: str) -> bytes:
        """Raises BadgeToolError for a list that cannot be had, or that says nothing of this issuer's badges."""
        key = (url, issuer_id, purpose)
        if key not in self._known:
            try:
                self._known[key] = _trusted_bits(url, issuer_id, purpose, self._resolver, self._now)
            except BadgeToolError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, BadgeToolError):
            raise found
        return found


def check_status(document: dict[str, Any], lists: TrustedLists) -> CheckResult:
    """Look at every status entry; one that is set decides."""
    status = document.get("credentialStatus")
    if status is None:
        return passed(_NAME, "status.none", "The issuer gave this badge no means of being revoked.")
    entries = status if isinstance(status, list) else [status]
    if not entries or len(entries) > _MAX_ENTRIES:
        return not_checked(_NAME, "status.kind_unknown", "The badge's status is given in a way this tool cannot read.")
    results = [_check_entry(entry, issuer_of(document), lists) for entry in entries]
    order = (CheckOutcome.FAILED, CheckOutcome.NOT_CHECKED, CheckOutcome.PASSED)
    return min(results, key=lambda result: order.index(result.outcome))


def _check_entry(entry: Any, issuer_id: str, lists: TrustedLists) -> CheckResult:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        return not_checked(_NAME, "status.kind_unknown", "The badge's status is given in a way this tool cannot read.")
    purpose, url, index = (_text(entry, term) for term in _ENTRY_TERMS)
    if purpose not in _SET or not url or not _INDEX.fullmatch(index):
        return not_checked(_NAME, "status.kind_unknown", "The badge's status is given in a way this tool cannot read.")
    try:
        withdrawn = is_set(lists.bits(url, issuer_id, purpose), int(index))
    except BadgeToolError as error:
        return not_checked_by(_NAME, error)
    if withdrawn:
        return failed(_NAME, *_SET[purpose])
    return passed(_NAME, "status.good", "The issuer has not withdrawn this badge.")


def _trusted_bits(url: str, issuer_id: str, purpose: str, resolver: Resolver, now: datetime) -> bytes:
    reading = from_resolver(resolver.status_list(url))
    encoded = require_status_list(reading.document, list_url=url, issuer_id=issuer_id, purpose=purpose)
    checks = (*check_proof(reading, resolver), check_dates(reading, now))
    if any(check.outcome is not CheckOutcome.PASSED for check in checks[:2]):
        raise BadgeToolError("status.list_untrusted", "The status list does not carry the issuer's own signature.")
    if checks[2].outcome is not CheckOutcome.PASSED:
        raise BadgeToolError("status.list_lapsed", "The status list is out of date.")
    return decode(encoded)


def _text(entry: dict[str, Any], term: str) -> str:
    value = entry.get(term)
    return value if isinstance(value, str) else ""
