"""What follows from a grade or a completion: pure rules, no data store, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.sandbox.course import ACTIVITIES, MODULES


@dataclass(frozen=True)
class Progress:
    """Where one learner stands: points by activity, and the activities that are complete."""

    scores: Mapping[str, float] = field(default_factory=dict)
    completed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Happening:
    """One thing to tell: `target` is an activity or module id, "" for the course as a whole."""

    type: str
    target: str
    given: float | None = None
    maximum: float | None = None
    completed: bool | None = None


EVENT_TYPES = ("item.scored", "item.completed", "module.completed", "course.graded")


def completed_modules(completed: frozenset[str]) -> frozenset[str]:
    """The modules whose every activity is complete."""
    return frozenset(module.id for module in MODULES if all(activity.id in completed for activity in module.activities))


def course_total(scores: Mapping[str, float]) -> tuple[float, float] | None:
    """(given, maximum) over what has been graded so far, None before the first grade.

    An empty grade does not count as zero, as is the default of the common LMSs.
    """
    if not scores:
        return None
    return sum(scores.values()), sum(ACTIVITIES[each].maximum or 0 for each in scores)


def happenings(before: Progress, after: Progress, graded: str | None = None) -> list[Happening]:
    """What to tell about the step from `before` to `after`; `graded` is the activity whose grade was set."""
    told: list[Happening] = []
    if graded is not None:
        told.append(Happening("item.scored", graded, after.scores.get(graded), ACTIVITIES[graded].maximum))
    for activity_id in ACTIVITIES:
        if (activity_id in before.completed) != (activity_id in after.completed):
            told.append(Happening("item.completed", activity_id, completed=activity_id in after.completed))
    was, now = completed_modules(before.completed), completed_modules(after.completed)
    told += [
        Happening("module.completed", module.id, completed=module.id in now)
        for module in MODULES
        if (module.id in was) != (module.id in now)
    ]
    if graded is not None:
        given, maximum = course_total(after.scores) or (None, None)
        told.append(Happening("course.graded", "", given, maximum))
    return told
