"""evaluate_course: all decisions of a course anew, after a badge was published or awarding began.

First everything is weighed fast, without reasons and without a lock, in one reading of the facts; then those learners
about whom something may have changed are decided one by one, as after an event. What changes meanwhile is weighed by
its own event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import AwardState, Flag
from lti_tool.domain.criteria import nodes
from lti_tool.domain.evaluation import Decide, Outcome, compiled
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.usecases.evaluate_learner import Decisions, is_eligible
from lti_tool.usecases.ports import AwardStanding, Clock, Transactions, UnitOfWork

# So many learners are decided in one transaction: enough to share a commit, few enough to let others write.
LEARNERS_AT_ONCE = 100
_NOTHING = LearnerRecord({})


@dataclass(frozen=True, slots=True)
class Weighing:
    """How many decisions were weighed, and about how many learners something may have changed."""

    weighed: int
    learners: int


class EvaluateCourse:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._decisions = Decisions(clock)

    def __call__(self, course_id: str) -> Weighing:
        with self._transactions(write=False) as unit:
            weighing = _CourseWeighing(unit, course_id)
            due = weighing.due()
        for start in range(0, len(due), LEARNERS_AT_ONCE):
            with self._transactions() as unit:
                achievements = unit.achievements.of_course(course_id)
                for person_id in due[start : start + LEARNERS_AT_ONCE]:
                    self._decisions.of_learner(unit, course_id, person_id, achievements, everything=True)
                unit.commit()
        return Weighing(weighing.count, len(due))


class _CourseWeighing:
    def __init__(self, unit: UnitOfWork, course_id: str) -> None:
        self._unit = unit
        self._course_id = course_id
        self._achievements = {badge.id: badge for badge in unit.achievements.of_course(course_id)}
        self._open = [
            (badge.id, compiled(badge.criteria, badge.id))
            for badge in self._achievements.values()
            if badge.criteria is not None and badge.state is AchievementState.PUBLISHED
        ]
        self._trees = {badge.criteria for badge in self._achievements.values() if badge.criteria is not None}
        self._by_version: dict[tuple[str, int], Decide | None] = {}
        self.count = 0

    def due(self) -> list[str]:
        """Learners about whom something is to be decided, in the order of their ids (the same for every worker)."""
        held: dict[str, list[AwardStanding]] = {}
        for award in self._unit.awards.standing(self._course_id):
            held.setdefault(award.person_id, []).append(award)
            self._decide_by(award)
        enrolled = self._unit.people.enrolled(self._course_id)
        eligible = {person.id for person, enrolment in enrolled if is_eligible(enrolment)}
        found = [
            person_id
            for person_id, record in self._records(eligible)
            if self._is_due(record, person_id in eligible, held.get(person_id, ()))
        ]
        return sorted(found)

    def _records(self, eligible: set[str]) -> Iterator[tuple[str, LearnerRecord]]:
        told: set[str] = set()
        for person_id, record in self._unit.records.values_of_course(self._course_id, with_times=self._needs_times()):
            told.add(person_id)
            yield person_id, record
        # Whoever nothing is known of can meet what asks for something not to have happened.
        for person_id in eligible - told:
            yield person_id, _NOTHING

    def _needs_times(self) -> bool:
        return any(part.window is not None for tree in self._trees for _, part in nodes(tree))

    def _is_due(self, record: LearnerRecord, is_eligible: bool, held: Sequence[AwardStanding]) -> bool:
        have = {award.achievement_id for award in held}
        for achievement_id, decide in self._open if is_eligible else ():
            if achievement_id not in have:
                self.count += 1
                if decide(record) is Outcome.MET:
                    return True
        return any(self._moves(award, record) for award in held if award.state != AwardState.REVOKED)

    def _moves(self, award: AwardStanding, record: LearnerRecord) -> bool:
        """Whether a flag may have to be set or taken off."""
        decide = None if award.by_hand else self._decide_by(award)
        if decide is None:
            return False
        self.count += 1
        outcome = decide(record)
        return outcome is (Outcome.NOT_MET if award.flag == Flag.NONE else Outcome.MET)

    def _decide_by(self, award: AwardStanding) -> Decide | None:
        key = (award.achievement_id, award.achievement_version)
        if key not in self._by_version:
            current = self._achievements.get(award.achievement_id)
            is_current = current is not None and current.version == award.achievement_version
            judged_by = current if is_current else self._unit.achievements.version(*key)
            tree = judged_by.criteria if judged_by is not None else None
            self._by_version[key] = None if tree is None else compiled(tree, award.achievement_id)
            self._trees |= set() if tree is None else {tree}
        return self._by_version[key]
