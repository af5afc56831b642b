"""What a course consists of: assignments with their points, and modules with their items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.domain import canvas_ids
from lti_tool.domain.platform import Activity
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.rows import Id, Number, Row, Time, read_rows
from lti_tool.sources.values import title

NOT_GRADED = "not_graded"
_HEADING = "SubHeader"


class _Topic(Row):
    id: Id


class Assignment(Row):
    """`points_possible` None or 0: graded by words alone, or not at all."""

    id: Id
    name: str | None = None
    points_possible: Number | None = None
    grading_type: str | None = None
    html_url: str | None = None
    published: bool = True
    quiz_id: Id | None = None
    discussion_topic: _Topic | None = None

    @property
    def target(self) -> str:
        return canvas_ids.assignment_target(self.id)

    @property
    def maximum(self) -> float | None:
        return self.points_possible if self.points_possible and self.points_possible > 0 else None


class _Group(Row):
    id: Id
    assignments: list[Any] | None = None


class _Requirement(Row):
    completed: bool | None = None


class Item(Row):
    """A line of a module. `completion_requirement` None: nothing has to be done with it."""

    id: Id
    title: str | None = None
    type: str = ""
    content_id: Id | None = None
    html_url: str | None = None
    published: bool = True
    completion_requirement: _Requirement | None = None


class Module(Row):
    """`state` and `completed_at` are there only where a learner was asked about; `items` not where there are many."""

    id: Id
    name: str | None = None
    published: bool = True
    state: str | None = None
    completed_at: Time | None = None
    items_count: int = 0
    items: list[Item] | None = None

    @property
    def target(self) -> str:
        return canvas_ids.module_target(self.id)

    @property
    def can_be_completed(self) -> bool:
        """A module without requirements is complete for everybody who looks at it, which is no achievement."""
        return self.items is None or any(item.completion_requirement for item in self.items)


@dataclass(frozen=True, slots=True)
class Structure:
    """`assignments` by Canvas's number; `behind` names what is behind a module's item, by its type and content."""

    assignments: Mapping[int, Assignment]
    modules: Sequence[Module]
    behind: Mapping[tuple[str, int], str]

    @classmethod
    def of(cls, assignments: Mapping[int, Assignment], modules: Sequence[Module]) -> Structure:
        """A quiz or a discussion that is graded is known by its assignment."""
        behind: dict[tuple[str, int], str] = {}
        for one in assignments.values():
            behind["Assignment", one.id] = one.target
            if one.quiz_id is not None:
                behind["Quiz", one.quiz_id] = one.target
            if one.discussion_topic is not None:
                behind["Discussion", one.discussion_topic.id] = one.target
        return cls(assignments, modules, behind)

    def target_of(self, item: Item) -> str:
        known = self.behind.get((item.type, item.content_id)) if item.content_id is not None else None
        return known or canvas_ids.module_item_target(item.id)

    def activities(self) -> list[Activity]:
        """Modules with what is in them, then the assignments of no module, each once. What is not published is there,
        and hidden from learners."""
        found: dict[str, Activity] = {}
        by_target = {assignment.target: assignment for assignment in self.assignments.values()}
        for module in self.modules:
            for activity in self._of_module(module, by_target):
                found.setdefault(activity.id, activity)
        for assignment in by_target.values():
            name = title(assignment.name) or assignment.target
            address = _address(assignment.html_url)
            found.setdefault(
                assignment.target,
                Activity(assignment.target, "item", name, assignment.maximum, None, address, not assignment.published),
            )
        return list(found.values())

    def _of_module(self, module: Module, by_target: Mapping[str, Assignment]) -> Iterator[Activity]:
        if module.can_be_completed:
            name = title(module.name) or module.target
            yield Activity(module.target, "module", name, hidden=not module.published)
        for item in module.items or ():
            target = self.target_of(item)
            assignment = by_target.get(target)
            if item.type != _HEADING and (assignment or item.completion_requirement):
                maximum = assignment.maximum if assignment else None
                name = title(item.title) or target
                shown = module.published and item.published and (assignment is None or assignment.published)
                yield Activity(target, "item", name, maximum, module.target, _address(item.html_url), not shown)


def read_assignments(groups: Iterable[Any]) -> dict[int, Assignment]:
    """Of the assignment groups. Raises `canvas.includes_off` where Canvas left out what was asked for."""
    read = read_rows(_Group, groups)
    if any(group.assignments is None for group in read):
        raise errors.includes_off()
    rows = [row for group in read for row in group.assignments or ()]
    found = read_rows(Assignment, rows)
    return {one.id: one for one in found if one.grading_type != NOT_GRADED}


def read_modules(rows: Iterable[Any]) -> list[Module]:
    return read_rows(Module, rows)


def _address(url: str | None) -> str:
    usable = url and url.startswith(("https://", "http://")) and url.isprintable() and len(url) <= 2000
    return url if url and usable else ""
