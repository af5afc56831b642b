"""Achievements, awards, the credentials written for them, and status lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award
from lti_tool.domain.award_batch import AwardBatch
from lti_tool.domain.drift import Key, Seen
from lti_tool.domain.identity import Actor


class Achievements(Protocol):
    def get(self, course_id: str, achievement_id: str) -> Achievement | None: ...
    def of_course(self, course_id: str) -> list[Achievement]: ...
    def save(self, achievement: Achievement) -> None:
        """Of all but drafts the ledger is told: see `note`."""
        ...

    def note(self, achievement: Achievement, at: datetime, actor: Actor, action: str, reason: str = "") -> None:
        """Adds to the ledger what a badge says from now on. Without it, a saved badge that is no draft any more keeps
        the transaction from being committed."""
        ...

    def version(self, achievement_id: str, version: int) -> Achievement | None: ...
    def latest(self, achievement_id: str) -> Achievement | None: ...
    def seen_targets(self, achievement_id: str) -> dict[Key, Seen]:
        """What its rule names, as it was when somebody last looked at the rule."""
        ...

    def save_built_on(self, achievement_id: str, on_ids: Iterable[str]) -> None:
        """Which badges of this tool its rule asks for."""
        ...

    def courses_building_on(self, achievement_id: str) -> set[str]:
        """Courses with a rule that asks for the badge."""
        ...

    def built_on_elsewhere(self, course_id: str) -> list[str]:
        """Badges of other courses that the rules of a course ask for."""
        ...

    def save_seen_targets(self, achievement_id: str, seen: dict[Key, Seen]) -> None: ...


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    actor: Actor
    action: str
    reason: str


class AwardStanding(NamedTuple):
    """Of an award what a decision about the whole course needs; `state`, `flag` and `cause` are the texts of their
    enums."""

    person_id: str
    achievement_id: str
    achievement_version: int
    period: str
    decided_at: datetime
    state: str
    flag: str
    by_hand: bool
    cause: str
    act_at: datetime | None
    lifted_at: datetime | None
    expires_at: datetime | None
    counts_from: datetime | None
    renews: bool


class Awards(Protocol):
    def get(self, award_id: str) -> Award | None: ...
    def read_ahead(self, award_ids: Collection[str]) -> None:
        """Reads at once those that are going to be asked for one by one."""
        ...

    def read_ahead_of(self, course_id: str, person_ids: Collection[str]) -> None:
        """Reads at once what these learners have, whose locks are held."""
        ...

    def add(self, award: Award) -> bool:
        """False when this person already has this achievement in this period."""
        ...

    def save(self, award: Award) -> None:
        """Like `add` never without `note`: the transaction does not commit before the ledger knows who did it."""
        ...

    def of_achievement(self, achievement_id: str) -> list[Award]: ...
    def of_person(self, course_id: str, person_id: str) -> list[Award]: ...
    def of_course(self, course_id: str) -> list[Award]: ...
    def courses(self) -> list[str]:
        """The courses in which anything was ever awarded."""
        ...

    def standing(self, course_id: str) -> Iterator[AwardStanding]:
        """Every award of the course, in short."""
        ...

    def standing_of_batch(self, batch_id: str) -> list[str]:
        """The ids of those of a mass award that are not revoked, in the order of their people."""
        ...

    def standing_of_achievement(self, achievement_id: str) -> list[str]:
        """The same of all awards of a badge."""
        ...

    def standing_of_issuer(self, tenant_id: str, slug: str) -> list[str]:
        """The same of all awards with a credential that names this issuer of the tenant."""
        ...

    def count_of_batch(self, batch_id: str) -> int: ...
    def unissued(self, tenant_id: str) -> list[Award]:
        """Awards that wait for their credential."""
        ...

    def note(
        self,
        award_id: str,
        at: datetime,
        actor: Actor,
        action: str,
        reason: str = "",
        weighed: dict[str, Any] | None = None,
    ) -> None:
        """Appends to the award's history and to the ledger, after the award was added or saved. `weighed` is the reason
        tree that an action rests on; of a new award it is the award's own."""
        ...

    def history(self, award_id: str) -> list[HistoryEntry]: ...


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """A credential of an award. `binding` is "" or the wallet's DID it was issued to.

    Stored first as an intent (`document`, `jwt` None); `unsigned`, `created` and the keys named fix every byte
    of the signature, so that a crash between intent and signature re-signs identically. `issuer_slug`: in whose name,
    "" in credentials from before there were several. A signed one without a JWT form has `jwt` "".
    """

    id: str
    award_id: str
    binding: str
    unsigned: dict[str, Any]
    created: datetime
    proof_kid: str
    jwt_kid: str
    document: str | None = None
    jwt: str | None = None
    issuer_slug: str = ""


