"""What binds a login to one browser: a partitioned cookie, or a proof kept in the platform's storage.

A state alone proves nothing about the browser it comes back in (login CSRF, Security Framework 1.0, 5.1.1).
The server keeps hashes only, and decides itself: that a script says "it matched" counts for nothing.
"""

from __future__ import annotations

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

    def without_value(self) -> PlatformStorage:
        return replace(self, value="")


def new_secret() -> str:
    """256 random bits, safe in cookies, forms and addresses."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hex: what the server keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str | None, expected_digest: str) -> bool:
    """Compares in constant time; nothing matches an empty digest."""
    return bool(secret and expected_digest) and hmac.compare_digest(digest(secret or ""), expected_digest)


def storage_offer(target_frame: str, auth_login_url: str) -> PlatformStorage | None:
    """A place for a fresh proof, where the platform offers one (`lti_storage_target` of the login).

    The key is random as well, so that logins running side by side do not overwrite one another.
    """
    platform_origin = origin(auth_login_url)
    if not target_frame or len(target_frame) > 255 or not platform_origin:
        return None
    return PlatformStorage(target_frame, platform_origin, f"lti-badges-{secrets.token_hex(8)}", new_secret())
