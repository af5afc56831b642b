"""What a learner sees: the badges she has, and for the others each criterion with what was seen and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import Award
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import Reason, evaluate, steps
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.nomination import Nomination, pieces
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import (
    CourseReading,
    HistoryEntry,
    PublicPage,
    StoredCredential,
    Transactions,
    WalletOffer,
)


@dataclass(frozen=True, slots=True)
class EarnedBadge:
    achievement: Achievement
    award: Award


@dataclass(frozen=True, slots=True)
class Piece:
    """What a rule asks reviewers to approve of her, and how that stands; `nomination` None: nothing was handed in."""

    leaf: Requirement
    nomination: Nomination | None


@dataclass(frozen=True, slots=True)
class OpenBadge:
    """A published badge not earned yet. `pieces` are those of it that a reviewer has to approve."""

    achievement: Achievement
    sentence: str
    reason: Reason
    pieces: tuple[Piece, ...] = ()

    @property
    def leaf_count(self) -> int:
        return sum(1 for _ in self.reason.leaves())

    @property
    def met_count(self) -> int:
        return sum(leaf.outcome.value == "met" for leaf in self.reason.leaves())


@dataclass(frozen=True, slots=True)
class MyBadges:
    course: Course
    person: Person
    eligible: bool
    earned: list[EarnedBadge]
    open: list[OpenBadge]
    names: CourseNames
    reading: CourseReading


@dataclass(frozen=True, slots=True)
class MyBadge:
    """One earned badge with where it is. `credential` None while it is being written."""

    course: Course
    person: Person
    achievement: Achievement
    award: Award
    sentence: str
    credential: StoredCredential | None
    public_page: PublicPage | None
    offer: WalletOffer | None
    history: list[HistoryEntry]


class LearnerBadges:
    """Read models of one person in one course; another person's award is NotFound."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, course_id: str, person_id: str) -> MyBadges:
        with self._transactions(write=False) as unit:
            course, person = unit.courses.get(course_id), unit.people.get(person_id)
            assert course is not None, "a session names a course and a person that exist"
            assert person is not None, "a session names a course and a person that exist"
            names = CourseNames.load(unit, course_id)
            record = unit.records.get(course_id, person_id)
            awards = {award.achievement_id: award for award in unit.awards.of_person(course_id, person_id)}
            handed_in = unit.nominations.of_person(course_id, person_id)
            earned, still_open = [], []
            for badge in unit.achievements.of_course(course_id):
                award = awards.get(badge.id)
                if award is not None:
                    judged_by = unit.achievements.version(badge.id, award.achievement_version)
                    earned.append(EarnedBadge(judged_by or badge, award))
                elif badge.state is AchievementState.PUBLISHED and badge.criteria is not None:
                    reason = evaluate(badge.criteria, record, badge.id)
                    sentence = criteria_sentence(badge.criteria, names)
                    still_open.append(OpenBadge(badge, sentence, reason, _pieces(badge, handed_in)))
            return MyBadges(
                course=course,
                person=person,
                eligible=is_eligible(unit.people.enrolment(course_id, person_id)),
                earned=sorted(earned, key=lambda one: one.award.decided_at, reverse=True),
                open=sorted(still_open, key=lambda one: (steps(one.reason), one.achievement.name)),
                names=names,
                reading=unit.courses.reading(course_id),
            )

    def one(self, course_id: str, person_id: str, award_id: str) -> MyBadge:
        with self._transactions(write=False) as unit:
            course, person = unit.courses.get(course_id), unit.people.get(person_id)
            award = unit.awards.get(award_id)
            if award is None or (award.course_id, award.person_id) != (course_id, person_id):
                raise NotFound("award.unknown", "You have no such badge in this course.")
            badge = unit.achievements.version(award.achievement_id, award.achievement_version)
            assert course is not None
            assert person is not None
            assert badge is not None
            names = CourseNames.load(unit, course_id)
            credential = unit.credentials.get(award_id)
            return MyBadge(
                course=course,
                person=person,
                achievement=badge,
                award=award,
                sentence=criteria_sentence(badge.criteria, names) if badge.criteria else "",
                credential=credential if credential and credential.document else None,
                public_page=unit.public_pages.of_award(award_id),
                offer=unit.wallet_offers.latest_of_award(award_id),
                history=unit.awards.history(award_id),
            )


def _pieces(badge: Achievement, handed_in: Sequence[Nomination]) -> tuple[Piece, ...]:
    held = {one.piece: one for one in handed_in if one.achievement_id == badge.id}
    return tuple(Piece(leaf, held.get(name)) for name, leaf in pieces(badge.criteria).items())
