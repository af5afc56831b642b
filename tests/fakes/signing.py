"""RSA keys for tests: made once for each process, never written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The key of that name in this process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_jwk(key: rsa.RSAPrivateKey, kid: str, **changes: Any) -> dict[str, Any]:
    numbers = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    jwk = {"kty": "RSA", "n": numbers["n"], "e": numbers["e"], "kid": kid, "alg": "RS256", "use": "sig"}
    return {**jwk, **changes}


@dataclass(frozen=True)
class FakeKeyPair:
    kid: str
    private_key: rsa.RSAPrivateKey
    purpose: str = "lti"
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


class FakeKeys:
    """A key store with one key in use and one that is being retired."""

    def active(self, purpose: str) -> FakeKeyPair:
        return FakeKeyPair("tool-2", rsa_key("tool-2"), purpose)

    def all(self, purpose: str) -> list[FakeKeyPair]:
        return [self.active(purpose), FakeKeyPair("tool-1", rsa_key("tool-1"), purpose)]
