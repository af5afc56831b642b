"""Brings the keys of the key store and the writer of credentials together."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from lti_tool.credentials.data_integrity import SuiteKey
from lti_tool.credentials.did_web import IssuerKeys, did_document, key_document, multikey_method
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.linked_data import Canonicalizer
from lti_tool.credentials.signatures import JwtKey
from lti_tool.credentials.verification import verify
from lti_tool.credentials.writer import CredentialWriter
from lti_tool.domain.credential import BadgeClaim, SignedBadge, VerificationReport
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.keystore import KeyPair, KeyStore
from lti_tool.usecases.ports import Clock, Issuer, SigningKeyIds, Transactions

# The purpose of the keys that an issuer's choice asks for.
OF_PROOFS = {"eddsa-rdfc-2022": "credential-ed25519", "ecdsa-rdfc-2019": "credential-p256"}
OF_JWTS = {"RS256": "credential-rsa", "ES256": "credential-es256"}


class IssuerKeyRing:
    """The keys of all issuers of this installation, and the documents that publish them."""

    def __init__(self, store: KeyStore, base_url: str) -> None:
        self._store = store
        self._base_url = base_url

    def today(self, issuer: Issuer) -> SigningKeyIds:
        proof, token = OF_PROOFS[issuer.proof], OF_JWTS[issuer.jwt_algorithm]
        return SigningKeyIds(self._store.active(proof).kid, self._store.active(token).kid)

    def proof_key(self, kid: str) -> SuiteKey:
        """The private key of embedded proofs with this id, retired or not. Raises `keys.missing`."""
        key: SuiteKey = self._private(OF_PROOFS, kid)
        return key

    def jwt_key(self, kid: str) -> JwtKey:
        """The same of JWTs."""
        key: JwtKey = self._private(OF_JWTS, kid)
        return key

    def _private(self, purposes: Mapping[str, str], kid: str) -> Any:
        for pair in self._pairs(purposes):
            if pair.kid == kid:
                return pair.private_key
        raise BadgeToolError("keys.missing", f"The signing key {kid} is not in the key directory.", status=500)

    def _pairs(self, purposes: Mapping[str, str]) -> Iterator[KeyPair]:
        """Every key of whichever kind an issuer may have chosen once: what signed is published for ever."""
        for purpose in purposes.values():
            yield from self._store.all(purpose)

    def jwt_key_url(self, issuer: Issuer, kid: str) -> str:
        return f"{self._base_url}/issuers/{issuer.slug}/keys/{kid}.json"

    def did_document(self, issuer: Issuer) -> dict[str, Any]:
        proof, tokens = (
            tuple(pair.private_key.public_key() for pair in self._pairs(purposes)) for purposes in (OF_PROOFS, OF_JWTS)
        )
        return did_document(issuer.id, IssuerKeys(proof, tokens))

    def jwt_keys(self, issuer: Issuer) -> list[dict[str, str]]:
        """The documents of every key that ever signed JWTs for an issuer."""
        return [self._document(issuer, pair) for pair in self._pairs(OF_JWTS)]

    def key_document(self, issuer: Issuer, kid: str) -> dict[str, Any] | None:
        return next((self._document(issuer, pair) for pair in self._pairs(OF_JWTS) if pair.kid == kid), None)

    def _document(self, issuer: Issuer, pair: KeyPair) -> dict[str, Any]:
        return dict(key_document(issuer.id, pair.private_key.public_key(), self.jwt_key_url(issuer, pair.kid)))


class _Keys:
    """One pair of keys of one issuer, as CredentialWriter wants them."""

    def __init__(self, ring: IssuerKeyRing, issuer: Issuer, ids: SigningKeyIds) -> None:
        key = ring.proof_key(ids.proof_kid)
        self.proof = (key, multikey_method(issuer.id, key.public_key()))
        self.jwt = (ring.jwt_key(ids.jwt_kid), ring.jwt_key_url(issuer, ids.jwt_kid))


class KeyRingSigner:
    """Implements usecases.ports.BadgeSigner."""

    def __init__(self, ring: IssuerKeyRing) -> None:
        self._ring = ring
        # Shared, because it learns the shape of each badge once.
        self._canonicalizer = Canonicalizer()
        self._writer = lru_cache(maxsize=64)(self._make_writer)

    def _make_writer(self, issuer: Issuer, ids: SigningKeyIds) -> CredentialWriter:
        return CredentialWriter(_Keys(self._ring, issuer, ids), self._canonicalizer)

    def key_ids(self, issuer: Issuer) -> SigningKeyIds:
        return self._ring.today(issuer)

    def unsigned(self, issuer: Issuer, claim: BadgeClaim) -> dict[str, Any]:
        return self._writer(issuer, self.key_ids(issuer)).unsigned(claim)

    def sign(self, unsigned: dict[str, Any], issuer: Issuer, created: datetime, keys: SigningKeyIds) -> SignedBadge:
        return self._writer(issuer, keys).sign(unsigned, created)

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

    def bake(self, png: bytes, document: str, hosted_at: str = "") -> bytes:
        return CredentialWriter.bake(png, json.loads(document), hosted_at)


class LocalResolver:
    """Finds the documents of our own issuers in our own tables: checking a badge of ours opens no socket."""

    def __init__(self, transactions: Transactions, ring: IssuerKeyRing, base_url: str) -> None:
        self._transactions = transactions
        self._ring = ring
        self._base_url = base_url

    def _issuer(self, slug: str) -> Issuer:
        with self._transactions(write=False) as unit:
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
