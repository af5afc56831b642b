"""What is remembered between login and launch, carried by the browser itself: signed in ``state`` and ``nonce``.

Nothing is stored until a message that the platform signed uses a login up, so that whoever begins logins by the million
fills no table. Both values go to the platform and back in the open; they hold hashes and no secret.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, Signer, URLSafeSerializer

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
        how: dict[str, Any] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._states = URLSafeSerializer(secret, salt="lti-login-state", signer_kwargs=how)
        self._nonces = Signer(secret, salt="lti-login-nonce", sep="~", **how)

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
