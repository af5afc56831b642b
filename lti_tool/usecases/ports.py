"""What the use cases need of the outside, as Protocols. bootstrap.py gives them their concrete classes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award
from lti_tool.domain.credential import BadgeClaim, SignedBadge, VerificationReport
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor, Course, Person
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Enrolment, Registration


class Clock(Protocol):
    def now(self) -> datetime:
        """Timezone-aware UTC."""
        ...


# ---- work off the request -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work. `fence` grows with every claim: only the latest holder may finish it."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    fence: int


class Outbox(Protocol):
    def add(self, kind: str, payload: dict[str, Any], *, dedupe_key: str = "", due_at: datetime | None = None) -> None:
        """Adds work in the transaction under way. While work with the same non-empty key waits, it is not doubled."""
        ...


# ---- repositories ---------------------------------------------------------------------------------------------


class Registrations(Protocol):
    def get(self, registration_id: str) -> Registration | None: ...
    def find(self, issuer: str, client_id: str | None) -> list[Registration]: ...
    def all(self) -> list[Registration]: ...
    def save(self, registration: Registration) -> None: ...
    def deployment_state(self, registration_id: str, deployment_id: str) -> str | None:
        """ "active", "pending" (seen in a launch, not yet accepted by an administrator) or None."""
        ...

    def deployments(self, registration_id: str) -> dict[str, str]:
        """State by deployment id."""
        ...

    def save_deployment(self, registration_id: str, deployment_id: str, state: str) -> None: ...
    def touch(
        self, registration_id: str, *, launch_at: datetime | None = None, event_at: datetime | None = None
    ) -> None: ...


class Courses(Protocol):
    def get(self, course_id: str) -> Course | None: ...
    def find(self, registration_id: str, context_id: str, deployment_id: str | None = None) -> list[Course]: ...
    def of_registration(self, registration_id: str) -> list[Course]: ...
    def save(self, course: Course) -> None: ...
    def activities(self, course_id: str) -> list[Activity]: ...
    def save_activities(self, course_id: str, activities: Iterable[Activity], seen_at: datetime) -> None:
        """Adds and updates; does not forget those not named."""
        ...

    def reading(self, course_id: str) -> CourseReading: ...
    def save_reading(self, course_id: str, **changes: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class CourseReading:
    """When what was last read of a course, and where each source goes on: its cursor by the source's name.

    `tried_at`: when a reading last ended, well or not.
    """

    roster_read_at: datetime | None = None
    grades_read_at: datetime | None = None
    heard_at: datetime | None = None
    cursors: dict[str, str] = field(default_factory=dict)
    tried_at: datetime | None = None
    read_error: str = ""


class People(Protocol):
    def get(self, person_id: str) -> Person | None: ...
    def save(self, person: Person) -> None: ...
    def find(self, registration_id: str, deployment_id: str, subject: str) -> Person | None: ...
    def enrolment(self, course_id: str, person_id: str) -> Enrolment | None: ...
    def lock(self, course_id: str, person_id: str) -> None:
        """Until the end of the transaction nobody else decides about this learner."""
        ...

    def save_enrolment(self, enrolment: Enrolment) -> None: ...
    def enrolled(self, course_id: str) -> list[tuple[Person, Enrolment]]: ...


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the inbox."""

    id: int
    registration_id: str
    event: LearningEvent
    received_at: datetime
    state: str
    reason: str = ""


class EventConflict(BadgeToolError):
    """The same event id with other content: kept out, and worth an alarm at the source."""

    def __init__(self) -> None:
        super().__init__(
            "event.id_conflict", "An event with this id but other content was received before.", status=409
        )


class Inbox(Protocol):
    def add(self, registration_id: str, event: LearningEvent, received_at: datetime) -> int | None:
        """Stores an event; gives its row id, or None for a repetition. Raises `event.id_conflict` where the same
        id was used for other content."""
        ...

    def get(self, row_id: int) -> StoredEvent | None: ...
    def mark(self, row_id: int, state: str, reason: str = "") -> None: ...
    def parked(self, registration_id: str, context_id: str, subject: str) -> list[StoredEvent]: ...
    def parked_count(self, registration_id: str) -> int: ...


