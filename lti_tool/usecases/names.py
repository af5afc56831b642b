"""Human names for what criteria name."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class CourseNames:
    """Names, maxima and links of a course's activities and badges, loaded once."""

    activities: dict[tuple[str, str], Activity]
    badges: dict[str, str]

    @classmethod
    def load(cls, unit: UnitOfWork, course_id: str) -> CourseNames:
        activities = {(found.kind, found.id): found for found in unit.courses.activities(course_id)}
        badges = {badge.id: badge.name for badge in unit.achievements.of_course(course_id)}
        return cls(activities, badges)

    def activity(self, kind: FactKind, target: str) -> Activity | None:
        return self.activities.get(("module" if kind is FactKind.MODULE_COMPLETION else "item", target))

    def __call__(self, kind: FactKind, target: str) -> str:
        """The name of a target, or a plain word where the LMS no longer knows it."""
        if kind is FactKind.BADGE_HELD:
            return self.badges.get(target, "a badge that was deleted")
        found = self.activity(kind, target)
        if found is not None and found.title:
            return found.title
        return "a deleted module" if kind is FactKind.MODULE_COMPLETION else "a deleted activity"
