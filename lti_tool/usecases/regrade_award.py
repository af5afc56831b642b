"""regrade_award: an award whose facts changed, and an award of which something is due."""

from __future__ import annotations

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award, AwardState, Flag, Standing, is_at_rest
from lti_tool.domain.award_terms import Renewal
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.evaluation import Outcome, Reason, evaluate, latest_fact_at
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.usecases import work
from lti_tool.usecases.change_award import change_award, watch
from lti_tool.usecases.hold_badges import hold_badge
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


def judging_rule(unit: UnitOfWork, achievement: Achievement, award: Standing) -> Criteria | None:
    """The rule by which it was awarded: a later, harder version takes nothing from anybody, unless a person decided
    that it counts for those who have the badge as well."""
    if award.renews and achievement.terms.renewal is Renewal.OTHER:
        return achievement.terms.renewal_rule
    number = max(award.achievement_version, achievement.judges_by)
    if achievement.version == number:
        return achievement.criteria
    judged_by = unit.achievements.version(achievement.id, number)
    return judged_by.criteria if judged_by else None


def reason_of(tree: Criteria, award: Award, record: LearnerRecord) -> Reason:
    """As its rule stands with what is known now."""
    return evaluate(tree, record.since(award.counts_from), award.achievement_id)


def can_move(award: Standing, outcome: Outcome) -> bool:
    """Whether this outcome may change anything of it. What is not known changes nothing."""
    return outcome is (Outcome.NOT_MET if is_at_rest(award) else Outcome.MET)


def regrade(unit: UnitOfWork, clock: Clock, achievement: Achievement, award: Award, reason: Reason) -> None:
    """What the badge's terms say to the outcome."""
    after = award.weighed(
        still_met=reason.outcome is Outcome.MET,
        fact_at=latest_fact_at(reason),
        terms=achievement.terms,
        now=clock.now(),
    )
    action, why = _said(award, after)
    change_award(unit, clock, award, after, SYSTEM, action, why, weighed=reason)


def _said(before: Award, after: Award) -> tuple[str, str]:
    """(action, reason) of a change that the terms made."""
    if after.state is AwardState.REVOKED:
        return "revoked", after.revocation_reason
    if after.state is AwardState.SUSPENDED:
        return "suspended", after.suspension_reason
    if before.state is AwardState.SUSPENDED:
        return "restored", ""
    if after.flag is Flag.REGRADED:
        return "flagged", ""
    if after.act_at is not None:
        return "grace", f"The badge stands until {after.act_at.day} {after.act_at:%B %Y}."
    return "unflagged", ""


class ReviewAward:
    """What is due of an award by now: the end of a grace, a reminder, the end of its time. Repeatable: what is not due
    yet is asked for again."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, person_id: str, award_id: str) -> None:
        with self._transactions() as unit:
            unit.people.lock(course_id, person_id)
            award = unit.awards.get(award_id)
            achievement = unit.achievements.get(course_id, award.achievement_id) if award else None
            if award is None or achievement is None or award.state is AwardState.REVOKED:
                return
            for step in (self._end_grace, self._remind, self._lapse):
                step(unit, achievement, award)
                award = unit.awards.get(award_id) or award
            watch(unit, award)
            unit.commit()

    def _end_grace(self, unit: UnitOfWork, achievement: Achievement, award: Award) -> None:
        now = self._clock.now()
        if award.act_at is None or award.act_at > now:
            return
        tree = judging_rule(unit, achievement, award)
        reason = reason_of(tree, award, unit.records.get(award.course_id, award.person_id)) if tree else None
        # Where it is not known any more, nothing speaks against the award.
        falls = reason is not None and reason.outcome is Outcome.NOT_MET
        after = award.acted(achievement.terms, now) if falls else award.restored()
        change_award(unit, self._clock, award, after, SYSTEM, *_said(award, after), weighed=reason)

    def _remind(self, unit: UnitOfWork, achievement: Achievement, award: Award) -> None:
        now, at = self._clock.now(), award.reminds_at(achievement.terms)
        if at is None or at > now or award.expires_at is None or award.is_expired(now):
            return
        said = f"It lapses on {award.expires_at.day} {award.expires_at:%B %Y}."
        change_award(unit, self._clock, award, award.reminded(now), SYSTEM, "expiring", said)
        # From now on what she has done since the award may renew it.
        work.evaluate_learner(unit, award.course_id, award.person_id, everything=True)

    def _lapse(self, unit: UnitOfWork, achievement: Achievement, award: Award) -> None:
        now = self._clock.now()
        if award.lapsed_at is not None or not award.is_expired(now):
            return
        change_award(unit, self._clock, award, award.lapsed(now), SYSTEM, "expired")
        others = unit.awards.of_person(award.course_id, award.person_id)
        stands = (AwardState.AWARDED, AwardState.ISSUED)
        if not any(
            one.achievement_id == award.achievement_id and one.state in stands and not one.is_expired(now)
            for one in others
        ):
            hold_badge(unit, award, self._clock, held=False)
