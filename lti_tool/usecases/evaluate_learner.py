"""evaluate_learner: weighs one learner's record against every badge of the course, and decides awards once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award, AwardState, latest_of
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.evaluation import FactRef, compiled, facts_of
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.platform import Enrolment
from lti_tool.domain.roles import may_earn
from lti_tool.usecases.award_learner import NO_BATCHES, AwardLearner, Batches
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork
from lti_tool.usecases.regrade_award import can_move, judging_rule, reason_of, regrade


def is_eligible(enrolment: Enrolment | None) -> bool:
    """Whether a person of the course can earn its badges at all."""
    return enrolment is not None and enrolment.active and may_earn(enrolment.launch_roles, enrolment.roster_roles)


class EvaluateLearner:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._decisions = Decisions(clock)

    def __call__(self, course_id: str, person_id: str, everything: bool = False) -> int:
        """Decides what facts that nobody has weighed yet can change, or with `everything` all; gives how many
        decisions it weighed."""
        return self.together(course_id, [person_id], everything)

    def together(self, course_id: str, person_ids: Collection[str], everything: bool = False) -> int:
        """The same for several learners of a course in one transaction.

        The end of this work follows it: where the decision is forgotten, so is that, and it is decided again.
        """
        with self._transactions(leads=True) as unit:
            achievements = unit.achievements.of_course(course_id)
            self._decisions.read_ahead(unit, course_id, person_ids)
            count = sum(
                self._decisions.of_learner(unit, course_id, person_id, achievements, everything=everything)
                for person_id in person_ids
            )
            unit.commit()
        return count


class Decisions:
    """What is decided about a learner within a transaction that is open already."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._award = AwardLearner(clock)

    @staticmethod
    def read_ahead(unit: UnitOfWork, course_id: str, person_ids: Collection[str]) -> None:
        """Holds these learners, and reads at once what is asked about each of them."""
        unit.people.lock_all([(course_id, person_id) for person_id in person_ids])
        unit.records.read_ahead(course_id, person_ids)
        unit.awards.read_ahead_of(course_id, person_ids)

    def of_learner(
        self,
        unit: UnitOfWork,
        course_id: str,
        person_id: str,
        achievements: Sequence[Achievement],
        *,
        everything: bool,
        batches: Batches = NO_BATCHES,
    ) -> int:
        """Gives how many decisions were weighed. `batches`: the mass awards under way that she belongs to."""
        unit.people.lock(course_id, person_id)
        record, new = unit.records.news(course_id, person_id)
        changed = None if everything else frozenset((fact.kind, fact.target) for fact in new)
        held = latest_of(unit.awards.of_person(course_id, person_id))
        eligible = is_eligible(unit.people.enrolment(course_id, person_id))
        weighed = 0
        for achievement in achievements:
            award = held.get(achievement.id)
            if award is not None:
                weighed += self._reconsider(unit, achievement, award, record, changed)
            if eligible and self._award.can_be_awarded(achievement, award) and can_change(achievement, changed):
                weighed += 1
                self._award(unit, achievement, person_id, record, award, batches)
        unit.records.weighed(course_id, person_id, new)
        return weighed

    def _reconsider(
        self,
        unit: UnitOfWork,
        achievement: Achievement,
        award: Award,
        record: LearnerRecord,
        changed: frozenset[FactRef] | None,
    ) -> int:
        tree = None if award.by_hand else judging_rule(unit, achievement, award)
        if award.state is AwardState.REVOKED or tree is None or not _touches(tree, achievement.id, changed):
            return 0
        if can_move(award, compiled(tree, achievement.id)(record.since(award.counts_from))):
            regrade(unit, self._clock, achievement, award, reason_of(tree, award, record))
        return 1


def can_change(achievement: Achievement, changed: frozenset[FactRef] | None) -> bool:
    """Whether a change of these facts (None: of any) can change the decision about a badge."""
    trees = (achievement.criteria, achievement.terms.renewal_rule)
    return any(tree is not None and _touches(tree, achievement.id, changed) for tree in trees)


def _touches(tree: Criteria, achievement_id: str, changed: frozenset[FactRef] | None) -> bool:
    return changed is None or not changed.isdisjoint(facts_of(tree, achievement_id))
