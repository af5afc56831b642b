"""What issuers of the installation say for badges and for one another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.domain.identity import Actor


@dataclass(frozen=True, slots=True)
class StoredEndorsement:
    """A signed endorsement. `about`: an achievement's address or an issuer's identity. Once withdrawn it goes into no
    badge any more; those that carry it keep it."""

    id: str
    tenant_id: str
    endorser_slug: str
    about: str
    comment: str
    document: str
    actor: Actor
    made_at: datetime
    withdrawn_at: datetime | None = None


class Endorsements(Protocol):
    def add(self, endorsement: StoredEndorsement) -> None: ...
    def all(self, tenant_id: str) -> list[StoredEndorsement]:
        """The newest first, withdrawn ones too."""
        ...

    def standing(self, about: Collection[str]) -> dict[str, list[str]]:
        """The signed documents by what they speak of, the oldest first; only what is spoken of is in it."""
        ...

    def sign_anew(self, endorsement: StoredEndorsement) -> None:
        """Stores its other signature."""
        ...

    def withdraw(self, tenant_id: str, endorsement_id: str, at: datetime) -> bool:
        """False where there is none that stands."""
        ...
