"""Keys of other systems that drive the issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`secret_hash`: SHA-256 (hex) of the secret, which nobody can read again. `may_issue`: whether it may have
    credentials signed, and not only checked."""

    id: str
    tenant_id: str
    name: str
    secret_hash: str
    may_issue: bool
    created_at: datetime
    retired_at: datetime | None = None


class ApiKeys(Protocol):
    def add(self, key: ApiKey) -> None: ...
    def of_tenant(self, tenant_id: str) -> list[ApiKey]: ...
    def by_hash(self, secret_hash: str) -> ApiKey | None: ...
    def retire(self, tenant_id: str, key_id: str, at: datetime) -> bool:
        """False where there is no such key, or it was retired before."""
        ...
