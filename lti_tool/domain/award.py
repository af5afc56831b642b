"""The states of an award, and who may move it.

    awarded ──▶ issued ──▶ revoked
                  │  ▲
       regraded ──┘  └── kept by a person (the flag is taken off)

A flag is a question to the instructor and changes nothing that a verifier sees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import derived_id

PERIOD_ONCE = "once"


class AwardState(StrEnum):
    AWARDED = "awarded"
    ISSUED = "issued"
    REVOKED = "revoked"


class Flag(StrEnum):
    NONE = ""
    REGRADED = "regraded"


@dataclass(frozen=True, slots=True)
class Award:
    """That one person earned one achievement in one period. Unique by these three, decided once.

    `evaluation` is the reason tree (Reason.to_json) that decided it. `event_at` and `received_at` are the times
    of the last fact it rests on, so that the way from grade to badge can be measured. `by_hand`: a person decided it,
    whatever the criteria say, so no later fact moves it.
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

    @staticmethod
    def id_for(achievement_id: str, person_id: str, period: str) -> str:
        return derived_id("award", achievement_id, person_id, period)

    def issued(self, now: datetime) -> Award:
        """After its credential was signed and stored. A second call changes nothing."""
        return replace(self, state=AwardState.ISSUED, issued_at=now) if self.state is AwardState.AWARDED else self

    def regraded(self, *, still_met: bool, fact_at: datetime | None) -> Award:
        """Flags an award whose criteria are no longer met; takes the flag off when they are met again.

        `fact_at` is the time of the latest fact weighed: what a person has already settled is not asked again.
        """
        if self.state is AwardState.REVOKED:
            return self
        if still_met:
            return replace(self, flag=Flag.NONE)
        if self.settled_at is not None and fact_at is not None and fact_at <= self.settled_at:
            return self
        return replace(self, flag=Flag.REGRADED)

    def kept(self, fact_at: datetime | None) -> Award:
        """A person looked at the flag, as things stood at `fact_at`, and lets the award stand."""
        return replace(self, flag=Flag.NONE, settled_at=fact_at)

    def revoked(self, reason: str, now: datetime) -> Award:
        """Withdrawn by a person, who must say why."""
        if self.state is AwardState.REVOKED:
            raise BadgeToolError("award.already_revoked", "This badge has been withdrawn already.", status=409)
        if not reason.strip():
            raise BadgeToolError("award.reason_missing", "Say why the badge is withdrawn.", status=422)
        return replace(
            self,
            state=AwardState.REVOKED,
            flag=Flag.NONE,
            revoked_at=now,
            revocation_reason=reason.strip()[:500],
        )
