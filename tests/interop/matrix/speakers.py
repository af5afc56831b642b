"""Issuers by how they are identified, and what the world can fetch of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from lti_tool.credentials.contexts import CREDENTIALS_V2, DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3
from lti_tool.credentials.data_integrity import DataIntegritySigner
from lti_tool.credentials.did_web import (
    IssuerKeys,
    did_document,
    issuer_did,
    key_document,
    multikey_document,
    multikey_method,
    profile_keys,
)
from lti_tool.credentials.keys_text import thumbprint, to_multibase
from lti_tool.credentials.status_list import build_status_list
from lti_tool.credentials.vc_jwt import sign_jwt
from tests.factories.credentials import BASE_URL, rsa_key

EDDSA, ECDSA = "eddsa-rdfc-2022", "ecdsa-rdfc-2019"
TODAY = datetime.now(UTC).replace(microsecond=0)
SuiteKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def suite_key(suite: str) -> SuiteKey:
    return Ed25519PrivateKey.generate() if suite == EDDSA else generate_ec_key(SECP256R1())


@dataclass
class Speaker:
    """An issuer of one kind with one key of embedded proofs, one older key that is still listed, and keys of tokens."""

    kind: str = "did:web"
    suite: str = EDDSA
    slug: str = "astronomy"
    key: SuiteKey = field(init=False)
    older: SuiteKey = field(init=False)
    tokens: dict[str, RSAPrivateKey | EllipticCurvePrivateKey] = field(init=False)

    def __post_init__(self) -> None:
        self.key, self.older = suite_key(self.suite), suite_key(self.suite)
        self.tokens = {"RS256": rsa_key(len(self.slug)), "ES256": generate_ec_key(SECP256R1())}

    @property
    def id(self) -> str:
        if self.kind == "did:key":
            return f"did:key:{to_multibase(self.key.public_key())}"
        return issuer_did(BASE_URL, self.slug) if self.kind == "did:web" else f"{BASE_URL}/issuers/{self.slug}"

    @property
    def list_url(self) -> str:
        return f"{BASE_URL}/issuers/{self.slug}/status/1"

    def method(self, key: SuiteKey) -> str:
        """The name under which the issuer publishes a key."""
        name = to_multibase(key.public_key())
        if self.kind == "https":
            return f"{BASE_URL}/issuers/{self.slug}/keys/{name}.json"
        return multikey_method(self.id, key.public_key())

    def kid(self, algorithm: str) -> str:
        return f"{BASE_URL}/issuers/{self.slug}/keys/{thumbprint(self.tokens[algorithm].public_key())}.json"

    def jwk(self, algorithm: str) -> dict[str, Any]:
        return dict(key_document(self.id, self.tokens[algorithm].public_key(), self.kid(algorithm)))

    def sign(self, document: dict[str, Any], *, by: SuiteKey | None = None, named: str = "") -> dict[str, Any]:
        """With its key, or by another one under whichever name."""
        key = by or self.key
        return DataIntegritySigner().sign(
            document, created=TODAY, verification_method=named or self.method(key), private_key=key
        )

    def token(self, document: dict[str, Any], algorithm: str, *, by: Speaker | None = None, kid: str = "") -> str:
        key = (by or self).tokens[algorithm]
        return sign_jwt(document, kid=kid or self.kid(algorithm), private_key=key)

    def status_list(self, *raised: int, purpose: str = "revocation", signer: Speaker | None = None) -> dict[str, Any]:
        unsigned = build_status_list(
            self.list_url, self.id, raised, purpose=purpose,
            valid_from=TODAY - timedelta(hours=1), valid_until=TODAY + timedelta(days=1),
        )  # fmt: skip
        return (signer or self).sign(unsigned)

    def documents(self) -> dict[str, dict[str, Any]]:
        """What is served for it, by address or DID: the keys that sign, and the older one."""
        proof = {self.method(key): key.public_key() for key in (self.key, self.older)}
        keys = [key.public_key() for key in self.tokens.values()]
        if self.kind == "did:web":
            return {
                self.id: did_document(self.id, IssuerKeys(tuple(proof.values()), tuple(keys)))
            } | self._key_documents()
        if self.kind == "did:key":
            fragment = self.id.removeprefix("did:key:")
            method = multikey_document(self.id, self.key.public_key(), f"{self.id}#{fragment}")
            listed = {"verificationMethod": [method], "assertionMethod": [method["id"]]}
            return {self.id: {"@context": [DID_V1, MULTIKEY_V1], "id": self.id, **listed}}
        tokens = {self.kid(name): key.public_key() for name, key in self.tokens.items()}
        contexts = [DID_V1, MULTIKEY_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_3]
        profile = {"@context": contexts, "id": self.id, **profile_keys(self.id, proof, tokens)}
        methods = {
            address: {"@context": MULTIKEY_V1, **multikey_document(self.id, key, address)}
            for address, key in proof.items()
        }
        return {self.id: profile} | methods | self._key_documents()

    def _key_documents(self) -> dict[str, dict[str, Any]]:
        return {self.kid(name): self.jwk(name) for name in self.tokens}