class Credentials(Protocol):
    def get(self, award_id: str, binding: str = "") -> StoredCredential | None: ...
    def read_ahead(self, award_ids: Collection[str]) -> None:
        """Reads at once those of awards that are going to be asked for one by one."""
        ...

    def hold(self, award_ids: Collection[str]) -> None:
        """Until the end of the transaction nobody else changes those of these awards."""
        ...

    def issuer_of(self, award_id: str) -> str | None:
        """The slug that the award's first credential names; None where there is none."""
        ...

    def add_intent(self, credential: StoredCredential) -> bool:
        """False when the intent stands already."""
        ...

    def save_signed(self, credential: StoredCredential) -> bool:
        """False where the intent is another one by now: then nothing is stored."""
        ...

    def replace_intent(self, credential: StoredCredential) -> None:
        """Puts another intent in the place of one that is not signed."""
        ...

    def bindings(self, award_id: str) -> list[str]:
        """Of its signed credentials: "" and the wallets that they were issued to."""
        ...

    def renewal(self, award_id: str, binding: str) -> StoredCredential | None:
        """The intent of the one that is to take its place."""
        ...

    def save_renewal(self, credential: StoredCredential) -> None: ...
    def save_renewed(self, credential: StoredCredential, at: datetime) -> bool:
        """Keeps the credential that is served among the past ones and serves this one, signed, instead. False where
        that renewal is not awaited (any more)."""
        ...

    def past(self, award_id: str) -> list[StoredCredential]:
        """Those that were served before, the newest first."""
        ...

    def is_newest(self, credential: StoredCredential) -> bool:
        """Whether no other one of its award was made later."""
        ...

    def named(self, award_id: str) -> bool:
        """Whether the learner wants her name in it."""
        ...

    def consent_to_name(self, award_id: str, name: str | None, at: datetime) -> None:
        """Her consent, with the name as it is now; None: taken back."""
        ...

    def signed_with(self, kids: Collection[str], limit: int = 200) -> list[tuple[str, str]]:
        """(award id, binding) of credentials of one of these keys that count for anything: of no revoked award."""
        ...

    def count_signed_with(self, kid: str) -> tuple[int, int]:
        """(how many such credentials, of how many learners)."""
        ...

    def endorsed_with(self, kid: str) -> list[tuple[str, str]]:
        """(award id, binding) of those, of no revoked award, that carry an endorsement signed with a key."""
        ...

    def renamed(self, limit: int) -> list[tuple[str, str]]:
        """(award id, binding) of signed credentials whose learner wants her name in it and is called otherwise now."""
        ...


@dataclass(frozen=True, slots=True)
class StatusList:
    """A published status list. `revision` counts changes of its bits, `signed_revision` what was last signed.
    `issuer_slug`: whose badges are on it, "" on lists from before there were several."""

    id: str
    tenant_id: str
    size: int
    revision: int
    signed_revision: int
    document: str | None
    valid_until: datetime | None
    purpose: str = "revocation"
    issuer_slug: str = ""


class StatusLists(Protocol):
    def allocate(
        self, tenant_id: str, award_id: str, purpose: str = "revocation", issuer_slug: str = ""
    ) -> tuple[str, int]:
        """(list id, random index never used before) for an award; the same again for the same award, whatever the
        purpose and the issuer."""
        ...

    def allocate_ahead(self, tenant_id: str, award_ids: Collection[str], purpose: str, issuer_slug: str) -> None:
        """Allocates at once for those that are going to ask for it one by one."""
        ...

    def read_ahead(self, award_ids: Collection[str]) -> dict[str, tuple[str, int]]:
        """(list id, index) of those of these awards that have one."""
        ...

    def purpose(self, list_id: str) -> str:
        """ "revocation" or "suspension"."""
        ...

    def revoke(self, award_id: str) -> str | None:
        """Sets the award's bit; gives the list's id (None where it was set, or no credential was ever intended)."""
        ...

    def is_marked(self, award_id: str) -> bool:
        """Whether its bit is set."""
        ...

    def revoke_many(self, award_ids: Sequence[str]) -> list[str]:
        """Sets their bits, many by one statement; gives the ids of the lists that this changed."""
        ...

    def suspend(self, award_id: str, *, suspended: bool) -> str | None:
        """Sets or clears the award's bit on a list of suspensions; gives the list's id (None where that is so, or it
        is on none)."""
        ...

    def get(self, list_id: str) -> StatusList | None: ...
    def all(self) -> list[StatusList]: ...
    def revoked_indexes(self, list_id: str) -> set[int]: ...
    def save_signed(self, list_id: str, revision: int, document: str, valid_until: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class LearnerNotice:
    """Something that happened to a learner's badge. `by`: the person who did it, "" for the badge's own terms."""

    id: int
    award_id: str
    at: datetime
    action: str
    reason: str
    by: str


class LearnerNotices(Protocol):
    def add(self, award: Award, at: datetime, action: str, reason: str, by: str) -> None: ...
    def new(self, course_id: str, person_id: str) -> list[LearnerNotice]:
        """Those that she has not seen, the newest first."""
        ...

    def seen(self, course_id: str, person_id: str, at: datetime, notice_ids: Collection[int]) -> None: ...


class AwardBatches(Protocol):
    def get(self, batch_id: str) -> AwardBatch | None: ...
    def save(self, batch: AwardBatch) -> None: ...
    def of_course(self, course_id: str) -> list[AwardBatch]:
        """The newest first."""
        ...

    def open_of(self, achievement_id: str) -> list[AwardBatch]:
        """Those that wait, were confirmed or are being awarded."""
        ...


class Images(Protocol):
    def add(self, png: bytes, *, lasting: bool = False) -> str:
        """Stores a PNG, gives its id: the SHA-256 in hex. `lasting`: it stays when nothing that is kept names it, as
        signed badges may."""
        ...

    def get(self, image_id: str) -> bytes | None: ...
    def sweep(self, now: datetime, idle_before: datetime) -> int:
        """Notes which pictures no version of a badge and no issuer names, and deletes those for which that has been so
        since before `idle_before`; gives how many."""
        ...
