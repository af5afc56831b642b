"""What reviewers gave by a rubric, as results of a credential (Open Badges 3.0: Result and ResultDescription).

The marks of an award are those of the decision that it rests on: whatever is decided later, its credential says what
was said then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lti_tool.domain.award import Award
from lti_tool.domain.credential import ResultLevel, ResultScale, ResultValue
from lti_tool.domain.criteria import Criteria, Requirement, RubricRow
from lti_tool.domain.identity import derived_id
from lti_tool.domain.marks import Marks
from lti_tool.domain.sentence import number
from lti_tool.usecases.ports import UnitOfWork

Met = tuple[Requirement, dict[str, Any]]
"""A requirement that was met, with what was seen."""


def scales_of(achievement_id: str, tree: Criteria) -> tuple[ResultScale, ...]:
    """One scale for the points of each rubric together and one for each row of it; none below a “not”."""
    scales = [scale for leaf in _with_rubric(tree) for scale in _scales(achievement_id, leaf)]
    return tuple({scale.id: scale for scale in scales}.values())


def results_of(unit: UnitOfWork, award: Award, met: Iterable[Met]) -> tuple[ResultValue, ...]:
    results: dict[str, ResultValue] = {}
    for leaf, seen in met:
        if leaf.rubric:
            marks = marks_then(unit, award, leaf, seen)
            results |= {result.scale_id: result for result in _results(award.achievement_id, leaf, marks)}
    return tuple(results.values())


def _with_rubric(tree: Criteria) -> Iterator[Requirement]:
    if isinstance(tree, Requirement):
        if tree.rubric:
            yield tree
    elif tree.joiner != "not":
        for part in tree.parts:
            yield from _with_rubric(part)


def _scales(achievement_id: str, leaf: Requirement) -> Iterator[ResultScale]:
    most, least = sum(row.points for row in leaf.rubric), number(leaf.minimum) if leaf.minimum is not None else ""
    yield ResultScale(_id(achievement_id, leaf), leaf.evidence, "RubricScore", "0", number(most), least)
    for row in leaf.rubric:
        where, name = _id(achievement_id, leaf, row), f"{leaf.evidence}: {row.name}"
        if not row.levels:
            yield ResultScale(where, name, "RubricCriterion", "0", number(row.points))
            continue
        levels = tuple(
            ResultLevel(_id(achievement_id, leaf, row, one.name), one.name, number(one.points), one.description)
            for one in row.levels
        )
        needed = _id(achievement_id, leaf, row, row.needs) if row.needs else ""
        yield ResultScale(where, name, "RubricCriterionLevel", levels=levels, required_level=needed)


def _results(achievement_id: str, leaf: Requirement, marks: Marks) -> Iterator[ResultValue]:
    known = [(row, marks[row.name]) for row in leaf.rubric if row.name in marks]
    if not known:
        return
    yield ResultValue(number(sum(mark.points for _, mark in known)), _id(achievement_id, leaf))
    for row, mark in known:
        level = _id(achievement_id, leaf, row, mark.level) if row.level(mark.level) else ""
        yield ResultValue(mark.level or number(mark.points), _id(achievement_id, leaf, row), level)


def marks_then(unit: UnitOfWork, award: Award, leaf: Requirement, seen: dict[str, Any]) -> Marks:
    """What the reviewer gave when she decided what was `seen`; empty for anything else."""
    if not leaf.rubric or "occurred_at" not in seen:
        return {}
    at = datetime.fromisoformat(seen["occurred_at"])
    nomination = unit.nominations.find(award.achievement_id, award.person_id, leaf.evidence)
    steps = unit.nominations.steps(nomination.id) if nomination else []
    return next((step.marks for step in steps if step.at == at and step.marks), {})


def _id(achievement_id: str, leaf: Requirement, row: RubricRow | None = None, level: str = "") -> str:
    """The same for every learner and every version, so that results can be compared."""
    return f"urn:uuid:{derived_id('rubric', achievement_id, leaf.evidence, row.name if row else '', level)}"
