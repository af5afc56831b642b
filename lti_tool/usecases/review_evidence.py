"""review_evidence: a reviewer looks at what was handed in and decides; that is a fact of the learner's record."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evidence import Evidence
from lti_tool.domain.identity import Actor, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.ledger import Deed
from lti_tool.domain.marks import Marks, marks_to_json
from lti_tool.domain.nomination import Nomination, NominationState, pieces
from lti_tool.usecases import work
from lti_tool.usecases.decide_award import check_can_be_awarded
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.nominate import piece_of
from lti_tool.usecases.ports import Clock, NominationStep, Transactions, UnitOfWork

# As the ledger says it.
_DEEDS = {
    NominationState.APPROVED: "evidence_approved",
    NominationState.MORE: "evidence_more",
    NominationState.DECLINED: "evidence_declined",
}


@dataclass(frozen=True, slots=True)
class Review:
    """A nomination with what a reviewer has to see. `leaf` None: the rule asks for this no longer."""

    nomination: Nomination
    achievement: Achievement
    leaf: Requirement | None
    person: Person
    nominated_by: Person | None
    steps: list[NominationStep]


class ReviewEvidence:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def queue(self, course_id: str) -> list[Review]:
        """All of the course, the one that was handed in first before the others; without their steps."""
        with self._transactions(write=False) as unit:
            return [_review(unit, one) for one in unit.nominations.of_course(course_id)]

    def one(self, course_id: str, nomination_id: str) -> Review:
        """Raises `review.unknown`."""
        with self._transactions(write=False) as unit:
            nomination = _of_course(unit, course_id, nomination_id)
            return _review(unit, nomination, unit.nominations.steps(nomination_id))

    def decide(
        self,
        course_id: str,
        nomination_id: str,
        reviewer: Actor,
        state: NominationState,
        words: str,
        marks: Marks,
    ) -> Nomination:
        """Approves, declines or asks for more, and has the learner weighed anew.

        Raises `review.*`, and `authz.*` where the person can be awarded nothing, or is the reviewer herself.
        """
        with self._transactions() as unit:
            unit.people.lock(course_id, _of_course(unit, course_id, nomination_id).person_id)
            nomination = _of_course(unit, course_id, nomination_id)
            achievement = achievement_of_course(unit, course_id, nomination.achievement_id)
            leaf = piece_of(achievement, nomination.piece)
            decided = nomination.decided(state, leaf, reviewer, words, marks, self._clock.now())
            if state is NominationState.APPROVED:
                _check_enrolled(unit, decided, reviewer)
            _settle(unit, decided, leaf, achievement.version)
            unit.commit()
        return decided


def _settle(unit: UnitOfWork, decided: Nomination, leaf: Requirement, version: int) -> None:
    assert decided.reviewer is not None
    assert decided.decided_at is not None
    unit.nominations.save(decided)
    said = Evidence(decided.words)
    step = NominationStep(decided.decided_at, decided.reviewer, decided.state.value, said, decided.marks)
    unit.nominations.note(decided.id, step)
    unit.ledger.note(
        Deed(
            course_id=decided.course_id,
            at=decided.decided_at,
            actor=decided.reviewer,
            action=_DEEDS[decided.state],
            achievement_id=decided.achievement_id,
            version=version,
            person_id=decided.person_id,
            details={
                "reason": decided.words,
                "piece": decided.piece,
                "points": marks_to_json(decided.marks),
            },
        )
    )
    statement = decided.statement(decided.course_id, leaf, decided.decided_at)
    if statement is None:
        return
    if unit.records.merge(decided.course_id, decided.person_id, [Fact.of(statement, decided.decided_at)]):
        work.evaluate_learner(unit, decided.course_id, decided.person_id)


def _check_enrolled(unit: UnitOfWork, nomination: Nomination, reviewer: Actor) -> None:
    enrolment = unit.people.enrolment(nomination.course_id, nomination.person_id)
    if enrolment is None:
        raise NotFound("person.unknown", "There is no such person in this course.")
    check_can_be_awarded(enrolment, reviewer.id)


def _of_course(unit: UnitOfWork, course_id: str, nomination_id: str) -> Nomination:
    found = unit.nominations.get(course_id, nomination_id)
    if found is None:
        raise NotFound("review.unknown", "Nothing of this kind was handed in here.")
    return found


def _review(unit: UnitOfWork, nomination: Nomination, steps: list[NominationStep] | None = None) -> Review:
    achievement = achievement_of_course(unit, nomination.course_id, nomination.achievement_id)
    person = unit.people.get(nomination.person_id)
    assert person is not None, "whoever hands something in is known"
    return Review(
        nomination,
        achievement,
        pieces(achievement.criteria).get(nomination.piece),
        person,
        unit.people.get(nomination.nominated_by),
        steps or [],
    )
