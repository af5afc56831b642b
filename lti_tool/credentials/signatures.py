"""Signatures that are the same each time: RSASSA-PKCS1-v1_5 is by design, and the nonce of ECDSA comes of key and data
(RFC 6979). So a crash between an intent and its signature changes no byte."""

from __future__ import annotations

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

JwtKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
_HALF = 32


def sign_p256(key: EllipticCurvePrivateKey, data: bytes) -> bytes:
    """ECDSA with SHA-256: r and s, each 32 bytes, as both JWS (RFC 7518, 3.4) and ``ecdsa-rdfc-2019`` have them."""
    r, s = decode_dss_signature(key.sign(data, ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def as_der(signature: bytes) -> bytes:
    """The 64 bytes of such a signature as cryptography wants them for checking."""
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    return encode_dss_signature(r, s)


class _RepeatableES256(ECAlgorithm):
    """PyJWT's own draws a random number for each signature."""

    def sign(self, msg: bytes, key: EllipticCurvePrivateKey) -> bytes:
        return sign_p256(key, msg)


_JWS = jwt.PyJWS()
_JWS.unregister_algorithm("ES256")
_JWS.register_algorithm("ES256", _RepeatableES256(ECAlgorithm.SHA256))


def sign_compact(payload: dict[str, Any], headers: dict[str, Any], private_key: JwtKey) -> str:
    """A compact JWS with these header parameters and ``alg``: RS256, ES256 by a P-256 key or EdDSA by an Ed25519 key.
    ``typ`` is JWT where none is given."""
    if isinstance(private_key, Ed25519PrivateKey):
        algorithm = "EdDSA"
    else:
        algorithm = "RS256" if isinstance(private_key, RSAPrivateKey) else "ES256"
    text = json.dumps(payload, separators=(",", ":")).encode()
    return _JWS.encode(text, private_key, algorithm=algorithm, headers=headers)
