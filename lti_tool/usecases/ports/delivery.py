"""How far badges got: gradebook columns, public pages, wallet offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far a badge got to one destination. State: waiting, delivered, failed."""

    award_id: str
    destination: str
    state: str
    at: datetime
    detail: str = ""


class Deliveries(Protocol):
    def save(self, delivery: Delivery) -> None: ...
    def of_award(self, award_id: str) -> list[Delivery]: ...
    def column(self, achievement_id: str) -> str | None: ...
    def columns_of_course(self, course_id: str) -> list[str]: ...
    def save_column(self, achievement_id: str, lineitem_url: str) -> None: ...
    def posted_at(self, achievement_id: str, subject: str) -> datetime | None:
        """The time that was last sent with a score of this learner."""
        ...

    def save_posted_at(self, achievement_id: str, subject: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A learner's decision to show one badge to anyone with the link. `token` stands in the link. `show_evidence`: what
    she handed in is shown too."""

    token: str
    award_id: str
    created_at: datetime
    show_name: bool = False
    show_evidence: bool = False
    stopped_at: datetime | None = None


class PublicPages(Protocol):
    def find(self, token: str) -> PublicPage | None: ...
    def of_award(self, award_id: str) -> PublicPage | None:
        """The page that is open now, if any."""
        ...

    def save(self, page: PublicPage) -> None: ...


@dataclass(frozen=True, slots=True)
class WalletOffer:
    """One OpenID4VCI credential offer. Secrets are stored as SHA-256 hashes (hex).

    State: offered -> collecting (code exchanged) -> collected; or expired.
    """

    id: str
    award_id: str
    tenant_id: str
    code_hash: str
    created_at: datetime
    expires_at: datetime
    state: str = "offered"
    tx_code_hash: str = ""
    access_token_hash: str = ""
    token_expires_at: datetime | None = None
    binding: str = ""
    notification_id: str = ""
    collected_at: datetime | None = None


class WalletOffers(Protocol):
    def add(self, offer: WalletOffer) -> None: ...
    def get(self, offer_id: str) -> WalletOffer | None: ...
    def by_code(self, code_hash: str) -> WalletOffer | None: ...
    def by_access_token(self, token_hash: str) -> WalletOffer | None: ...
    def by_notification(self, notification_id: str) -> WalletOffer | None: ...
    def save(self, offer: WalletOffer) -> None: ...
    def redeem(self, offer_id: str, access_token_hash: str, token_expires_at: datetime) -> bool:
        """Atomically moves offered -> collecting; False when somebody was faster."""
        ...

    def latest_of_award(self, award_id: str) -> WalletOffer | None: ...