class Records(Protocol):
    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        """Folds facts into the record; True when anything changed."""
        ...

    def get(self, course_id: str, person_id: str) -> LearnerRecord: ...
    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        """Records by person id, in one query."""
        ...


class Achievements(Protocol):
    def get(self, course_id: str, achievement_id: str) -> Achievement | None: ...
    def of_course(self, course_id: str) -> list[Achievement]: ...
    def save(self, achievement: Achievement) -> None: ...
    def version(self, achievement_id: str, version: int) -> Achievement | None: ...
    def latest(self, achievement_id: str) -> Achievement | None: ...


class Awards(Protocol):
    def get(self, award_id: str) -> Award | None: ...
    def add(self, award: Award) -> bool:
        """False when this person already has this achievement in this period."""
        ...

    def save(self, award: Award) -> None: ...
    def of_achievement(self, achievement_id: str) -> list[Award]: ...
    def of_person(self, course_id: str, person_id: str) -> list[Award]: ...
    def of_course(self, course_id: str) -> list[Award]: ...
    def note(self, award_id: str, at: datetime, actor: Actor, action: str, reason: str = "") -> None:
        """Appends to the award's history."""
        ...

    def history(self, award_id: str) -> list[HistoryEntry]: ...


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    actor: Actor
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A credential of an award. `binding` is "" or the wallet's DID it was issued to.

    Stored first as an intent (`document`, `jwt` None); `unsigned`, `created` and the keys named fix every byte
    of the signature, so that a crash between intent and signature re-signs identically.
    """

    id: str
    award_id: str
    binding: str
    unsigned: dict[str, Any]
    created: datetime
    ed25519_kid: str
    rsa_kid: str
    document: str | None = None
    jwt: str | None = None


class Credentials(Protocol):
    def get(self, award_id: str, binding: str = "") -> StoredCredential | None: ...
    def add_intent(self, credential: StoredCredential) -> bool:
        """False when the intent stands already."""
        ...

    def save_signed(self, credential: StoredCredential) -> None: ...


@dataclass(frozen=True, slots=True)
class StatusList:
    """A published status list. `revision` counts changes of its bits, `signed_revision` what was last signed."""

    id: str
    tenant_id: str
    size: int
    revision: int
    signed_revision: int
    document: str | None
    valid_until: datetime | None


class StatusLists(Protocol):
    def allocate(self, tenant_id: str, award_id: str) -> tuple[str, int]:
        """(list id, random index never used before) for an award; the same again for the same award."""
        ...

    def revoke(self, award_id: str) -> str | None:
        """Sets the award's bit; gives the list's id (None when no credential was ever intended)."""
        ...

    def get(self, list_id: str) -> StatusList | None: ...
    def all(self) -> list[StatusList]: ...
    def revoked_indexes(self, list_id: str) -> set[int]: ...
    def save_signed(self, list_id: str, revision: int, document: str, valid_until: datetime) -> None: ...


class Images(Protocol):
    def add(self, png: bytes) -> str:
        """Stores a PNG, gives its id: the SHA-256 in hex."""
        ...

    def get(self, image_id: str) -> bytes | None: ...


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


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A learner's decision to show one badge to anyone with the link. `token` stands in the link."""

    token: str
    award_id: str
    created_at: datetime
    show_name: bool = False
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


