"""badges_elsewhere: badges of other courses that a rule can build on, as the editor offers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.identity import Course
from lti_tool.usecases.copy_course import course_known, is_beside, teaches
from lti_tool.usecases.names import other_badge
from lti_tool.usecases.ports import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class BadgeElsewhere:
    """`course` is the title of the course that awards it, "" where it has none."""

    id: str
    name: str
    course: str


class BadgesElsewhere:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def offered(self, course_id: str, person_id: str) -> list[BadgeElsewhere]:
        """The live badges of her other courses on the same platform: she knows them, and their learners are the same
        people there. Raises `course.unknown`."""
        with self._transactions(write=False) as unit:
            course = course_known(unit, course_id)
            return [
                _shown(unit, badge)
                for other in unit.courses.of_person(person_id)
                if other.id != course_id and is_beside(other, course) and teaches(unit, other.id, person_id)
                for badge in unit.achievements.of_course(other.id)
                if badge.state is AchievementState.PUBLISHED
            ]

    def named(self, course_id: str, achievement_ids: Iterable[str]) -> list[BadgeElsewhere]:
        """Of these those that are badges of other courses whose awards are seen here: of the same platform, live or
        not. Whoever knows the id of one may build on it: published badges are public."""
        with self._transactions(write=False) as unit:
            course = course_known(unit, course_id)
            found = [other_badge(unit, course_id, one) for one in achievement_ids]
            return [_shown(unit, badge) for badge in found if badge is not None and _counts_here(unit, badge, course)]


def _counts_here(unit: UnitOfWork, badge: Achievement, course: Course) -> bool:
    there = unit.courses.get(badge.course_id)
    is_public = badge.state is not AchievementState.DRAFT
    return there is not None and there.id != course.id and is_beside(there, course) and is_public


def _shown(unit: UnitOfWork, badge: Achievement) -> BadgeElsewhere:
    there = unit.courses.get(badge.course_id)
    return BadgeElsewhere(badge.id, badge.name, there.title if there else "")
