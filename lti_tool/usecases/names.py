"""Human names for what criteria name."""

from __future__ import annotations

from dataclasses import dataclass, field

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.criteria import Criteria, requirements
from lti_tool.domain.drift import KIND_OF
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.usecases.ports import UnitOfWork

_GONE = {
    "item": "a deleted activity",
    "module": "a deleted module",
    "outcome": "a deleted outcome",
    "group": "a deleted group",
}


@dataclass(frozen=True, slots=True)
class CourseNames:
    """Names, maxima and links of a course's activities and badges, loaded once. `elsewhere`: names of badges of other
    courses that its badges ask for."""

    activities: dict[tuple[str, str], Activity]
    badges: dict[str, str]
    elsewhere: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, unit: UnitOfWork, course_id: str, also: Criteria | None = None) -> CourseNames:
        """`also`: a rule that is not stored yet, whose badges are to be named too."""
        activities = {(found.kind, found.id): found for found in unit.courses.activities(course_id)}
        stored = unit.achievements.of_course(course_id)
        badges = {badge.id: badge.name for badge in stored}
        asked = {
            leaf.target
            for tree in [also, *(badge.criteria for badge in stored)]
            for leaf in (requirements(tree) if tree is not None else ())
            if leaf.kind is FactKind.BADGE_HELD and leaf.target not in badges
        }
        others = [other_badge(unit, course_id, target) for target in sorted(asked)]
        return cls(activities, badges, {badge.id: badge.name for badge in others if badge is not None})

    def activity(self, kind: FactKind, target: str) -> Activity | None:
        return self.activities.get((KIND_OF.get(kind, "item"), target))

    def __call__(self, kind: FactKind, target: str) -> str:
        """The name of a target, or a plain word where the LMS no longer knows it."""
        if kind is FactKind.BADGE_HELD:
            known = self.badges.get(target) or self.elsewhere.get(target)
            return known or (target if is_address(target) else "a badge that was deleted")
        found = self.activity(kind, target)
        if found is not None and found.title:
            return found.title
        return _GONE.get(KIND_OF.get(kind, "item"), target)


def is_address(target: str) -> bool:
    """Whether a badge is named by the address of its achievement: it is then of another platform."""
    return target.startswith(("https://", "http://", "urn:"))


def other_badge(unit: UnitOfWork, course_id: str, achievement_id: str) -> Achievement | None:
    """A badge of another course of the same tenant; nobody learns of the badges of others."""
    badge = unit.achievements.latest(achievement_id)
    if badge is None or tenant_of(unit, badge.course_id) != tenant_of(unit, course_id):
        return None
    return badge


def tenant_of(unit: UnitOfWork, course_id: str) -> str | None:
    course = unit.courses.get(course_id)
    registration = unit.registrations.get(course.registration_id) if course else None
    return registration.tenant_id if registration else None
