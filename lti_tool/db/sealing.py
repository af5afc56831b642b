"""Secrets in the database, encrypted at rest where a key-encryption secret is set (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lti_tool.domain.errors import BadgeToolError

# "sealed:v1:<id of the key>:<nonce and ciphertext, base64url>". Whatever does not begin so is plain text.
_PREFIX = "sealed:v1:"
_NONCE_BYTES = 12


class Sealer:
    """Seals with `secret`; opens what that or one of `old` has sealed, and leaves plain text as it is.

    A value is bound to its place (row and column): moved to another row it does not open.
    """

    def __init__(self, secret: bytes | None = None, old: Sequence[bytes] = ()) -> None:
        self._own = _Key(secret) if secret else None
        self._keys = {key.id: key for key in (self._own, *map(_Key, old)) if key is not None}

    def seal(self, text: str, place: str) -> str:
        """The text as it is stored; the empty one, and without a secret any, as it is."""
        if not text or self._own is None:
            return text
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._own.cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{_PREFIX}{self._own.id}:{urlsafe_b64encode(sealed).decode()}"

    def open(self, stored: str, place: str) -> str:
        """The text again. Raises `keys.locked` and `keys.secret_wrong`."""
        if not stored.startswith(_PREFIX):
            return stored
        key_id, _, body = stored.removeprefix(_PREFIX).partition(":")
        key = self._keys.get(key_id)
        if key is None:
            raise _unopened("keys.secret_wrong" if self._keys else "keys.locked")
        try:
            sealed = urlsafe_b64decode(body)
            return key.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()).decode()
        except (ValueError, InvalidTag):
            raise _unopened("keys.secret_wrong") from None


class _Key:
    """A key for the cipher, and a name for it that tells nothing of the secret."""

    def __init__(self, secret: bytes) -> None:
        self.cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"lti-badges secrets in the database").derive(secret))
        name = HKDF(SHA256(), 32, salt=None, info=b"lti-badges name of a key").derive(secret)
        self.id = hashlib.sha256(name).hexdigest()[:8]


def _unopened(code: str) -> BadgeToolError:
    return BadgeToolError(
        code,
        "A secret in the database is encrypted with a key-encryption secret that is not the one set here.",
        status=500,
        hint="Set LTI_BADGES_KEY_ENCRYPTION_SECRET as it was, or change secrets with `lti-badges keys encrypt"
        " --old-secret-file FILE`.",
    )
