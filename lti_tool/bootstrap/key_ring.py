"""The keys of all issuers of this installation, and the documents that publish them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from lti_tool.credentials.contexts import CREDENTIALS_V2, DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3
from lti_tool.credentials.data_integrity import SuiteKey
from lti_tool.credentials.did_web import (
    IssuerKeys,
    did_document,
    did_key,
    issuer_did,
    key_document,
    multikey_document,
    multikey_method,
    profile_keys,
    profile_url,
)
from lti_tool.credentials.keys_text import from_jwk, to_jwk
from lti_tool.credentials.signatures import JwtKey
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.issuer import ECDSA, EDDSA, Issuer, IssuerKind
from lti_tool.keystore import KeyPair, Keys
from lti_tool.usecases.ports import PublishedKey, SigningKeyIds

# The purpose of the keys that an issuer's choice asks for.
OF_PROOFS = {EDDSA: "credential-ed25519", ECDSA: "credential-p256"}
OF_JWTS = {"RS256": "credential-rsa", "ES256": "credential-es256"}
# Of issuers that are one key.
OF_DID_KEYS = {EDDSA: "issuer-ed25519", ECDSA: "issuer-p256"}
_ALL = {purpose: purpose for purpose in (*OF_PROOFS.values(), *OF_JWTS.values(), *OF_DID_KEYS.values())}
_PROOF_PURPOSES = frozenset(OF_PROOFS.values())
_CONTEXTS = [DID_V1, MULTIKEY_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_3]


class IssuerKeyRing:
    """Issuers with a document share its keys, which are replaced now and then; a did:key has the one that it names.

    Published is what lies in the key store and what `history` tells of, but for what was withdrawn.
    """

    def __init__(self, store: Keys, base_url: str, history: Callable[[], Collection[PublishedKey]] = tuple) -> None:
        self._store = store
        self._base_url = base_url
        self._history = history

    def new_identity(self, kind: IssuerKind, slug: str, proof: str) -> str:
        """What the badges of a new issuer name; makes the key of a did:key."""
        if kind is IssuerKind.DID_KEY:
            return did_key(self._store.rotate(OF_DID_KEYS[proof], timedelta(0)).private_key.public_key())
        return profile_url(self._base_url, slug) if kind is IssuerKind.HTTPS else issuer_did(self._base_url, slug)

    def replace(self, key: PublishedKey) -> None:
        """Another key signs from now on where this one does or is going to. Raises `keys.clock` where it does not."""
        pairs = self._store.all(key.purpose)
        if pairs and pairs[0].kid == key.kid:
            self._store.rotate(key.purpose, timedelta(0))
        if self._store.active(key.purpose).kid == key.kid:
            hint = "Look at this machine's clock, or wait for a key that signs soon (`keys list`), and call it again."
            raise BadgeToolError(
                "keys.clock", "The key would go on signing: no newer one is due.", status=409, hint=hint
            )

    def today(self, issuer: Issuer) -> SigningKeyIds:
        if issuer.kind is IssuerKind.DID_KEY:
            kid = issuer.id.removeprefix("did:key:")
            # Open Badges 3.0 have no JWTs by Ed25519.
            return SigningKeyIds(kid, kid if issuer.proof == ECDSA else "")
        proof, token = OF_PROOFS[issuer.proof], OF_JWTS[issuer.jwt_algorithm]
        return SigningKeyIds(self._store.active(proof).kid, self._store.active(token).kid)

    def proof_key(self, issuer: Issuer, kid: str) -> tuple[SuiteKey, str]:
        """The private key of embedded proofs with this id, retired or not, and the name by which the issuer publishes
        it. Raises `keys.missing`."""
        purposes = OF_DID_KEYS if issuer.kind is IssuerKind.DID_KEY else OF_PROOFS
        key: SuiteKey = self._private(purposes, kid)
        is_https = issuer.kind is IssuerKind.HTTPS
        return key, self.key_url(issuer, kid) if is_https else multikey_method(issuer.id, key.public_key())

    def jwt_key(self, issuer: Issuer, kid: str) -> tuple[JwtKey, str] | None:
        """The same of JWTs; None for "", where the issuer has no such key."""
        if not kid:
            return None
        if issuer.kind is IssuerKind.DID_KEY:
            own: JwtKey = self._private({ECDSA: OF_DID_KEYS[ECDSA]}, kid)
            return own, f"{issuer.id}#{kid}"
        key: JwtKey = self._private(OF_JWTS, kid)
        return key, self.key_url(issuer, kid)

    def es256_key(self, issuer: Issuer) -> tuple[EllipticCurvePrivateKey, str] | None:
        """The key that SD-JWTs are signed with today, whatever the issuer chose for JWTs, and its name; None for a
        did:key of another kind."""
        is_key = issuer.kind is IssuerKind.DID_KEY
        kid = self.today(issuer).jwt_kid if is_key else self._store.active(OF_JWTS["ES256"]).kid
        found: tuple[Any, str] | None = self.jwt_key(issuer, kid)
        return found

    def key_url(self, issuer: Issuer, kid: str) -> str:
        return f"{self._base_url}/issuers/{issuer.slug}/keys/{kid}.json"

    def did_document(self, issuer: Issuer) -> dict[str, Any]:
        """Raises `issuer.no_document` for an issuer that is no did:web."""
        if issuer.kind is not IssuerKind.DID_WEB:
            raise NotFound("issuer.no_document", "This issuer is not identified by such a document.")
        history = self._history()
        proof, tokens = (tuple(self._public(purposes, history).values()) for purposes in (OF_PROOFS, OF_JWTS))
        withdrawn = [
            (_public_key(key), key.withdrawn_at)
            for key in history
            if key.withdrawn_at is not None and key.purpose in _PROOF_PURPOSES
        ]
        return did_document(issuer.id, IssuerKeys(proof, tokens, tuple(withdrawn)))

    def published(self, kids: Collection[str]) -> list[PublishedKey]:
        """The public halves of keys in the store, with when they were made."""
        return [_published(pair) for pair in self._pairs(_ALL) if pair.kid in kids]

    def everything(self) -> list[PublishedKey]:
        """All that lies in the store."""
        return [_published(pair) for pair in self._pairs(_ALL)]

    def key_history(self, issuer: Issuer) -> list[dict[str, Any]]:
        """Every key that ever signed for an issuer, the newest first: since when it is published, and from when on
        nothing that it signed is the issuer's any more."""
        own = issuer.id.removeprefix("did:key:") if issuer.kind is IssuerKind.DID_KEY else ""
        shared = {*OF_PROOFS.values(), *OF_JWTS.values()}
        return [
            {
                "kid": key.kid,
                "jwk": key.jwk,
                "published": to_text(key.published_at),
                "revoked": to_text(key.withdrawn_at) if key.withdrawn_at else None,
            }
            for key in self._history()
            if (key.kid == own if own else key.purpose in shared)
        ]

    def profile_keys(self, issuer: Issuer) -> dict[str, Any]:
        """What the profile says of keys; nothing where a DID says it."""
        if issuer.kind is not IssuerKind.HTTPS:
            return {}
        history = self._history()
        proof, tokens = (
            {self.key_url(issuer, kid): key for kid, key in self._public(purposes, history).items()}
            for purposes in (OF_PROOFS, OF_JWTS)
        )
        # Readers take a document whose first context is that of DIDs as it stands; others they would have to frame.
        return {"@context": _CONTEXTS, **profile_keys(issuer.id, proof, tokens)}

    def jwt_keys(self, issuer: Issuer) -> list[dict[str, Any]]:
        """The documents of every key that ever signed JWTs for an issuer."""
        if issuer.kind is IssuerKind.DID_KEY:
            found = self.jwt_key(issuer, self.today(issuer).jwt_kid)
            return [key_document(issuer.id, found[0].public_key(), found[1])] if found else []
        public = self._public(OF_JWTS, self._history())
        return [key_document(issuer.id, key, self.key_url(issuer, kid)) for kid, key in public.items()]

    def key_document(self, issuer: Issuer, kid: str) -> dict[str, Any] | None:
        """What is served at a key's own address; None for what is none of the issuer's."""
        if issuer.kind is IssuerKind.DID_KEY:
            return None
        address, history = self.key_url(issuer, kid), self._history()
        if kid in (tokens := self._public(OF_JWTS, history)):
            return dict(key_document(issuer.id, tokens[kid], address))
        if kid in (proof := self._public(OF_PROOFS, history)):
            return {"@context": MULTIKEY_V1, **multikey_document(issuer.id, proof[kid], address)}
        return None

    def _private(self, purposes: Mapping[str, str], kid: str) -> Any:
        for pair in self._pairs(purposes):
            if pair.kid == kid:
                return pair.private_key
        raise BadgeToolError("keys.missing", f"The signing key {kid} is not in the key directory.", status=500)

    def _public(self, purposes: Mapping[str, str], history: Collection[PublishedKey]) -> dict[str, Any]:
        named = frozenset(purposes.values())
        found = {pair.kid: pair.private_key.public_key() for pair in self._pairs(purposes)}
        found |= {key.kid: _public_key(key) for key in history if key.purpose in named and key.kid not in found}
        withdrawn = {key.kid for key in history if key.withdrawn_at is not None}
        return {kid: key for kid, key in found.items() if kid not in withdrawn}

    def _pairs(self, purposes: Mapping[str, str]) -> Iterator[KeyPair]:
        """Every key of whichever kind an issuer may have chosen once: what signed is published for ever."""
        for purpose in purposes.values():
            yield from self._store.all(purpose)


def _published(pair: KeyPair) -> PublishedKey:
    return PublishedKey(pair.kid, pair.purpose, to_jwk(pair.private_key.public_key()), pair.created_at)


def _public_key(key: PublishedKey) -> Any:
    return from_jwk(key.jwk)


class KeysOfIssuer:
    """One pair of keys of one issuer, as CredentialWriter wants them."""

    def __init__(self, ring: IssuerKeyRing, issuer: Issuer, ids: SigningKeyIds) -> None:
        self.proof = ring.proof_key(issuer, ids.proof_kid)
        self.jwt = ring.jwt_key(issuer, ids.jwt_kid)
