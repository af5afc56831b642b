"""Time, work off the request, and the transaction that holds both."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from lti_tool.domain.circuit import Circuit
from lti_tool.usecases.ports.api_keys import ApiKeys
from lti_tool.usecases.ports.badges import (
    Achievements,
    AwardBatches,
    Awards,
    Credentials,
    Images,
    LearnerNotices,
    StatusLists,
)
from lti_tool.usecases.ports.copies import Copies
from lti_tool.usecases.ports.delivery import Deliveries, PublicPages, WalletOffers
from lti_tool.usecases.ports.endorsements import Endorsements
from lti_tool.usecases.ports.freshness import Hearings, Sweeps
from lti_tool.usecases.ports.grants import ApiGrants
from lti_tool.usecases.ports.keys import KeyHistory
from lti_tool.usecases.ports.learning import Inbox, Records, RefusedEvents
from lti_tool.usecases.ports.ledger import Ledger
from lti_tool.usecases.ports.notices import Notices
from lti_tool.usecases.ports.observations import Observations
from lti_tool.usecases.ports.platforms import Courses, Duties, Issuers, LaunchSessions, Nonces, People, Registrations
from lti_tool.usecases.ports.reviews import EvidenceFiles, HandedInBadges, Nominations
from lti_tool.usecases.ports.sources import SourceCredentials, UploadColumns


class Clock(Protocol):
    def now(self) -> datetime:
        """Timezone-aware UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work. `fence` grows with every claim: only the latest holder may finish it."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    fence: int


class Outbox(Protocol):
    def add(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        dedupe_key: str = "",
        due_at: datetime | None = None,
        platform: str | None = None,
    ) -> None:
        """Adds work in the transaction under way. While work with the same non-empty key waits, it is not doubled.

        `platform`: the registration whose services it calls; it waits while that platform rests.
        """
        ...


@dataclass(frozen=True, slots=True)
class Halt:
    """That nothing is awarded or signed for a tenant, since when and why. `alarm`: the tool itself halted it."""

    tenant_id: str
    since: datetime
    reason: str
    alarm: bool = False


class Circuits(Protocol):
    def get(self, registration_id: str, *, lock: bool = False) -> Circuit | None:
        """None: all is well. With `lock` nobody else changes it before the end of this transaction."""
        ...

    def resting(self) -> set[str]:
        """The registrations whose platforms are left alone."""
        ...

    def save(self, circuit: Circuit) -> None: ...
    def close(self, registration_id: str) -> None: ...


class Leases(Protocol):
    """What one process at a time does for all. Time is the database's."""

    def lead(self, name: str, holder: str, lease: timedelta) -> bool:
        """Takes or prolongs the lead; False while somebody else has it."""
        ...

    def leave(self, name: str, holder: str) -> None:
        """Gives the lead back, if it is still one's own; nothing is known of it afterwards."""
        ...

    def is_due(self, name: str, every: timedelta) -> bool:
        """Whether it is due now; the next time is that much later. For who leads, in the same transaction."""
        ...


class Halts(Protocol):
    def get(self, tenant_id: str) -> Halt | None: ...
    def begin(self, halt: Halt) -> None:
        """Where one stands already, it stays as it is."""
        ...

    def end(self, tenant_id: str) -> bool: ...


class UnitOfWork(Protocol):
    """One database transaction. Leaving the block without `commit()` rolls back. No network call inside."""

    @property
    def registrations(self) -> Registrations: ...
    @property
    def observations(self) -> Observations: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def people(self) -> People: ...
    @property
    def duties(self) -> Duties: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def refused_events(self) -> RefusedEvents: ...
    @property
    def halts(self) -> Halts: ...
    @property
    def circuits(self) -> Circuits: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def records(self) -> Records: ...
    @property
    def sweeps(self) -> Sweeps: ...
    @property
    def hearings(self) -> Hearings: ...
    @property
    def achievements(self) -> Achievements: ...
    @property
    def awards(self) -> Awards: ...
    @property
    def nominations(self) -> Nominations: ...
    @property
    def evidence_files(self) -> EvidenceFiles: ...
    @property
    def handed_in(self) -> HandedInBadges: ...
    @property
    def award_batches(self) -> AwardBatches: ...
    @property
    def learner_notices(self) -> LearnerNotices: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def status_lists(self) -> StatusLists: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def images(self) -> Images: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def public_pages(self) -> PublicPages: ...
    @property
    def wallet_offers(self) -> WalletOffers: ...
    @property
    def nonces(self) -> Nonces: ...
    @property
    def issuers(self) -> Issuers: ...
    @property
    def endorsements(self) -> Endorsements: ...
    @property
    def key_history(self) -> KeyHistory: ...
    @property
    def source_credentials(self) -> SourceCredentials: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def upload_columns(self) -> UploadColumns: ...
    @property
    def api_grants(self) -> ApiGrants: ...
    @property
    def launch_sessions(self) -> LaunchSessions: ...
    @property
    def outbox(self) -> Outbox: ...

    def work_time(self) -> datetime:
        """Now, by the clock that work goes by: the database's, one for all processes."""
        ...

    def commit(self) -> None:
        """Raises `outbox.taken_over` in a worker whose work somebody else has taken over: nothing is stored then."""
        ...


class Transactions(Protocol):
    @property
    def platform_changes(self) -> int:
        """Grows with every commit of this process that changed a registration or a deployment."""
        ...

    @property
    def autocommits(self) -> bool:
        """Whether a brief unit of work has no transaction, so that each of its statements is one by itself."""
        ...

    def __call__(
        self, *, write: bool = True, durable: bool = True, leads: bool = False, brief: bool = False
    ) -> AbstractContextManager[UnitOfWork]:
        """Opens a unit of work; with write=False nothing may be changed.

        With durable=False a power cut may forget what was committed, unless something durable was committed after it.
        It is seen by everybody at once all the same, and survives the end of the process.

        `leads`: something durable follows from the same process, and stands only where this stands. This need not wait
        for the disk where nothing can be forgotten between the two.

        `brief`: without a transaction around its statements, where the database has cheaper ones. With write=False: a
        short query or two that need not see one moment; else one statement that changes something, and no other.
        """
        ...
