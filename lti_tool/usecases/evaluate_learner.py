"""evaluate_learner: weighs one learner's record against every badge of the course, and decides awards once."""

from __future__ import annotations

from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.award import PERIOD_ONCE, Award, Flag
from lti_tool.domain.evaluation import Outcome, Reason, evaluate, latest_fact_at
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.platform import Enrolment
from lti_tool.domain.roles import may_earn
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


def is_eligible(enrolment: Enrolment | None) -> bool:
    """Whether a person of the course can earn its badges at all."""
    return enrolment is not None and enrolment.active and may_earn(enrolment.launch_roles, enrolment.roster_roles)


def is_due(achievement: Achievement, reason: Reason) -> bool:
    """Whether a met decision awards: all who qualify, or only work done since the badge was published."""
    if achievement.state is not AchievementState.PUBLISHED or reason.outcome is not Outcome.MET:
        return False
    if achievement.award_from is AwardFrom.NOW or achievement.published_at is None:
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


class EvaluateLearner:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, person_id: str) -> None:
        with self._transactions() as unit:
            unit.people.lock(course_id, person_id)
            record = unit.records.get(course_id, person_id)
            held = {award.achievement_id: award for award in unit.awards.of_person(course_id, person_id)}
            eligible = is_eligible(unit.people.enrolment(course_id, person_id))
            for achievement in unit.achievements.of_course(course_id):
                award = held.get(achievement.id)
                if award is not None:
                    self._reconsider(unit, award, record)
                elif eligible and achievement.criteria is not None:
                    self._consider(unit, achievement, person_id, record)
            unit.commit()

    def _consider(self, unit: UnitOfWork, achievement: Achievement, person_id: str, record: LearnerRecord) -> None:
        assert achievement.criteria is not None
        reason = evaluate(achievement.criteria, record, achievement.id)
        # Everything is weighed as ever, so that it can be tried out; only the award is not made.
        if not is_due(achievement, reason) or not issues_awards(unit, achievement.course_id):
            return
        facts = [leaf.fact for leaf in reason.leaves() if leaf.fact is not None]
        award = Award(
            id=Award.id_for(achievement.id, person_id, PERIOD_ONCE),
            achievement_id=achievement.id,
            achievement_version=achievement.version,
            course_id=achievement.course_id,
            person_id=person_id,
            period=PERIOD_ONCE,
            decided_at=self._clock.now(),
            evaluation=reason.to_json(),
            event_at=latest_fact_at(reason),
            received_at=max((fact.received_at for fact in facts), default=None),
        )
        if unit.awards.add(award):
            unit.awards.note(award.id, award.decided_at, SYSTEM, "awarded")
            work.issue_credential(unit, award.id)

    def _reconsider(self, unit: UnitOfWork, award: Award, record: LearnerRecord) -> None:
        # Judged by the version it was awarded for: a later, harder version flags nobody.
        judged_by = unit.achievements.version(award.achievement_id, award.achievement_version)
        if judged_by is None or judged_by.criteria is None:
            return
        reason = evaluate(judged_by.criteria, record, award.achievement_id)
        if reason.outcome is Outcome.UNKNOWN:
            return
        updated = award.regraded(still_met=reason.outcome is Outcome.MET, fact_at=latest_fact_at(reason))
        if updated != award:
            unit.awards.save(updated)
            action = "flagged" if updated.flag is Flag.REGRADED else "unflagged"
            unit.awards.note(award.id, self._clock.now(), SYSTEM, action)
