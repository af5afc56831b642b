"""evaluate_learner: weighs one learner's record against every badge of the course, and decides awards once."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.award import PERIOD_ONCE, Award, Flag
from lti_tool.domain.evaluation import FactRef, Outcome, Reason, compiled, evaluate, facts_of, latest_fact_at
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
        self._decisions = Decisions(clock)

    def __call__(self, course_id: str, person_id: str, everything: bool = False) -> int:
        """Decides what facts that nobody has weighed yet can change, or with `everything` all; gives how many
        decisions it weighed."""
        with self._transactions() as unit:
            count = self._decisions.of_learner(
                unit, course_id, person_id, unit.achievements.of_course(course_id), everything=everything
            )
            unit.commit()
        return count


class Decisions:
    """What is decided about a learner within a transaction that is open already."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def of_learner(
        self,
        unit: UnitOfWork,
        course_id: str,
        person_id: str,
        achievements: Sequence[Achievement],
        *,
        everything: bool,
    ) -> int:
        """Gives how many decisions were weighed."""
        unit.people.lock(course_id, person_id)
        record, new = unit.records.news(course_id, person_id)
        changed = None if everything else frozenset((fact.kind, fact.target) for fact in new)
        held = {award.achievement_id: award for award in unit.awards.of_person(course_id, person_id)}
        eligible = is_eligible(unit.people.enrolment(course_id, person_id))
        weighed = 0
        for achievement in achievements:
            award = held.get(achievement.id)
            if award is not None:
                weighed += self._reconsider(unit, achievement, award, record, changed)
            elif eligible and can_change(achievement, changed):
                weighed += 1
                self._consider(unit, achievement, person_id, record)
        unit.records.weighed(course_id, person_id, new)
        return weighed

    def _consider(self, unit: UnitOfWork, achievement: Achievement, person_id: str, record: LearnerRecord) -> None:
        assert achievement.criteria is not None
        # The reasons are worth their while only where something is decided.
        if compiled(achievement.criteria, achievement.id)(record) is not Outcome.MET:
            return
        reason = evaluate(achievement.criteria, record, achievement.id)
        # Everything is weighed as ever, so that it can be tried out; only the award is not made.
        if not is_due(achievement, reason) or not issues_awards(unit, achievement.course_id):
            return
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
            received_at=max((fact.received_at for fact in reason.facts()), default=None),
        )
        if unit.awards.add(award):
            unit.awards.note(award.id, award.decided_at, SYSTEM, "awarded")
            work.issue_credential(unit, award.id)

    def _reconsider(
        self,
        unit: UnitOfWork,
        achievement: Achievement,
        award: Award,
        record: LearnerRecord,
        changed: frozenset[FactRef] | None,
    ) -> int:
        if award.by_hand:
            return 0
        # Judged by the version it was awarded for: a later, harder version flags nobody.
        is_same = achievement.version == award.achievement_version
        judged_by = achievement if is_same else unit.achievements.version(achievement.id, award.achievement_version)
        if judged_by is None or judged_by.criteria is None or not can_change(judged_by, changed):
            return 0
        outcome = compiled(judged_by.criteria, award.achievement_id)(record)
        if outcome is (Outcome.NOT_MET if award.flag is Flag.REGRADED else Outcome.MET) or outcome is Outcome.UNKNOWN:
            return 1
        reason = evaluate(judged_by.criteria, record, award.achievement_id)
        updated = award.regraded(still_met=reason.outcome is Outcome.MET, fact_at=latest_fact_at(reason))
        if updated != award:
            unit.awards.save(updated)
            action = "flagged" if updated.flag is Flag.REGRADED else "unflagged"
            unit.awards.note(award.id, self._clock.now(), SYSTEM, action, weighed=reason.to_json())
        return 1


def can_change(achievement: Achievement, changed: frozenset[FactRef] | None) -> bool:
    """Whether a change of these facts (None: of any) can change the decision about a badge."""
    if achievement.criteria is None:
        return False
    return changed is None or not changed.isdisjoint(facts_of(achievement.criteria, achievement.id))
