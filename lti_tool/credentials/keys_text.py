"""Public keys as text: Multikey (multibase, multicodec) and JWK. No private key ever passes through here."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from lti_tool.domain.errors import BadgeToolError

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey

# https://github.com/multiformats/multicodec: ed25519-pub and p256-pub as unsigned varints.
_ED25519 = b"\xed\x01"
_P256 = b"\x80\x24"
# Members a thumbprint is made of, RFC 7638 section 3.2 and RFC 8037 section 2.
_THUMBPRINT_MEMBERS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
_MAX_JWK_TEXT = 4096
_RSA_BITS = range(2048, 8193)


def to_multibase(key: Ed25519PublicKey | EllipticCurvePublicKey) -> str:
    """``z6Mk…`` (Ed25519) or ``zDn…`` (P-256): base58btc of the multicodec prefix and the key's 32 bytes, or its
    compressed point of 33 (W3C Controlled Identifiers, Multikey)."""
    if isinstance(key, EllipticCurvePublicKey):
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return "z" + base58.b58encode(_P256 + point).decode()
    return "z" + base58.b58encode(_ED25519 + key.public_bytes_raw()).decode()


def from_multibase(text: str) -> Ed25519PublicKey | EllipticCurvePublicKey:
    """The Ed25519 (or P-256) key of a Multikey text. Raises BadgeToolError ``credential.key_invalid``."""
    if not text.startswith("z") or len(text) > 100:
        raise _key_invalid()
    try:
        data = base58.b58decode(text[1:])
        if data.startswith(_ED25519):
            return Ed25519PublicKey.from_public_bytes(data[2:])
        if data.startswith(_P256) and len(data) == 35:
            return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), data[2:])
    except ValueError as error:
        raise _key_invalid() from error
    raise _key_invalid()


def to_jwk(key: PublicKey) -> dict[str, str]:
    """The public JWK with its required members only (RFC 7517)."""
    if isinstance(key, RSAPublicKey):
        jwk = RSAAlgorithm.to_jwk(key, as_dict=True)
    elif isinstance(key, EllipticCurvePublicKey):
        jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    else:
        jwk = OKPAlgorithm.to_jwk(key, as_dict=True)
    return {member: jwk[member] for member in _THUMBPRINT_MEMBERS[jwk["kty"]]}


def from_jwk(jwk: Any) -> PublicKey:
    """The public key of a JWK: RSA of 2048 to 8192 bits, P-256 or Ed25519.

    Raises BadgeToolError ``credential.key_invalid``, also for a JWK that holds a private key.
    """
    if not isinstance(jwk, dict) or "d" in jwk or len(json.dumps(jwk)) > _MAX_JWK_TEXT:
        raise _key_invalid()
    readers: dict[Any, Any] = {"RSA": RSAAlgorithm, "EC": ECAlgorithm, "OKP": OKPAlgorithm}
    members = _THUMBPRINT_MEMBERS.get(str(jwk.get("kty")), ())
    if not members or not all(isinstance(jwk.get(member), str) for member in members):
        raise _key_invalid()
    try:
        key = readers[jwk["kty"]].from_jwk({member: jwk[member] for member in members})
    except (PyJWTError, ValueError, KeyError, TypeError) as error:
        raise _key_invalid() from error
    if isinstance(key, RSAPublicKey) and key.key_size in _RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if isinstance(key, Ed25519PublicKey):
        return key
    raise _key_invalid()


def thumbprint(key: PublicKey) -> str:
    """RFC 7638 JWK thumbprint, SHA-256, base64url: the same for every spelling of one key."""
    jwk = to_jwk(key)
    text = json.dumps({member: jwk[member] for member in sorted(jwk)}, separators=(",", ":"))
    return b64url(hashlib.sha256(text.encode()).digest())


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def b64url_decode(text: str) -> bytes:
    """The bytes of unpadded base64url. Raises ValueError for any other alphabet."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def _key_invalid() -> BadgeToolError:
    return BadgeToolError("credential.key_invalid", "A public key is malformed or of a kind this tool does not use.")
