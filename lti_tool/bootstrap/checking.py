"""Checking badges of any issuer: ours from our own tables, others' over the network."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.signing import LocalResolver
from lti_tool.credentials.did_web import issuer_did
from lti_tool.credentials.lookup import Budget, HttpLookup, Remembered
from lti_tool.credentials.verification import Resolver, verify
from lti_tool.domain.credential import VerificationReport
from lti_tool.domain.errors import BadgeToolError
from lti_tool.http import HttpSettings, OutgoingHttp
from lti_tool.settings import Settings
from lti_tool.usecases.check_badges import CheckBadges
from lti_tool.usecases.ports import Clock, Transactions

_SHARED = re.compile(r"/b/([A-Za-z0-9_-]{16,64})(?:\.json)?")


def lookup_http(settings: Settings) -> OutgoingHttp:
    """For strangers' badges: quicker to give up than a platform's services, and led on by redirects, each checked."""
    return OutgoingHttp(
        HttpSettings(
            connect_seconds=2.0,
            read_seconds=4.0,
            total_seconds=6.0,
            follow_redirects=True,
            allowed_private_hosts=settings.allowed_private_hosts,
        )
    )


class OwnFirst:
    """A resolver that answers for our own issuers itself and asks elsewhere for all others."""

    def __init__(self, own: LocalResolver, elsewhere: Resolver, base_url: str, did_prefix: str) -> None:
        self._own = own
        self._elsewhere = elsewhere
        self._base_url = f"{base_url}/"
        self._did_prefix = did_prefix

    def did_document(self, did: str) -> dict[str, Any]:
        return (self._own if did.startswith(self._did_prefix) else self._elsewhere).did_document(did)

    def key_document(self, url: str) -> dict[str, Any]:
        return self._for(url).key_document(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._for(url).hosted_document(url)

    def status_list(self, url: str) -> dict[str, Any] | str:
        return self._for(url).status_list(url)

    def _for(self, url: str) -> Resolver:
        return self._own if url.startswith(self._base_url) else self._elsewhere


class Inspector:
    """Implements usecases.check_badges.BadgeInspector for one answer."""

    def __init__(self, resolver: Resolver, lookup: HttpLookup, transactions: Transactions, clock: Clock, base: str):
        self._resolver = Remembered(resolver)
        self._lookup = lookup
        self._transactions = transactions
        self._clock = clock
        self._base_url = base

    def verify(self, badge: str | bytes) -> VerificationReport:
        return verify(badge, Budget(self._resolver), now=self._clock.now())

    def fetch(self, link: str) -> bytes:
        if not link.startswith(f"{self._base_url}/"):
            return self._lookup.badge(link)
        return self._shared(link.removeprefix(self._base_url))

    def _shared(self, path: str) -> bytes:
        """A badge that its learner shares here; nothing else of ours is looked at over the network."""
        named = _SHARED.fullmatch(path)
        with self._transactions(write=False) as unit:
            page = unit.public_pages.find(named[1]) if named else None
            credential = unit.credentials.get(page.award_id) if page and page.stopped_at is None else None
        if credential is None or credential.document is None:
            raise BadgeToolError("page.unknown", "This badge is not shared, or no longer.", status=404)
        return credential.document.encode()


def make_check_badges(house: House) -> CheckBadges:
    """One a process, because it counts the batches that run."""
    base_url = house.settings.base_url
    lookup = HttpLookup(lookup_http(house.settings))
    own = LocalResolver(house.transactions, house.key_ring, base_url)
    resolver = OwnFirst(own, lookup, base_url, issuer_did(base_url, "x").removesuffix("x"))
    return CheckBadges(lambda: Inspector(resolver, lookup, house.transactions, house.clock, base_url), house.clock)
