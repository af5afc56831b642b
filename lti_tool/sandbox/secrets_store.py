"""Secrets of this LMS: made at first start, kept in its data folder, readable by the owner only."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

RSA_BITS = 2048


def keep_secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of `path`; on the first call made by `make` and written with mode 0600."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    content = make()
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return content


def keep_token(path: Path) -> str:
    """A random URL-safe token kept in `path`."""
    return keep_secret(path, lambda: secrets.token_urlsafe(32).encode()).decode()


def _new_rsa_pem() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(frozen=True)
class PlatformKey:
    """A key that signs launches; `fingerprint` is hexadecimal."""

    private_key: rsa.RSAPrivateKey
    fingerprint: str

    @classmethod
    def keep(cls, path: Path) -> PlatformKey:
        """The key in `path` (PEM, PKCS 8), generated on the first call."""
        key = serialization.load_pem_private_key(keep_secret(path, _new_rsa_pem), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{path} holds no RSA key")
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return cls(key, hashlib.sha256(public).hexdigest())

    def sign(self, claims: dict[str, Any], kid: str) -> str:
        """A JWS (RS256) over `claims`, in compact form."""
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"kid": kid})

    def jwk(self, kid: str) -> dict[str, Any]:
        """The public half as a JSON Web Key."""
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private_key.public_key()))
        return {**jwk, "kid": kid, "alg": "RS256", "use": "sig"}
