"""A private key as the bytes of its file: PKCS #8 in PEM, encrypted where a secret is set (RFC 5958, RFC 8018)."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.pair import PrivateKey

_LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def seal(key: PrivateKey, secret: bytes | None) -> bytes:
    """The file's content. PBES2 with AES-256; the secret is random and long, so the derivation need not be slow."""
    encryption = BestAvailableEncryption(secret) if secret else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def is_sealed(text: bytes) -> bool:
    """Whether the content of a key file is encrypted."""
    return text.lstrip().startswith(_LOCKED)


def unseal(text: bytes, secret: bytes | None, name: str) -> Any:
    """The key of a file's content; None when it is no private key. A plain key is read also where a secret is set.

    Raises `keys.locked` without a secret, `keys.secret_wrong` with another one.
    """
    if not is_sealed(text):
        return _load(text, None)
    if not secret:
        raise BadgeToolError(
            "keys.locked",
            f"{name} in the key directory is encrypted, and no key-encryption secret is set.",
            status=500,
            hint="Set LTI_BADGES_KEY_ENCRYPTION_SECRET, or LTI_BADGES_KEY_ENCRYPTION_SECRET_FILE, as it was.",
        )
    key = _load(text, secret)
    if key is None:
        raise BadgeToolError(
            "keys.secret_wrong",
            f"{name} in the key directory cannot be opened with this key-encryption secret.",
            status=500,
            hint="Set the secret that it was encrypted with, or change secrets with `lti-badges keys encrypt"
            " --old-secret-file FILE`.",
        )
    return key


def _load(text: bytes, secret: bytes | None) -> Any:
    try:
        return load_pem_private_key(text, password=secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
