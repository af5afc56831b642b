"""Checking badges of any issuer: ours from our own tables, others' over the network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.signing import LocalResolver
from lti_tool.credentials.did_web import issuer_did
from lti_tool.credentials.lookup import Budget, FolderLookup, HttpLookup, Remembered
from lti_tool.credentials.verification import Resolver, verify
from lti_tool.domain.credential import VerificationReport
from lti_tool.domain.errors import NotFound
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


class Lookup(Resolver, Protocol):
    def badge(self, url: str) -> bytes: ...


class Inspector:
    """Implements usecases.check_badges.BadgeInspector for one answer, knowing what `lookup` finds."""

    def __init__(
        self,
        resolver: Resolver,
        fetch: Callable[[str], bytes],
        clock: Clock,
        knows: Callable[[str], bool] = lambda issuer_id: False,
    ) -> None:
        self._resolver = Remembered(resolver)
        self._clock = clock
        self.fetch = fetch
        self.knows = knows

    def verify(self, badge: str | bytes) -> VerificationReport:
        return verify(badge, Budget(self._resolver), now=self._clock.now())


def check_anybodys(settings: Settings, clock: Clock, documents: Path | None = None) -> CheckBadges:
    """Knows nothing but what issuers publish, or what a folder holds of it."""
    lookup: Lookup = FolderLookup(documents) if documents else HttpLookup(lookup_http(settings))
    return CheckBadges(lambda: Inspector(lookup, lookup.badge, clock), clock)


def make_check_badges(house: House) -> CheckBadges:
    """One a process, because it counts the batches that run."""
    base_url = house.settings.base_url
    lookup = HttpLookup(lookup_http(house.settings))
    own = LocalResolver(house.transactions, house.key_ring, base_url)
    resolver = _own_first(own, lookup, base_url)

    def fetch(link: str) -> bytes:
        if not link.startswith(f"{base_url}/"):
            return lookup.badge(link)
        # Nothing of our own is looked at over the network.
        return _shared(house.transactions, link.removeprefix(base_url))

    return CheckBadges(lambda: Inspector(resolver, fetch, house.clock, own.knows), house.clock)


def resolver_of(house: House) -> Resolver:
    """Ours from our own tables, others' over the network."""
    base_url = house.settings.base_url
    own = LocalResolver(house.transactions, house.key_ring, base_url)
    return _own_first(own, HttpLookup(lookup_http(house.settings)), base_url)


def _own_first(own: LocalResolver, elsewhere: Resolver, base_url: str) -> OwnFirst:
    return OwnFirst(own, elsewhere, base_url, issuer_did(base_url, "x").removesuffix("x"))


def _shared(transactions: Transactions, path: str) -> bytes:
    """A badge that its learner shares here."""
    named = _SHARED.fullmatch(path)
    with transactions(write=False) as unit:
        page = unit.public_pages.find(named[1]) if named else None
        credential = unit.credentials.get(page.award_id) if page and page.stopped_at is None else None
    if credential is None or credential.document is None:
        raise NotFound("page.unknown", "This badge is not shared, or no longer.")
    return credential.document.encode()
