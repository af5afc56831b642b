"""A key pair, the id it is published under, and its public half."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
PublicKey = RSAPublicKey | Ed25519PublicKey
Kind = Literal["rsa", "ed25519"]

# What keys are for, and of which kind they are. A key never serves two purposes.
PURPOSES: Final[dict[str, Kind]] = {"lti": "rsa", "credential-ed25519": "ed25519", "credential-rsa": "rsa"}

_ED25519_PUB = b"\xed\x01"  # multicodec ed25519-pub as an unsigned varint


@dataclass(frozen=True, slots=True)
class KeyPair:
    """`private_key` is an RSAPrivateKey or, for "credential-ed25519", an Ed25519PrivateKey. `created_at` (UTC) is from
    when on it signs; `encrypted` tells how it lies on the disk.

    The private key is left out of `repr`, as that may end up in a log.
    """

    kid: str
    purpose: str
    private_key: Any = field(repr=False, compare=False)
    created_at: datetime
    encrypted: bool = field(default=False, compare=False)


def generate(kind: Kind) -> PrivateKey:
    """A fresh key: Ed25519, or RSA of 2048 bits, which is what LMSs accept and the 1EdTech profile asks for."""
    if kind == "ed25519":
        return Ed25519PrivateKey.generate()
    return generate_private_key(public_exponent=65537, key_size=2048)


def is_of_kind(key: object, kind: Kind) -> bool:
    """Whether a key read from a file is what its purpose asks for."""
    if kind == "ed25519":
        return isinstance(key, Ed25519PrivateKey)
    return isinstance(key, RSAPrivateKey) and key.key_size >= 2048


def kid_of(key: PublicKey) -> str:
    """The id of a key, made of the key itself: the RFC 7638 thumbprint for RSA, the Multikey text for Ed25519."""
    if isinstance(key, Ed25519PublicKey):
        return "z" + base58.b58encode(_ED25519_PUB + key.public_bytes_raw()).decode("ascii")
    members = _members(key)
    text = json.dumps({name: members[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(text.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def public_jwk(pair: KeyPair) -> dict[str, str]:
    """The public half as a JWK (RFC 7517) with `kid`, `use` and `alg`."""
    key: PublicKey = pair.private_key.public_key()
    algorithm = "EdDSA" if isinstance(key, Ed25519PublicKey) else "RS256"
    return {**_members(key), "kid": pair.kid, "use": "sig", "alg": algorithm}


def _members(key: PublicKey) -> dict[str, str]:
    """The members that make up the public key, and no others."""
    if isinstance(key, Ed25519PublicKey):
        jwk, names = OKPAlgorithm.to_jwk(key, as_dict=True), ("kty", "crv", "x")
    else:
        jwk, names = RSAAlgorithm.to_jwk(key, as_dict=True), ("kty", "n", "e")
    return {name: str(jwk[name]) for name in names}
