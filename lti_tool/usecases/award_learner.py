"""award_learner: one learner and one badge that she does not have, or whose time is nearly over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.award import PERIOD_ONCE, Award, period_after
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.award_terms import Renewal
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.evaluation import Outcome, Reason, compiled, evaluate, latest_fact_at
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.usecases.change_award import add_award
from lti_tool.usecases.ports import Clock, UnitOfWork

# By achievement: the mass award that is under way.
Batches = Mapping[str, AwardBatch]
NO_BATCHES: Batches = {}


def is_due(achievement: Achievement, reason: Reason) -> bool:
    """Whether a met decision awards: all who qualify, or only work done since the badge was published."""
    if achievement.state is not AchievementState.PUBLISHED or reason.outcome is not Outcome.MET:
        return False
    if achievement.award_from is not AwardFrom.NEW_WORK or achievement.published_at is None:
        return True
    at = latest_fact_at(reason)
    return at is not None and at > achievement.published_at


def issues_awards(unit: UnitOfWork, course_id: str) -> bool:
    """Whether anything is awarded: a platform's copy for testing awards nothing, and an operator can halt it all. The
    one place that decides it."""
    course = unit.courses.get(course_id)
    registration = unit.registrations.get(course.registration_id) if course else None
    if registration is None or not registration.issuing:
        return False
    return unit.halts.get(registration.tenant_id) is None


def renewal_rule(achievement: Achievement) -> Criteria | None:
    """What has to be done for a further period; None where it cannot be renewed."""
    terms = achievement.terms
    return {Renewal.NONE: None, Renewal.AGAIN: achievement.criteria, Renewal.OTHER: terms.renewal_rule}[terms.renewal]


class AwardLearner:
    """Within a transaction that is open already, whose caller holds the learner's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def can_be_awarded(self, achievement: Achievement, held: Award | None) -> bool:
        """Whether there is anything to decide: she has it not, may earn it again, or can renew it by now."""
        if held is None or held.may_be_earned_again:
            return True
        opens = held.renews_from(achievement.terms)
        return opens is not None and opens <= self._clock.now() and renewal_rule(achievement) is not None

    def __call__(
        self,
        unit: UnitOfWork,
        achievement: Achievement,
        person_id: str,
        record: LearnerRecord,
        held: Award | None,
        batches: Batches = NO_BATCHES,
    ) -> None:
        renews = held is not None and not held.may_be_earned_again
        tree = renewal_rule(achievement) if renews else achievement.criteria
        since = held.renewed_by_work_from if renews and held else achievement.counts_from
        counted = record.since(since)
        # The reasons are worth their while only where something is decided.
        if tree is None or compiled(tree, achievement.id)(counted) is not Outcome.MET:
            return
        reason = evaluate(tree, counted, achievement.id)
        # Everything is weighed as ever, so that it can be tried out; only the award is not made.
        if not (is_due(achievement, reason) and issues_awards(unit, achievement.course_id)):
            return
        batch = batches.get(achievement.id)
        if batch is None and _waits(unit, achievement.id, person_id):
            return
        award = self._award(achievement, person_id, reason, held, renews)
        if award.is_expired(award.decided_at):
            return
        action = "awarded" if held is None else "renewed" if renews else "awarded_again"
        award = replace(award, counts_from=since, renews=renews, batch_id=batch.id if batch else "")
        add_award(unit, self._clock, award, SYSTEM, action)

    def _award(
        self, achievement: Achievement, person_id: str, reason: Reason, held: Award | None, renews: bool
    ) -> Award:
        period, now = period_after(held.period) if held else PERIOD_ONCE, self._clock.now()
        return Award(
            id=Award.id_for(achievement.id, person_id, period),
            achievement_id=achievement.id,
            achievement_version=achievement.version,
            course_id=achievement.course_id,
            person_id=person_id,
            period=period,
            decided_at=now,
            evaluation=reason.to_json(),
            event_at=latest_fact_at(reason),
            received_at=max((fact.received_at for fact in reason.facts()), default=None),
            expires_at=achievement.terms.lasts_until(now, held.expires_at if held and renews else None),
        )


def _waits(unit: UnitOfWork, achievement_id: str, person_id: str) -> bool:
    """Whether she is among those for whom the teacher was asked and has not answered."""
    waiting = (batch for batch in unit.award_batches.open_of(achievement_id) if batch.state is BatchState.WAITING)
    return any(person_id in batch.people for batch in waiting)
