"""What an instructor sees: the badges of her course, who has them, who is near, what waits for her."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.answerable import answerable
from lti_tool.domain.award import Award, AwardState, Flag, latest_of
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.confidence import Ages
from lti_tool.domain.drift import Drift
from lti_tool.domain.evaluation import Outcome, Reason, evaluate, steps
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.nomination import Nomination, NominationState, pieces
from lti_tool.domain.platform import Activity, Registration
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.mend_drift import drift_of_course
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Clock, CourseReading, Delivery, HistoryEntry, Transactions, UnitOfWork
from lti_tool.usecases.source_ages import ages_of
from lti_tool.usecases.view_freshness import CourseFreshness, freshness_of


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner under one badge. `award` None: not earned; `reason` weighs the current version."""

    person: Person
    reason: Reason | None
    award: Award | None
    deliveries: tuple[Delivery, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    is_expired: bool = False
    handed_in: tuple[Nomination, ...] = ()


@dataclass(frozen=True, slots=True)
class BadgeCard:
    """A badge on the course page. Counts are of people. `has_column`: the gradebook has one for it already."""

    achievement: Achievement
    sentence: str
    earned: int
    one_step: int
    started: int
    flagged: int
    has_column: bool = False


@dataclass(frozen=True, slots=True)
class CoursePage:
    course: Course
    registration: Registration
    reading: CourseReading
    cards: list[BadgeCard]
    flagged: list[tuple[Achievement, Person, Award]]
    activities: list[Activity]
    learner_count: int
    told: frozenset[FactKind]
    freshness: CourseFreshness
    to_review: int = 0
    drifts: dict[str, list[Drift]] = field(default_factory=dict)
    waiting: list[tuple[Achievement, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A mass award: how many it is about, and the names of those who wait."""

    batch: AwardBatch
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadgePage:
    course: Course
    achievement: Achievement
    sentence: str
    rows: list[LearnerRow]
    names: CourseNames
    reading: CourseReading
    batches: list[BatchRow] = field(default_factory=list)
    ages: Ages = field(default_factory=dict)

    @property
    def flagged(self) -> list[LearnerRow]:
        return [row for row in self.rows if row.award is not None and row.award.flag is Flag.REGRADED]


class CourseBadges:
    """Read models; they change nothing. Another course's ids give NotFound."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def course(self, course_id: str) -> CoursePage:
        with self._transactions(write=False) as unit:
            course = _course(unit, course_id)
            registration = unit.registrations.get(course.registration_id)
            assert registration is not None
            names = CourseNames.load(unit, course_id)
            learners = [person for person, enrolment in unit.people.enrolled(course_id) if is_eligible(enrolment)]
            records = unit.records.of_course(course_id)
            awards = _latest(unit.awards.of_course(course_id))
            achievements = {badge.id: badge for badge in unit.achievements.of_course(course_id)}
            people = {person.id: person for person, _ in unit.people.enrolled(course_id)}
            cards = [
                replace(
                    _card(badge, learners, records, [a for a in awards if a.achievement_id == badge.id], names),
                    has_column=unit.deliveries.column(badge.id) is not None,
                )
                for badge in achievements.values()
            ]
            flagged = [
                (achievements[award.achievement_id], people[award.person_id], award)
                for award in awards
                if award.flag is Flag.REGRADED and award.person_id in people
            ]
            activities = unit.courses.activities(course_id)
            return CoursePage(
                course,
                registration,
                unit.courses.reading(course_id),
                cards,
                flagged,
                [one for one in activities if not one.is_gone],
                len(learners),
                _told(unit, registration, course_id),
                freshness_of(unit, course),
                sum(one.state is NominationState.WAITING for one in unit.nominations.of_course(course_id)),
                drift_of_course(unit, course_id, activities),
                [
                    (achievements[batch.achievement_id], len(batch.people))
                    for batch in unit.award_batches.of_course(course_id)
                    if batch.state is BatchState.WAITING
                ],
            )

    def badge(self, course_id: str, achievement_id: str) -> BadgePage:
        with self._transactions(write=False) as unit:
            course = _course(unit, course_id)
            achievement = achievement_of_course(unit, course_id, achievement_id)
            names = CourseNames.load(unit, course_id)
            records = unit.records.of_course(course_id)
            awards = {award.person_id: award for award in _latest(unit.awards.of_achievement(achievement_id))}
            handed_in = _handed_in(unit, achievement)
            rows = [
                replace(
                    self._row(unit, achievement, person, records, awards.get(person.id)),
                    handed_in=tuple(handed_in.get(person.id, ())),
                )
                for person, enrolment in unit.people.enrolled(course_id)
                if is_eligible(enrolment) or person.id in awards
            ]
            sentence = criteria_sentence(achievement.criteria, names) if achievement.criteria else ""
            reading, batches = unit.courses.reading(course_id), _batches(unit, achievement, rows)
            return BadgePage(course, achievement, sentence, rows, names, reading, batches, ages_of(unit, course))

    def _row(
        self,
        unit: UnitOfWork,
        achievement: Achievement,
        person: Person,
        records: dict[str, LearnerRecord],
        award: Award | None,
    ) -> LearnerRow:
        record = records.get(person.id, LearnerRecord({}))
        record = record.since(achievement.counts_from)
        reason = evaluate(achievement.criteria, record, achievement.id) if achievement.criteria else None
        if award is None:
            return LearnerRow(person, reason, None)
        deliveries = tuple(unit.deliveries.of_award(award.id))
        history, is_expired = tuple(unit.awards.history(award.id)), award.is_expired(self._clock.now())
        return LearnerRow(person, reason, award, deliveries, history, is_expired)


def _handed_in(unit: UnitOfWork, achievement: Achievement) -> dict[str, list[Nomination]]:
    """By the learner."""
    found: dict[str, list[Nomination]] = {}
    for one in unit.nominations.of_course(achievement.course_id) if pieces(achievement.criteria) else ():
        if one.achievement_id == achievement.id:
            found.setdefault(one.person_id, []).append(one)
    return found


def _told(unit: UnitOfWork, registration: Registration, course_id: str) -> frozenset[FactKind]:
    held = unit.source_credentials.of_registration(registration.id)
    senders = {one.source for one in held if one.retired_at is None}
    grant = unit.api_grants.get(registration.id)
    senders |= {"canvas_rest"} if grant is not None and grant.is_open else set()
    return answerable(registration, senders, uploaded=bool(unit.upload_columns.get(course_id)))


def _batches(unit: UnitOfWork, achievement: Achievement, rows: list[LearnerRow]) -> list[BatchRow]:
    names = {row.person.id: row.person.name or "Unnamed learner" for row in rows}
    found = []
    for batch in unit.award_batches.of_course(achievement.course_id):
        if batch.achievement_id == achievement.id:
            who = sorted((names[one] for one in batch.people if one in names), key=str.casefold)
            count = len(who) if batch.state is BatchState.WAITING else unit.awards.count_of_batch(batch.id)
            found.append(BatchRow(batch, count, tuple(who)))
    return found


def _latest(awards: list[Award]) -> list[Award]:
    """Of each person and badge that of the last period."""
    by_person: dict[str, list[Award]] = {}
    for award in awards:
        by_person.setdefault(award.person_id, []).append(award)
    return [award for hers in by_person.values() for award in latest_of(hers).values()]


def _course(unit: UnitOfWork, course_id: str) -> Course:
    course = unit.courses.get(course_id)
    assert course is not None, "a session names a course that exists"
    return course


def _card(
    achievement: Achievement,
    learners: list[Person],
    records: dict[str, LearnerRecord],
    awards: list[Award],
    names: CourseNames,
) -> BadgeCard:
    holders = {award.person_id for award in awards if award.state is not AwardState.REVOKED}
    seen = {award.person_id for award in awards}
    sentence = criteria_sentence(achievement.criteria, names) if achievement.criteria else ""
    reasons = (
        [
            evaluate(achievement.criteria, records[person.id].since(achievement.counts_from), achievement.id)
            for person in learners
            if person.id in records and person.id not in seen
        ]
        if achievement.criteria
        else []
    )
    one_step = sum(steps(reason) == 1 for reason in reasons)
    started = sum(any(leaf.outcome is Outcome.MET for leaf in reason.leaves()) for reason in reasons)
    flagged = sum(award.flag is Flag.REGRADED for award in awards)
    return BadgeCard(achievement, sentence, len(holders), one_step, started, flagged)
