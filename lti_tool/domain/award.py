"""The states of an award, and who may move it.

    awarded ──▶ issued ──▶ revoked
       │  ▲      │  ▲         ▲
       ▼  └──────┼──┤         │
     suspended ◀─┘  └ restored│
       └──────────────────────┘

A person revokes, with a reason. The badge's terms (domain.award_terms) say what a grade that falls later does: nothing,
a flag (a question to the instructor, which changes nothing that a verifier sees), a suspension that ends by itself when
the grade returns, or a revocation. What is revoked never stands again; where it may be earned again, that is another
award, of the next period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from lti_tool.domain.award_terms import AwardTerms, Regrade
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import derived_id

PERIOD_ONCE = "once"
REGRADED = "A grade changed, and the rule is not met any more."
REASON_LIMIT = 500


class AwardState(StrEnum):
    AWARDED = "awarded"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Flag(StrEnum):
    NONE = ""
    REGRADED = "regraded"


class Cause(StrEnum):
    """Who revoked: a person for cause, the badge's terms, or the teacher who took a mass award back as a whole."""

    NONE = ""
    PERSON = "person"
    POLICY = "policy"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Award:
    """That one person earned one achievement in one period. Unique by these three, decided once.

    `evaluation` is the reason tree (Reason.to_json) that decided it. `event_at` and `received_at` are the times
    of the last fact it rests on, so that the way from grade to badge can be measured. `by_hand`: a person decided it,
    whatever the criteria say, so no later fact moves it. `act_at`: when the grace of a fallen grade ends.
    `counts_from`: facts before it count for nothing. `lifted_at`: when a person allowed that a badge revoked for cause
    is earned again. `batch_id`: the mass award that it belongs to. `renews`: earned by the rule for renewals.
    """

    id: str
    achievement_id: str
    achievement_version: int
    course_id: str
    person_id: str
    period: str
    decided_at: datetime
    evaluation: dict[str, Any]
    state: AwardState = AwardState.AWARDED
    flag: Flag = Flag.NONE
    event_at: datetime | None = None
    received_at: datetime | None = None
    issued_at: datetime | None = None
    revoked_at: datetime | None = None
    revocation_reason: str = ""
    settled_at: datetime | None = None
    by_hand: bool = False
    cause: Cause = Cause.NONE
    act_at: datetime | None = None
    suspended_at: datetime | None = None
    suspension_reason: str = ""
    lifted_at: datetime | None = None
    expires_at: datetime | None = None
    reminded_at: datetime | None = None
    lapsed_at: datetime | None = None
    counts_from: datetime | None = None
    batch_id: str = ""
    renews: bool = False

    @staticmethod
    def id_for(achievement_id: str, person_id: str, period: str) -> str:
        return derived_id("award", achievement_id, person_id, period)

    @property
    def may_be_earned_again(self) -> bool:
        """Whether it is revoked and does not stand in the way of another one."""
        return may_be_earned_again(self)

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def issued(self, now: datetime) -> Award:
        """After its credential was signed and stored. A second call changes nothing."""
        return replace(self, state=AwardState.ISSUED, issued_at=now) if self.state is AwardState.AWARDED else self

    def weighed(self, *, still_met: bool, fact_at: datetime | None, terms: AwardTerms, now: datetime) -> Award:
        """After its criteria were weighed anew: what the terms say where they are not met any more, and all as it was
        where they are met again.

        `fact_at` is the time of the latest fact weighed: what a person has already settled is not asked again.
        """
        if self.state is AwardState.REVOKED:
            return self
        if still_met:
            return self.restored()
        is_dealt_with = self.state is AwardState.SUSPENDED or self.flag is Flag.REGRADED or self.act_at is not None
        is_settled = self.settled_at is not None and fact_at is not None and fact_at <= self.settled_at
        if is_dealt_with or is_settled or terms.regrade is Regrade.KEEP:
            return self
        return replace(self, act_at=now + terms.grace) if terms.grace_days else self.acted(terms, now)

    def acted(self, terms: AwardTerms, now: datetime) -> Award:
        """What the terms say is done, without any more grace."""
        award = replace(self, act_at=None)
        if self.state not in (AwardState.AWARDED, AwardState.ISSUED):
            return award
        if terms.regrade is Regrade.FLAG:
            return replace(award, flag=Flag.REGRADED)
        if terms.regrade is Regrade.SUSPEND:
            return replace(award, state=AwardState.SUSPENDED, suspended_at=now, suspension_reason=REGRADED)
        return award.revoked(REGRADED, now, Cause.POLICY) if terms.regrade is Regrade.REVOKE else award

    def restored(self) -> Award:
        """With neither flag nor suspension nor anything about to happen."""
        if self.state is AwardState.REVOKED:
            return self
        state = self.state
        if state is AwardState.SUSPENDED:
            state = AwardState.AWARDED if self.issued_at is None else AwardState.ISSUED
        return replace(self, state=state, flag=Flag.NONE, act_at=None, suspended_at=None, suspension_reason="")

    def kept(self, fact_at: datetime | None) -> Award:
        """A person looked, as things stood at `fact_at`, and lets the award stand."""
        return self if self.state is AwardState.REVOKED else replace(self.restored(), settled_at=fact_at)

    def revoked(self, reason: str, now: datetime, cause: Cause = Cause.PERSON) -> Award:
        """Withdrawn, with a reason: by a person, for good; or as the badge's terms say."""
        if self.state is AwardState.REVOKED:
            raise BadgeToolError("award.already_revoked", "This badge has been withdrawn already.", status=409)
        return replace(
            self.restored(),
            state=AwardState.REVOKED,
            revoked_at=now,
            revocation_reason=require_reason(reason),
            cause=cause,
        )

    def lifted(self, now: datetime) -> Award:
        """A person allows that it is earned again. The award itself stays revoked, as everybody was told."""
        if self.state is not AwardState.REVOKED or self.may_be_earned_again:
            raise BadgeToolError("award.not_barred", "Nothing keeps this badge from being earned again.", status=409)
        return replace(self, lifted_at=now)

    def reminded(self, now: datetime) -> Award:
        return replace(self, reminded_at=now)

    def lapsed(self, now: datetime) -> Award:
        """Its time is over; noted once."""
        return replace(self, lapsed_at=now)

    def reminds_at(self, terms: AwardTerms) -> datetime | None:
        """When its learner is reminded that it lapses; None: never, as where it was, or where that is told at once."""
        opens = self.renews_from(terms)
        return opens if opens is not None and self.reminded_at is None and opens > self.decided_at else None

    @property
    def renewed_by_work_from(self) -> datetime:
        """Work before this was for the award itself, and renews nothing."""
        return self.decided_at + timedelta(microseconds=1)

    def renews_from(self, terms: AwardTerms) -> datetime | None:
        """From when on its learner can renew it; None: never."""
        return self.expires_at - terms.reminder if self.expires_at is not None else None


