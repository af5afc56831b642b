"""Brings the keys of the key store and the writer of credentials together."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from lti_tool.bootstrap.key_ring import IssuerKeyRing, KeysOfIssuer
from lti_tool.credentials.clr_2 import record_fits
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.linked_data import Canonicalizer, shape_name
from lti_tool.credentials.verification import verify
from lti_tool.credentials.writer import CredentialWriter
from lti_tool.domain.attestation import EndorsementClaim, RecordClaim
from lti_tool.domain.credential import BadgeClaim, SignedBadge, VerificationReport
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.ports import Clock, Issuer, PublishedKey, SigningKeyIds, Transactions


class KeyRingSigner:
    """Implements usecases.ports.BadgeSigner."""

    def __init__(self, ring: IssuerKeyRing) -> None:
        self._ring = ring
        # Shared, because it learns the shape of each badge once.
        self._canonicalizer = Canonicalizer()
        self._writer = lru_cache(maxsize=64)(self._make_writer)

    def _make_writer(self, issuer: Issuer, ids: SigningKeyIds) -> CredentialWriter:
        return CredentialWriter(KeysOfIssuer(self._ring, issuer, ids), self._canonicalizer)

    def key_ids(self, issuer: Issuer) -> SigningKeyIds:
        return self._ring.today(issuer)

    def unsigned(self, issuer: Issuer, claim: BadgeClaim, keys: SigningKeyIds) -> dict[str, Any]:
        return self._writer(issuer, keys).unsigned(claim)

    def published(self, kids: Collection[str]) -> list[PublishedKey]:
        return self._ring.published(kids)

    def shape(self, unsigned: dict[str, Any]) -> str:
        return shape_name(unsigned)

    def sign(self, unsigned: dict[str, Any], issuer: Issuer, created: datetime, keys: SigningKeyIds) -> SignedBadge:
        return self._writer(issuer, keys).sign(unsigned, created)

    def sign_any(self, credential: dict[str, Any], issuer: Issuer, created: datetime) -> dict[str, Any]:
        """Implements usecases.sign_for_others.CredentialSigner."""
        return self._writer(issuer, self.key_ids(issuer)).sign_any(credential, issuer.id, created)

    def sign_status_list(
        self,
        issuer: Issuer,
        list_url: str,
        revoked: Collection[int],
        size: int,
        valid_from: datetime,
        valid_until: datetime,
        purpose: str = "revocation",
    ) -> str:
        writer = self._writer(issuer, self.key_ids(issuer))
        document = writer.status_list(
            list_url, issuer.id, revoked, size, purpose=purpose, valid_from=valid_from, valid_until=valid_until
        )
        return dump(document)

    def sign_endorsement(self, issuer: Issuer, claim: EndorsementClaim) -> str:
        return dump(self._writer(issuer, self.key_ids(issuer)).endorsement(claim))

    def sign_record(self, issuer: Issuer, claim: RecordClaim) -> str:
        return dump(self._writer(issuer, self.key_ids(issuer)).record(claim))

    def record_fits(self, claim: RecordClaim) -> bool:
        return record_fits(claim)

    def bake(self, png: bytes, document: str, hosted_at: str = "") -> bytes:
        return CredentialWriter.bake(png, json.loads(document), hosted_at)


class LocalResolver:
    """Finds the documents of our own issuers in our own tables: checking a badge of ours opens no socket."""

    def __init__(self, transactions: Transactions, ring: IssuerKeyRing, base_url: str) -> None:
        self._transactions = transactions
        self._ring = ring
        self._base_url = base_url

    def knows(self, issuer_id: str) -> bool:
        """Whether it is an issuer of this installation."""
        with self._transactions(write=False, brief=True) as unit:
            return unit.issuers.by_id(issuer_id) is not None

    def _issuer(self, slug: str) -> Issuer:
        with self._transactions(write=False, brief=True) as unit:
            issuer = unit.issuers.by_slug(slug)
        if issuer is None:
            raise NotFound("issuer.unknown", "This issuer is not known here.")
        return issuer

    def did_document(self, did: str) -> dict[str, Any]:
        issuer = self._issuer(did.rsplit(":", 1)[-1])
        if issuer.id != did:
            raise NotFound("issuer.unknown", "This issuer is not known here.")
        return self._ring.did_document(issuer)

    def key_document(self, url: str) -> dict[str, Any]:
        slug = url.removeprefix(f"{self._base_url}/issuers/")
        if "/" not in slug and slug != url:
            issuer = self._issuer(slug)
            return {"id": issuer.id, **self._ring.profile_keys(issuer)}
        slug, kind, name = self._parts(url)
        found = self._ring.key_document(self._issuer(slug), name.removesuffix(".json")) if kind == "keys" else None
        if found is None:
            raise NotFound("issuer.key_unknown", "This key is not known here.")
        return found

    def hosted_document(self, url: str) -> dict[str, Any]:
        raise NotFound("issuer.unknown", "No badge of Open Badges 2.0 is hosted here.")

    def status_list(self, url: str) -> dict[str, Any] | str:
        _, kind, list_id = self._parts(url)
        with self._transactions(write=False) as unit:
            found = unit.status_lists.get(list_id) if kind == "status" else None
        if found is None or found.document is None:
            raise NotFound("status_list.unknown", "This status list is not published here.")
        document: dict[str, Any] = json.loads(found.document)
        return document

    def _parts(self, url: str) -> tuple[str, str, str]:
        prefix = f"{self._base_url}/issuers/"
        parts = url.removeprefix(prefix).split("/")
        if not url.startswith(prefix) or len(parts) != 3:
            raise NotFound("issuer.unknown", "This address is not one of ours.")
        return parts[0], parts[1], parts[2]


class LocalVerifier:
    """Implements usecases.ports.BadgeVerifier for badges issued here."""

    def __init__(self, resolver: LocalResolver, clock: Clock) -> None:
        self._resolver = resolver
        self._clock = clock

    def verify(self, badge: str | bytes) -> VerificationReport:
        return verify(badge, self._resolver, now=self._clock.now())
