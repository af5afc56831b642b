"""What a person decides about an award: withdraw it, let it stand, let it be earned again, approve a learner."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.errors import Forbidden, NotFound
from lti_tool.domain.evaluation import latest_fact_at
from lti_tool.domain.evidence import Evidence
from lti_tool.domain.identity import Actor
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.ledger import Deed
from lti_tool.domain.nomination import NominationState
from lti_tool.domain.platform import Enrolment
from lti_tool.domain.roles import is_test_user, may_earn
from lti_tool.usecases import work
from lti_tool.usecases.change_award import change_award
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.ports import Clock, NominationStep, Transactions, UnitOfWork
from lti_tool.usecases.regrade_award import judging_rule, reason_of


def award_of_course(unit: UnitOfWork, course_id: str, award_id: str) -> Award:
    """The award, if it belongs to the course; otherwise it does not exist for the caller (`award.unknown`)."""
    award = unit.awards.get(award_id)
    if award is None or award.course_id != course_id:
        raise NotFound("award.unknown", "There is no such award in this course.")
    return award


def _locked(unit: UnitOfWork, course_id: str, award_id: str) -> Award:
    """The award as it is while nobody else changes it."""
    unit.people.lock(course_id, award_of_course(unit, course_id, award_id).person_id)
    return award_of_course(unit, course_id, award_id)


class RevokeAward:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, award_id: str, actor: Actor, reason: str) -> Award:
        """Withdraws a badge: its bit is set and the list signed anew. Raises `award.*`."""
        now = self._clock.now()
        with self._transactions() as unit:
            award = _locked(unit, course_id, award_id)
            revoked = award.revoked(reason, now)
            change_award(unit, self._clock, award, revoked, actor, "revoked", revoked.revocation_reason)
            unit.commit()
        return revoked


class LiftRevocation:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, award_id: str, actor: Actor) -> Award:
        """Lets a learner earn a badge again that was revoked for cause, and looks at once whether she does. What was
        revoked stays so. Raises `award.not_barred`."""
        with self._transactions() as unit:
            award = _locked(unit, course_id, award_id)
            lifted = award.lifted(self._clock.now())
            change_award(unit, self._clock, award, lifted, actor, "lifted")
            work.evaluate_learner(unit, course_id, award.person_id, everything=True)
            unit.commit()
        return lifted


class KeepAward:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, award_id: str, actor: Actor) -> Award:
        """Takes flag and suspension off: a person looked and lets the award stand until something new happens."""
        with self._transactions() as unit:
            award = _locked(unit, course_id, award_id)
            achievement = achievement_of_course(unit, course_id, award.achievement_id)
            tree = judging_rule(unit, achievement, award)
            record = unit.records.get(course_id, award.person_id)
            reason = reason_of(tree, award, record) if tree else None
            kept = award.kept(latest_fact_at(reason) if reason else None)
            action = "restored" if award.state is AwardState.SUSPENDED else "kept"
            change_award(unit, self._clock, award, kept, actor, action, weighed=reason)
            unit.commit()
        return kept


class ApproveLearner:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(
        self, course_id: str, achievement_id: str, person_id: str, *, approved: bool, approver_id: str
    ) -> None:
        """States the teacher's own approval (or takes it back) as a fact of the learner's record.

        `approver_id`: the person who approves. Raises `achievement.unknown`, `person.unknown`, `authz.*`.
        """
        now = self._clock.now()
        with self._transactions() as unit:
            badge = unit.achievements.get(course_id, achievement_id)
            if badge is None:
                raise NotFound("achievement.unknown", "There is no such badge in this course.")
            enrolment = unit.people.enrolment(course_id, person_id)
            if enrolment is None:
                raise NotFound("person.unknown", "There is no such person in this course.")
            if approved:
                check_can_be_awarded(enrolment, approver_id)
            event = LearningEvent(
                event_id=f"{achievement_id}:{person_id}:{now.isoformat()}",
                source="teacher",
                context_id=course_id,
                subject=person_id,
                kind=FactKind.MANUAL_APPROVAL,
                target=achievement_id,
                occurred_at=now,
                completed=approved,
            )
            unit.records.merge(course_id, person_id, [Fact.of(event, now)])
            action = "approved" if approved else "approval_withdrawn"
            by = Actor("person", approver_id)
            unit.ledger.note(Deed(course_id, now, by, action, achievement_id, badge.version, person_id))
            _settle_nomination(unit, event, approver_id)
            work.evaluate_learner(unit, course_id, person_id)
            unit.commit()


def _settle_nomination(unit: UnitOfWork, event: LearningEvent, approver_id: str) -> None:
    """Whoever was put forward for this approval waits for it no longer."""
    nomination = unit.nominations.find(event.target, event.subject, "")
    approver = unit.people.get(approver_id)
    if nomination is None or approver is None or not event.completed:
        return
    reviewer, at = Actor("person", approver.id, approver.name), event.occurred_at
    state = NominationState.APPROVED
    unit.nominations.save(replace(nomination, state=state, reviewer=reviewer, decided_at=at, words=""))
    unit.nominations.note(nomination.id, NominationStep(at, reviewer, state.value, Evidence()))


def check_can_be_awarded(enrolment: Enrolment, giver_id: str) -> None:
    """Whether `giver_id` may award this person. An approval can be all that a badge asks for, so it is refused alike.
    Raises `authz.*`."""
    if enrolment.person_id == giver_id:
        raise Forbidden("authz.self_award", "Nobody awards herself.", "Ask another instructor of the course.")
    if not enrolment.active:
        raise Forbidden("authz.inactive", "This person is no longer active in the course.")
    if is_test_user(enrolment.launch_roles, enrolment.roster_roles):
        raise Forbidden("authz.test_user", "A test student is never awarded a badge.")
    if not may_earn(enrolment.launch_roles, enrolment.roster_roles):
        raise Forbidden("authz.role", "Only learners of the course are awarded badges.")
