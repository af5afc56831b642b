"""What a learner sees: the badges she has, and for the others each criterion with what was seen and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import Award, latest_of
from lti_tool.domain.confidence import Ages
from lti_tool.domain.criteria import Criteria, Requirement
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import Reason, evaluate, steps
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.nomination import Nomination, pieces
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.ask_reading import reading_for
from lti_tool.usecases.award_learner import renewal_rule
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import (
    Clock,
    CourseReading,
    HistoryEntry,
    LearnerNotice,
    PublicPage,
    StoredCredential,
    Transactions,
    UnitOfWork,
    WalletOffer,
)
from lti_tool.usecases.read_evidence import shown_with
from lti_tool.usecases.source_ages import ages_of


@dataclass(frozen=True, slots=True)
class EarnedBadge:
    achievement: Achievement
    award: Award
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """What a rule asks reviewers to approve of her, and how that stands; `nomination` None: nothing was handed in."""

    leaf: Requirement
    nomination: Nomination | None


@dataclass(frozen=True, slots=True)
class OpenBadge:
    """A published badge not earned yet; with `renews`, one whose time is over or nearly so. `pieces` are those of it
    that a reviewer has to approve."""

    achievement: Achievement
    sentence: str
    reason: Reason
    pieces: tuple[Piece, ...] = ()
    renews: bool = False

    @property
    def leaf_count(self) -> int:
        return sum(1 for _ in self.reason.leaves())

    @property
    def met_count(self) -> int:
        return sum(leaf.outcome.value == "met" for leaf in self.reason.leaves())


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that she has not seen, with the badge's name."""

    notice: LearnerNotice
    badge: str


@dataclass(frozen=True, slots=True)
class MyBadges:
    course: Course
    person: Person
    eligible: bool
    earned: list[EarnedBadge]
    open: list[OpenBadge]
    names: CourseNames
    reading: CourseReading
    notices: list[Told]
    ages: Ages = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MyBadge:
    """One earned badge with where it is. `credential` None while it is being written. `shown_with`: what she handed in
    for it and can show with it."""

    course: Course
    person: Person
    achievement: Achievement
    award: Award
    sentence: str
    credential: StoredCredential | None
    public_page: PublicPage | None
    offer: WalletOffer | None
    history: list[HistoryEntry]
    is_expired: bool = False
    shown_with: tuple[Nomination, ...] = ()


class LearnerBadges:
    """Read models of one person in one course; another person's award is NotFound."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def all(self, course_id: str, person_id: str) -> MyBadges:
        now = self._clock.now()
        with self._transactions(write=False) as unit:
            course, person = unit.courses.get(course_id), unit.people.get(person_id)
            assert course is not None, "a session names a course and a person that exist"
            assert person is not None, "a session names a course and a person that exist"
            names = CourseNames.load(unit, course_id)
            record = unit.records.get(course_id, person_id)
            awards = latest_of(unit.awards.of_person(course_id, person_id))
            handed_in = unit.nominations.of_person(course_id, person_id)
            earned, still_open = [], []
            for badge in unit.achievements.of_course(course_id):
                award = awards.get(badge.id)
                if award is not None:
                    judged_by = unit.achievements.version(badge.id, award.achievement_version)
                    earned.append(EarnedBadge(judged_by or badge, award, award.is_expired(now)))
                tree, since = _still_asked(badge, award, now)
                if tree is not None:
                    reason, sentence = evaluate(tree, record.since(since), badge.id), criteria_sentence(tree, names)
                    renews = award is not None and not award.may_be_earned_again
                    still_open.append(OpenBadge(badge, sentence, reason, _pieces(badge, handed_in), renews))
            return MyBadges(
                course=course,
                person=person,
                eligible=is_eligible(unit.people.enrolment(course_id, person_id)),
                earned=sorted(earned, key=lambda one: one.award.decided_at, reverse=True),
                open=sorted(still_open, key=lambda one: (steps(one.reason), one.achievement.name)),
                names=names,
                ages=ages_of(unit, course),
                reading=reading_for(unit, course_id, person_id, now),
                notices=[
                    Told(notice, _named(unit, course_id, notice.award_id))
                    for notice in unit.learner_notices.new(course_id, person_id)
                ],
            )

    def seen(self, course_id: str, person_id: str, notice_ids: Collection[int]) -> None:
        """She has read these notices."""
        with self._transactions() as unit:
            unit.learner_notices.seen(course_id, person_id, self._clock.now(), notice_ids)
            unit.commit()

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
                is_expired=award.is_expired(self._clock.now()),
                shown_with=tuple(shown_with(unit, award)),
            )


def _pieces(badge: Achievement, handed_in: Sequence[Nomination]) -> tuple[Piece, ...]:
    held = {one.piece: one for one in handed_in if one.achievement_id == badge.id}
    return tuple(Piece(leaf, held.get(name)) for name, leaf in pieces(badge.criteria).items())


def _still_asked(badge: Achievement, award: Award | None, now: datetime) -> tuple[Criteria | None, datetime | None]:
    """(rule, work from when on counts) of what she can still do for a badge; no rule where there is nothing to do."""
    if badge.state is not AchievementState.PUBLISHED:
        return None, None
    if award is None or award.may_be_earned_again:
        return badge.criteria, badge.counts_from
    opens = award.renews_from(badge.terms)
    return (renewal_rule(badge), award.renewed_by_work_from) if opens is not None and opens <= now else (None, None)


def _named(unit: UnitOfWork, course_id: str, award_id: str) -> str:
    award = unit.awards.get(award_id)
    badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
    return badge.name if badge else ""
