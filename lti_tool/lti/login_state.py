"""What is remembered between login and launch, carried by the browser itself: signed in ``state`` and ``nonce``.

Nothing is stored until a message that the platform signed uses a login up, so that whoever begins logins by the million
fills no table. Both values go to the platform and back in the open; they hold hashes and no secret.
"""

from __future__ import annotations

import hmac
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, Serializer, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.signer import SigningAlgorithm

LIFETIME = timedelta(minutes=10)
# Longer by far than one with the longest name of a storage frame.
_STATE = re.compile(r"state-[A-Za-z0-9_.-]{1,2048}")


@dataclass(frozen=True, slots=True)
class LoginState:
    """One login under way. `browser` and `proof` are fingerprints of the two browser secrets ("" for none), `target`
    that of the login's target_link_uri; `storage_frame` is where the platform keeps the proof, "" for nowhere.
    `once` is the name under which the login is used up.
    """

    registration_id: str
    nonce: str
    browser: str
    proof: str
    target: str
    storage_frame: str
    once: str
    expires_at: datetime


class LoginStates:
    """Seals and opens them. `secret` is this server's own, the same in all its processes."""

    def __init__(self, secret: bytes) -> None:
        self._states = _StateSerializer(_signer(secret, b"lti-login-state", "."))
        self._nonces = _signer(secret, b"lti-login-nonce", "~")

    def new_nonce(self, expires_at: datetime) -> str:
        """128 random bits and when they expire, signed: a nonce of ours is told from one that never was."""
        return self._nonces.sign(f"{secrets.token_urlsafe(16)}~{int(expires_at.timestamp())}").decode()

    def expiry_of(self, nonce: str) -> datetime | None:
        """When a nonce of ours expires; None for any other text."""
        try:
            _, _, seconds = self._nonces.unsign(nonce).decode().rpartition("~")
        except (BadData, UnicodeError):
            return None
        return datetime.fromtimestamp(int(seconds), UTC)

    def seal(self, login: LoginState) -> str:
        """The state parameter, without the "state-" that PyLTI1p3 puts before it."""
        names = (login.registration_id, login.nonce, login.browser, login.proof, login.target)
        sealed = self._states.dumps((*names, login.storage_frame, login.once, int(login.expires_at.timestamp())))
        return sealed if isinstance(sealed, str) else sealed.decode()

    def open(self, state: str) -> LoginState | None:
        """The login of a state that was sealed here; None for any other text."""
        if not _STATE.fullmatch(state):  # base64 is read past other characters
            return None
        try:
            registration_id, nonce, *texts, seconds = self._states.loads(state.removeprefix("state-"))
        except BadData:
            return None
        browser, proof, target, storage_frame, once = texts
        expires_at = datetime.fromtimestamp(seconds, UTC)
        return LoginState(registration_id, nonce, browser, proof, target, storage_frame, once, expires_at)


class _Sha256(SigningAlgorithm):
    """HMAC-SHA-256 in one call of OpenSSL."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


def _signer(secret: bytes, purpose: bytes, separator: str) -> Signer:
    """One for the whole process. Its key is derived as the library does with `key_derivation="hmac"`, but once and not
    at each signature."""
    key = hmac.digest(secret, purpose, "sha256")
    return Signer(key, sep=separator, key_derivation="none", algorithm=_Sha256())


class _StateSerializer(URLSafeSerializer):
    """The library's, with a signer that is kept, and with no more memory to compress in than so short a text needs:
    to clear the 256 kB that zlib takes otherwise is most of the work."""

    def __init__(self, signer: Signer) -> None:
        super().__init__(signer.secret_key)
        self._signer = signer

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._signer

    def dump_payload(self, obj: Any) -> bytes:
        deflate = zlib.compressobj(level=1, wbits=10, memLevel=2)
        text = Serializer.dump_payload(self, obj)
        return b"." + base64_encode(deflate.compress(text) + deflate.flush())
