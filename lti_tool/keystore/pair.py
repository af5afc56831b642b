"""A key pair, the id it is published under, and its public half."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

import base58
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey = RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey = RSAPublicKey | Ed25519PublicKey | ec.EllipticCurvePublicKey
Kind = Literal["rsa", "ed25519", "p256"]

# What keys are for, and of which kind they are. A key never serves two purposes: "credential-p256" makes embedded
# proofs (ecdsa-rdfc-2019), "credential-es256" signs tokens.
PURPOSES: Final[dict[str, Kind]] = {
    "lti": "rsa",
    "credential-ed25519": "ed25519",
    "credential-p256": "p256",
    "credential-rsa": "rsa",
    "credential-es256": "p256",
    "issuer-ed25519": "ed25519",
    "issuer-p256": "p256",
}
# Of the others one is made for each issuer that is a did:key, the name of one key that is never replaced.
ROTATED: Final = tuple(purpose for purpose in PURPOSES if not purpose.startswith("issuer-"))

_OF_PROOFS = frozenset({"credential-ed25519", "credential-p256", "issuer-ed25519", "issuer-p256"})

# Multicodec ed25519-pub and p256-pub as unsigned varints.
_ED25519_PUB = b"\xed\x01"
_P256_PUB = b"\x80\x24"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """`private_key` is an RSAPrivateKey, an Ed25519PrivateKey or an EllipticCurvePrivateKey. `created_at` (UTC) is from
    when on it signs; `encrypted` tells how it lies on the disk.

    The private key is left out of `repr`, as that may end up in a log.
    """

    kid: str
    purpose: str
    private_key: Any = field(repr=False, compare=False)
    created_at: datetime
    encrypted: bool = field(default=False, compare=False)


def generate(kind: Kind) -> PrivateKey:
    """A fresh key: Ed25519, P-256, or RSA of 2048 bits, which is what LMSs accept and the 1EdTech profile asks for."""
    if kind == "ed25519":
        return Ed25519PrivateKey.generate()
    if kind == "p256":
        return ec.generate_private_key(ec.SECP256R1())
    return generate_private_key(public_exponent=65537, key_size=2048)


def is_of_kind(key: object, kind: Kind) -> bool:
    """Whether a key read from a file is what its purpose asks for."""
    if kind == "ed25519":
        return isinstance(key, Ed25519PrivateKey)
    if kind == "p256":
        return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    return isinstance(key, RSAPrivateKey) and key.key_size >= 2048


def kid_of(key: PublicKey, purpose: str) -> str:
    """The id of a key, made of the key itself: the Multikey text for one of embedded proofs, the RFC 7638 thumbprint
    for one of tokens."""
    if purpose in _OF_PROOFS:
        return _multikey(key)
    members = _members(key)
    text = json.dumps({name: members[name] for name in sorted(members)}, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(text.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def public_jwk(pair: KeyPair) -> dict[str, str]:
    """The public half as a JWK (RFC 7517) with `kid`, `use` and `alg`."""
    key: PublicKey = pair.private_key.public_key()
    algorithms: dict[Kind, str] = {"ed25519": "EdDSA", "p256": "ES256", "rsa": "RS256"}
    return {**_members(key), "kid": pair.kid, "use": "sig", "alg": algorithms[PURPOSES[pair.purpose]]}


def _multikey(key: PublicKey) -> str:
    if isinstance(key, Ed25519PublicKey):
        data = _ED25519_PUB + key.public_bytes_raw()
    else:
        data = _P256_PUB + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return "z" + base58.b58encode(data).decode("ascii")


def _members(key: PublicKey) -> dict[str, str]:
    """The members that make up the public key, and no others."""
    names: tuple[str, ...]
    if isinstance(key, Ed25519PublicKey):
        jwk, names = OKPAlgorithm.to_jwk(key, as_dict=True), ("kty", "crv", "x")
    elif isinstance(key, ec.EllipticCurvePublicKey):
        jwk, names = ECAlgorithm.to_jwk(key, as_dict=True), ("kty", "crv", "x", "y")
    else:
        jwk, names = RSAAlgorithm.to_jwk(key, as_dict=True), ("kty", "n", "e")
    return {name: str(jwk[name]) for name in names}