class Nonces(Protocol):
    """Short-lived single-use values (launch nonces and states, wallet c_nonces, registration invitations)."""

    def put(self, purpose: str, key: str, value: dict[str, Any], expires_at: datetime) -> None: ...
    def take(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        """Gives and removes in one atomic step; None when absent or expired. Of two takers one gets it."""
        ...

    def peek(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None: ...
    def sweep(self, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues for a tenant. `id` is its DID; `slug` stands in addresses."""

    tenant_id: str
    slug: str
    id: str
    name: str
    url: str


class Issuers(Protocol):
    def of_tenant(self, tenant_id: str) -> Issuer: ...
    def by_slug(self, slug: str) -> Issuer | None: ...
    def save(self, issuer: Issuer) -> None: ...


@dataclass(frozen=True, slots=True)
class LaunchSession:
    """A validated launch, kept on the server. `id` stands in addresses and is no secret; the secret is either the
    browser's partitioned cookie (its SHA-256 is `browser_hash`) or the token in the page (`token_hash`).

    `data` holds what pages need of the launch: {"message_type", "locale", "return_url", "deep_linking": {...},
    "custom": {...}, "frame_origin"}.
    """

    id: str
    token_hash: str
    browser_hash: str
    registration_id: str
    deployment_id: str
    course_id: str
    person_id: str
    roles: tuple[str, ...]
    data: dict[str, Any]
    created_at: datetime
    expires_at: datetime


class LaunchSessions(Protocol):
    def add(self, session: LaunchSession) -> None: ...
    def get(self, session_id: str, now: datetime) -> LaunchSession | None: ...
    def sweep(self, now: datetime) -> int: ...


class UnitOfWork(Protocol):
    """One database transaction. Leaving the block without `commit()` rolls back. No network call inside."""

    @property
    def registrations(self) -> Registrations: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def people(self) -> People: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def records(self) -> Records: ...
    @property
    def achievements(self) -> Achievements: ...
    @property
    def awards(self) -> Awards: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def status_lists(self) -> StatusLists: ...
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
    def launch_sessions(self) -> LaunchSessions: ...
    @property
    def outbox(self) -> Outbox: ...

    def commit(self) -> None: ...


class Transactions(Protocol):
    def __call__(self, *, write: bool = True) -> AbstractContextManager[UnitOfWork]:
        """Opens a unit of work; with write=False nothing may be changed."""
        ...


# ---- the platform's services ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a roster (NRPS 2.0). `status` is Active, Inactive or Deleted."""

    subject: str
    roles: tuple[str, ...]
    status: str = "Active"
    name: str = ""
    email: str = ""


class Roster(Protocol):
    def read(self, registration: Registration, course: Course) -> list[Member]:
        """All pages. Raises BadgeToolError (`roster.unavailable`, ...)."""
        ...


class Gradebook(Protocol):
    """The tool's own columns (AGS 2.0)."""

    def ensure_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        """Finds by resource id and tag, or creates, a line item out of 1 point; gives its URL as given."""
        ...

    def post_score(
        self,
        registration: Registration,
        lineitem_url: str,
        *,
        subject: str,
        given: float | None,
        comment: str,
        at: datetime,
    ) -> None:
        """Repeatable: a platform that already has a later or equal timestamp (409) counts as delivered."""
        ...


@dataclass(frozen=True, slots=True)
class CourseNews:
    """What one reading of a course brought."""

    events: list[LearningEvent]
    activities: list[Activity] = field(default_factory=list)
    cursor: str = ""


class CourseSource(Protocol):
    """A source that is asked (event feed, Moodle web services, AGS results)."""

    name: str

    def serves(self, registration: Registration, course: Course) -> bool: ...
    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews: ...


class ServiceTokens(Protocol):
    """Access tokens of the platform's services (client credentials)."""

    def get(self, registration: Registration, scopes: Sequence[str]) -> str: ...


# ---- credentials ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SigningKeyIds:
    ed25519_kid: str
    rsa_kid: str


class BadgeSigner(Protocol):
    """Writes and signs credentials; opens no socket."""

    def key_ids(self) -> SigningKeyIds:
        """The keys to sign with today; an intent stores them."""
        ...

    def unsigned(self, issuer: Issuer, claim: BadgeClaim) -> dict[str, Any]:
        """Builds the document and checks it by schema, terms and meaning; raises `credential.*`."""
        ...

    def sign(self, unsigned: dict[str, Any], issuer: Issuer, created: datetime, keys: SigningKeyIds) -> SignedBadge: ...
    def sign_status_list(
        self,
        issuer: Issuer,
        list_url: str,
        revoked: Collection[int],
        size: int,
        valid_from: datetime,
        valid_until: datetime,
    ) -> str: ...
    def bake(self, png: bytes, document: str) -> bytes: ...


class BadgeVerifier(Protocol):
    def verify(self, badge: str | bytes) -> VerificationReport:
        """Checks a badge of any form. For our own issuers it looks things up here and opens no socket."""
        ...