def require_reason(reason: str) -> str:
    """Why a badge is withdrawn, as it is kept. Raises `award.reason_missing`: whoever had it is told it."""
    if not reason.strip():
        raise BadgeToolError("award.reason_missing", "Say why the badge is withdrawn.", status=422)
    return reason.strip()[:REASON_LIMIT]


def period_after(period: str) -> str:
    """The name of the next period: "once", "2", "3" …"""
    return str(number_of(period) + 1)


def number_of(period: str) -> int:
    return 1 if period == PERIOD_ONCE else int(period)


class Periodic(Protocol):
    @property
    def achievement_id(self) -> str: ...
    @property
    def period(self) -> str: ...


class Standing(Periodic, Protocol):
    """Of an award what says where it stands. The texts of the enums do as well."""

    @property
    def achievement_version(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def flag(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def act_at(self) -> datetime | None: ...
    @property
    def lifted_at(self) -> datetime | None: ...
    @property
    def renews(self) -> bool: ...


def may_be_earned_again(award: Standing) -> bool:
    return award.state == AwardState.REVOKED and (award.cause != Cause.PERSON or award.lifted_at is not None)


def is_at_rest(award: Standing) -> bool:
    """Whether nothing was done about it on account of a fallen grade, or is about to be."""
    return award.state != AwardState.SUSPENDED and award.flag == Flag.NONE and award.act_at is None


_Periodic = TypeVar("_Periodic", bound=Periodic)


def latest_of(awards: Iterable[_Periodic]) -> dict[str, _Periodic]:
    """Of one person's awards that of the last period of each achievement, by the achievement's id."""
    found: dict[str, _Periodic] = {}
    for award in awards:
        held = found.get(award.achievement_id)
        if held is None or number_of(award.period) > number_of(held.period):
            found[award.achievement_id] = award
    return found
