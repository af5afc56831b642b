"""core_course_get_contents: the names and sections of a course, and where completion is tracked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import Field, ValidationError

from lti_tool.domain.platform import Activity
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.errors import unexpected


class CourseModule(statements.Row):
    """An activity. `completion` is 0 (not tracked), 1 (the learner ticks it) or 2 (by conditions)."""

    id: int
    name: str = ""
    url: str | None = None
    visible: int = 1
    completion: int = 0


class Section(statements.Row):
    """A section of the course, which is what criteria call a module."""

    id: int
    name: str = ""
    section: int = 0
    modules: list[CourseModule] = Field(default_factory=list)

    @property
    def target(self) -> str:
        return statements.module_target(self.id)

    @property
    def title(self) -> str:
        return statements.plain(self.name) or f"Section {self.section}"


def read_sections(payload: Any) -> list[Section]:
    """The sections in their order; raises `moodle.unexpected`."""
    if not isinstance(payload, list):
        raise unexpected()
    try:
        return [Section.model_validate(section) for section in payload]
    except ValidationError:
        raise unexpected() from None


def tracked_modules(payload: Any) -> dict[str, list[int]]:
    """Ids of the activities that make up each section, by the section's id.

    Hidden activities are left out: no learner can complete them. A section without a tracked activity has none.
    """
    tracked = {
        section.target: [module.id for module in section.modules if module.completion and module.visible]
        for section in read_sections(payload)
    }
    return {target: ids for target, ids in tracked.items() if ids}


def parse_contents(payload: Any) -> list[Activity]:
    """Sections with tracked activities, and all activities, in the order of the course. Maxima are not known here."""
    tracked = tracked_modules(payload)
    found: list[Activity] = []
    for section in read_sections(payload):
        if section.target in tracked:
            found.append(Activity(section.target, "module", section.title))
        for module in section.modules:
            name = statements.plain(module.name) or str(module.id)
            address = _address(module.url)
            found.append(Activity(str(module.id), "item", name, None, section.target, address, not module.visible))
    return found


def course_activities(payload: Any, graded: Iterable[Activity]) -> list[Activity]:
    """What criteria can name: sections and activities that are tracked or graded, with the maxima of `graded`."""
    by_id = {activity.id: activity for activity in graded}
    completable = {
        str(module.id) for section in read_sections(payload) for module in section.modules if module.completion
    }
    listed = [
        replace(activity, maximum=by_id[activity.id].maximum) if activity.id in by_id else activity
        for activity in parse_contents(payload)
        if activity.kind == "module" or activity.id in by_id or activity.id in completable
    ]
    known = {activity.id for activity in listed if activity.kind == "item"}
    return listed + [activity for activity in by_id.values() if activity.id not in known]


def _address(url: str | None) -> str:
    usable = url and url.startswith(("https://", "http://")) and url.isprintable() and len(url) <= 2000
    return url if url and usable else ""
