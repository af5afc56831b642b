"""What a card of one badge shows its learner: whether she has it, what it takes, what was seen and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import Award, latest_of
from lti_tool.domain.confidence import Ages
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import Reason, evaluate
from lti_tool.domain.identity import Course
from lti_tool.domain.nomination import Nomination
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.ask_reading import reading_for
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Clock, CourseReading, Transactions, UnitOfWork
from lti_tool.usecases.source_ages import ages_of


@dataclass(frozen=True, slots=True)
class LearnerCard:
    """`achievement` is the version that was earned, or today's; `award` None: not earned. `reason` weighs it."""

    course: Course
    achievement: Achievement
    award: Award | None
    sentence: str
    reason: Reason
    eligible: bool
    names: CourseNames
    reading: CourseReading
    ages: Ages = field(default_factory=dict)
    is_expired: bool = False
    handed_in: tuple[Nomination, ...] = ()


class ReadLearnerCard:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, course_id: str, person_id: str, achievement_id: str) -> LearnerCard:
        """Raises `achievement.unknown` for another course's badge, and for one that nobody has published."""
        with self._transactions(write=False) as unit:
            course = unit.courses.get(course_id)
            assert course is not None, "a session names a course that exists"
            badge = achievement_of_course(unit, course_id, achievement_id)
            award = latest_of(unit.awards.of_person(course_id, person_id)).get(achievement_id)
            earned = unit.achievements.version(badge.id, award.achievement_version) if award else None
            shown = earned or badge
            if shown.criteria is None or (award is None and badge.state is AchievementState.DRAFT):
                raise NotFound("achievement.unknown", "There is no such badge in this course.")
            names = CourseNames.load(unit, course_id)
            since = award.counts_from if award else badge.counts_from
            record = unit.records.get(course_id, person_id)
            return LearnerCard(
                course=course,
                achievement=shown,
                award=award,
                sentence=criteria_sentence(shown.criteria, names),
                reason=evaluate(shown.criteria, record.since(since), badge.id),
                eligible=is_eligible(unit.people.enrolment(course_id, person_id)),
                names=names,
                ages=ages_of(unit, course),
                reading=reading_for(unit, course_id, person_id, self._clock.now()),
                is_expired=award is not None and award.is_expired(self._clock.now()),
                handed_in=_handed_in(unit, course_id, person_id, achievement_id),
            )


def _handed_in(unit: UnitOfWork, course_id: str, person_id: str, achievement_id: str) -> tuple[Nomination, ...]:
    found = unit.nominations.of_person(course_id, person_id)
    return tuple(one for one in found if one.achievement_id == achievement_id)
