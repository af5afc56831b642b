"""evaluate_course: all decisions of a course anew, after a badge was published or awarding began.

First everything is weighed fast, without reasons and without a lock, in one reading of the facts; then those learners
about whom something may have changed are decided one by one, as after an event. What changes meanwhile is weighed by
its own event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import AwardState, latest_of, may_be_earned_again
from lti_tool.domain.award_terms import Renewal
from lti_tool.domain.criteria import nodes
from lti_tool.domain.evaluation import Decide, Outcome, compiled
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.usecases.evaluate_learner import Decisions, is_eligible
from lti_tool.usecases.mass_awards import MassAwards, MassLimits
from lti_tool.usecases.ports import AwardStanding, Clock, Transactions, UnitOfWork
from lti_tool.usecases.regrade_award import can_move, judging_rule

# So many learners are decided in one transaction: enough to share a commit, few enough to let others write.
LEARNERS_AT_ONCE = 100
_NOTHING = LearnerRecord({})


@dataclass(frozen=True, slots=True)
class Weighing:
    """How many decisions were weighed, and about how many learners something may have changed."""

    weighed: int
    learners: int


class EvaluateCourse:
    """`limits`: what a mass award is, and for how long it is not signed."""

    def __init__(self, transactions: Transactions, clock: Clock, limits: MassLimits | None = None) -> None:
        self._transactions = transactions
        self._clock = clock
        self._decisions = Decisions(clock)
        self._mass = MassAwards(clock, limits or MassLimits())

    def __call__(self, course_id: str) -> Weighing:
        with self._transactions(write=False) as unit:
            weighing = _CourseWeighing(unit, course_id, self._clock.now())
            due, found = weighing.due()
        with self._transactions() as unit:
            batches = self._mass.begin(unit, course_id, found)
            unit.commit()
        for start in range(0, len(due), LEARNERS_AT_ONCE):
            with self._transactions() as unit:
                achievements = unit.achievements.of_course(course_id)
                some = due[start : start + LEARNERS_AT_ONCE]
                self._decisions.read_ahead(unit, course_id, some)
                for person_id in some:
                    hers = {key: batch for key, batch in batches.items() if person_id in found[key]}
                    self._decisions.of_learner(unit, course_id, person_id, achievements, everything=True, batches=hers)
                unit.commit()
        with self._transactions() as unit:
            self._mass.end(unit, batches)
            unit.commit()
        return Weighing(weighing.count, len(due))


class _CourseWeighing:
    def __init__(self, unit: UnitOfWork, course_id: str, now: datetime) -> None:
        self._unit = unit
        self._now = now
        self._course_id = course_id
        self._achievements = {badge.id: badge for badge in unit.achievements.of_course(course_id)}
        self._open = [
            (badge, compiled(badge.criteria, badge.id))
            for badge in self._achievements.values()
            if badge.criteria is not None and badge.state is AchievementState.PUBLISHED
        ]
        self._trees = {badge.criteria for badge in self._achievements.values() if badge.criteria is not None}
        self._by_version: dict[tuple[str, int, bool], Decide | None] = {}
        self._counts_from = False
        self.count = 0

    def due(self) -> tuple[list[str], dict[str, set[str]]]:
        """Learners about whom something is to be decided, in the order of their ids (the same for every worker); and
        by achievement those of them who meet its rule and have it not."""
        held: dict[str, list[AwardStanding]] = {}
        for award in self._unit.awards.standing(self._course_id):
            self._counts_from |= award.counts_from is not None
            held.setdefault(award.person_id, []).append(award)
            self._decide_by(award)
        enrolled = self._unit.people.enrolled(self._course_id)
        eligible = {person.id for person, enrolment in enrolled if is_eligible(enrolment)}
        found: dict[str, set[str]] = {}
        due = []
        for person_id, record in self._records(eligible):
            hers = latest_of(held.get(person_id, ()))
            gained = self._gained(record, hers) if person_id in eligible else []
            for achievement_id in gained:
                found.setdefault(achievement_id, set()).add(person_id)
            if gained or any(self._moves(award, record) for award in hers.values()):
                due.append(person_id)
        return sorted(due), found

    def _records(self, eligible: set[str]) -> Iterator[tuple[str, LearnerRecord]]:
        told: set[str] = set()
        for person_id, record in self._unit.records.values_of_course(self._course_id, with_times=self._needs_times()):
            told.add(person_id)
            yield person_id, record
        # Whoever nothing is known of can meet what asks for something not to have happened.
        for person_id in eligible - told:
            yield person_id, _NOTHING

    def _needs_times(self) -> bool:
        if any(badge.counts_from is not None for badge in self._achievements.values()) or self._counts_from:
            return True
        return any(part.window is not None for tree in self._trees for _, part in nodes(tree))

    def _gained(self, record: LearnerRecord, held: Mapping[str, AwardStanding]) -> list[str]:
        """The badges that she meets and neither has nor may not have."""
        gained = []
        for badge, decide in self._open:
            award = held.get(badge.id)
            if award is None or may_be_earned_again(award):
                self.count += 1
                if decide(record.since(badge.counts_from)) is Outcome.MET:
                    gained.append(badge.id)
        return gained

    def _moves(self, award: AwardStanding, record: LearnerRecord) -> bool:
        """Whether a flag may have to be set or taken off, or what else the badge's terms say."""
        decide = None if award.by_hand else self._decide_by(award)
        if award.state == AwardState.REVOKED:
            return False
        if self._can_be_renewed(award):
            return True
        if decide is None:
            return False
        self.count += 1
        return can_move(award, decide(record.since(award.counts_from)))

    def _can_be_renewed(self, award: AwardStanding) -> bool:
        """Whether its time is over or nearly so: few awards, whose learners are looked at one by one."""
        badge = self._achievements.get(award.achievement_id)
        if badge is None or award.expires_at is None or badge.terms.renewal is Renewal.NONE:
            return False
        return badge.state is AchievementState.PUBLISHED and award.expires_at - badge.terms.reminder <= self._now

    def _decide_by(self, award: AwardStanding) -> Decide | None:
        key = (award.achievement_id, award.achievement_version, award.renews)
        if key not in self._by_version:
            current = self._achievements.get(award.achievement_id)
            tree = judging_rule(self._unit, current, award) if current is not None else None
            self._by_version[key] = None if tree is None else compiled(tree, award.achievement_id)
            self._trees |= set() if tree is None else {tree}
        return self._by_version[key]
