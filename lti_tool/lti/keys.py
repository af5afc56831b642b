"""The tool's own signing keys, as this room needs them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

PURPOSE = "lti"


class KeyPair(Protocol):
    """A private key and its name. Keys of this purpose are RSA, 2048 bits or more."""

    @property
    def kid(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def private_key(self) -> Any: ...
    @property
    def created_at(self) -> datetime: ...


class KeySource(Protocol):
    """The key store: the key to sign with today, and every key that is not retired."""

    def active(self, purpose: str) -> KeyPair: ...
    def all(self, purpose: str) -> Sequence[KeyPair]: ...


def signing_key(keys: KeySource) -> tuple[str, RSAPrivateKey]:
    """(kid, private key) to sign messages to platforms with."""
    pair = keys.active(PURPOSE)
    return pair.kid, pair.private_key


def public_key_set(keys: KeySource) -> dict[str, list[dict[str, Any]]]:
    """The JSON Web Key Set that platforms fetch: public halves only, the retiring key beside the new one."""
    return {"keys": [_public_jwk(pair) for pair in keys.all(PURPOSE)]}


def _public_jwk(pair: KeyPair) -> dict[str, Any]:
    numbers = RSAAlgorithm.to_jwk(pair.private_key.public_key(), as_dict=True)
    return {"kty": "RSA", "n": numbers["n"], "e": numbers["e"], "alg": "RS256", "use": "sig", "kid": pair.kid}
