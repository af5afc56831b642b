"""What is remembered between login and launch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lti_tool.lti.browser_storage import PlatformStorage

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LoginRecord:
    """One login under way, kept under its state. Hashes of the two browser secrets, never the secrets.

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
