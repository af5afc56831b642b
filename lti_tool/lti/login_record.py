"""What is remembered between login and launch."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lti_tool.lti.browser_storage import PlatformStorage

LIFETIME = timedelta(minutes=10)


def nonce_of(state: str) -> str:
    """The nonce that belongs to a state: its SHA-256, 43 characters of base64url (OpenID Connect Core 1.0, 15.5.2).

    A record is kept under it, so that either of the two finds the login it is of, and one entry says both are spent.
    """
    return base64.urlsafe_b64encode(hashlib.sha256(state.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class LoginRecord:
    """One login under way, kept under the nonce of its state. Hashes of the two browser secrets, never the secrets.

    `params` are those of the login initiation, so that a login can be begun again in a new window.
    """

    registration_id: str
    nonce: str
    browser_hash: str
    proof_hash: str
    target_link_uri: str
    expires_at: datetime
    storage: PlatformStorage | None = None
    params: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "expires_at": self.expires_at.isoformat()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LoginRecord:
        storage = value["storage"]
        return cls(
            **{
                **value,
                "expires_at": datetime.fromisoformat(value["expires_at"]),
                "storage": PlatformStorage(**storage) if storage else None,
            }
        )
