"""What binds a login to one browser: a partitioned cookie, or a proof kept in the platform's storage.

A state alone proves nothing about the browser it comes back in (login CSRF, Security Framework 1.0, 5.1.1).
The login carries hashes only, and the server decides itself: that a script says "it matched" counts for nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from lti_tool.lti.urls import origin


@dataclass(frozen=True, slots=True)
class PlatformStorage:
    """Where the platform keeps values for us (LTI Client Side postMessages and Platform Storage 0.1).

    `target_frame` is "_parent" or a frame's name, `origin` the only origin to talk to. `value` is the proof; it is
    known when a login begins and "" ever after.
    """

    target_frame: str
    origin: str
    key: str
    value: str = ""

    def with_proof(self, value: str) -> PlatformStorage:
        return replace(self, value=value)


def new_secret() -> str:
    """256 random bits, safe in cookies, forms and addresses."""
    return secrets.token_urlsafe(32)


def fingerprint(value: str) -> str:
    """128 bits of the SHA-256 in base64url: enough to recognise a value, and no way back to it."""
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


def matches(secret: str | None, expected: str) -> bool:
    """Whether this is the secret of a fingerprint, in constant time; nothing matches an empty one."""
    return bool(secret and expected) and hmac.compare_digest(fingerprint(secret or ""), expected)


def storage_for(target_frame: str, auth_login_url: str, nonce: str) -> PlatformStorage | None:
    """Where the platform keeps the proof of the login with this nonce, if it offers a place (`lti_storage_target` of
    the login). Each login has a key of its own, so that those running side by side do not overwrite one another.
    """
    platform_origin = origin(auth_login_url)
    if not target_frame or len(target_frame) > 255 or not platform_origin:
        return None
    return PlatformStorage(target_frame, platform_origin, f"lti-badges-{fingerprint(nonce)}")
