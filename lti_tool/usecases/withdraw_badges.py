"""withdraw_badges: an operator withdraws all badges of a kind or of an issuer, as after a theft of what it is known by.

Verifiers see all of it first: the status lists are marked as a whole and signed. The awards follow, some in each piece
of work, each with its history and its learner's notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.award import AwardState, require_reason
from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Actor
from lti_tool.usecases import work
from lti_tool.usecases.change_award import change_award
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork
from lti_tool.usecases.publish_status_list import PublishStatusList


@dataclass(frozen=True, slots=True)
class Which:
    """Badges of one achievement, or those that one issuer has signed."""

    achievement_id: str = ""
    issuer_slug: str = ""


class WithdrawBadges:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str, publish: PublishStatusList) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id
        self._publish = publish

    def count(self, which: Which) -> int:
        """How many stand. Raises `achievement.unknown`, `issuer.unknown`."""
        with self._transactions(write=False) as unit:
            return len(self._standing(unit, which))

    def __call__(self, which: Which, actor: Actor, reason: str) -> int:
        """For good: nobody who had one earns it again before a person lifts that. Gives how many they are; when it
        returns, whoever fetches a status list sees them. Raises as `count`, and `award.reason_missing`."""
        reason = require_reason(reason)
        with self._transactions() as unit:
            award_ids = self._standing(unit, which)
            lists = unit.status_lists.revoke_many(award_ids)
            for list_id in lists:
                work.publish_status_list(unit, list_id)
            work.withdraw_awards(unit, award_ids, actor, reason, self._clock.now())
            unit.commit()
        for list_id in lists:
            self._publish(list_id)
        return len(award_ids)

    def _standing(self, unit: UnitOfWork, which: Which) -> list[str]:
        if which.issuer_slug:
            issuer = unit.issuers.by_slug(which.issuer_slug)
            if issuer is None or issuer.tenant_id != self._tenant_id:
                raise NotFound("issuer.unknown", "There is no such issuer here.")
            return unit.awards.standing_of_issuer(self._tenant_id, issuer.slug)
        badge = unit.achievements.latest(which.achievement_id)
        course = unit.courses.get(badge.course_id) if badge else None
        if badge is None or course is None:
            raise NotFound("achievement.unknown", "There is no such badge.")
        own_platform(unit, course.registration_id, self._tenant_id)
        return unit.awards.standing_of_achievement(badge.id)


class WithdrawAwards:
    """The work of it: some awards in one transaction. Repeatable."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, award_ids: Sequence[str], actor: Mapping[str, str], reason: str) -> None:
        """They come in the order of their people, so that two who do it at once do not wait for each other."""
        by = Actor(**actor)
        with self._transactions() as unit:
            for award_id in award_ids:
                found = unit.awards.get(award_id)
                if found is None:
                    continue
                unit.people.lock(found.course_id, found.person_id)
                award = unit.awards.get(award_id)
                if award is not None and award.state is not AwardState.REVOKED:
                    after = award.revoked(reason, self._clock.now())
                    change_award(unit, self._clock, award, after, by, "revoked", reason)
            unit.commit()
