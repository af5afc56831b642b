"""From a tree to its JSON form: what is as usual is left out, so that the same tree is always the same text."""

from __future__ import annotations

from typing import Any

from lti_tool.domain.criteria.leaf_types import type_of
from lti_tool.domain.criteria.parts import Skill, Window
from lti_tool.domain.criteria.rubric import RubricLevel, RubricRow
from lti_tool.domain.criteria.tree import Criteria, Group, Requirement


def to_json(criteria: Criteria) -> dict[str, Any]:
    """Inverse of `parse`."""
    if isinstance(criteria, Group):
        value: dict[str, Any] = {"type": criteria.joiner, "parts": [to_json(part) for part in criteria.parts]}
        value |= {"count": criteria.count} if criteria.joiner == "at_least" else {}
        value |= {"total": criteria.total} if criteria.joiner == "credits" else {}
        return value | _of_any_part(criteria)
    leaf = type_of(criteria)
    value = {"type": leaf.name}
    if leaf.target:
        value[leaf.target] = criteria.target
    if criteria.minimum is not None:
        value["minimum"] = criteria.minimum
        value |= {"unit": criteria.unit} if "unit" in leaf.asks else {}
    value |= _unusual(criteria)
    if criteria.skill is not None:
        value["skill"] = _skill(criteria.skill)
    return value | _of_any_part(criteria)


def _unusual(leaf: Requirement) -> dict[str, Any]:
    value: dict[str, Any] = {}
    if leaf.letter:
        value |= {"letter": leaf.letter, "scale": list(leaf.scale)}
    value |= {"take": leaf.take} if leaf.take != "grade" else {}
    value |= {"grade": leaf.grade} if leaf.grade else {}
    value |= {} if leaf.overrides else {"overrides": False}
    value |= {"on_time": True} if leaf.on_time else {}
    value |= {"items": list(leaf.items)} if leaf.items else {}
    value |= {"evidence": leaf.evidence} if leaf.evidence else {}
    if leaf.rubric:
        value["rubric"] = [_rubric_row(row) for row in leaf.rubric]
    return value


def _rubric_row(row: RubricRow) -> dict[str, Any]:
    value: dict[str, Any] = {"name": row.name, "points": row.points}
    value |= {"levels": [_level(level) for level in row.levels]} if row.levels else {}
    return value | ({"needs": row.needs} if row.needs else {})


def _level(level: RubricLevel) -> dict[str, Any]:
    value: dict[str, Any] = {"name": level.name, "points": level.points}
    return value | ({"description": level.description} if level.description else {})


def _of_any_part(part: Criteria) -> dict[str, Any]:
    value: dict[str, Any] = {"optional": True} if part.optional else {}
    value |= {"only_for": list(part.only_for)} if part.only_for else {}
    value |= {"credits": part.credits} if part.credits != 1.0 else {}
    value |= {"window": _window(part.window)} if part.window else {}
    return value


def _window(window: Window) -> dict[str, Any]:
    value: dict[str, Any] = {"from": window.start.isoformat()} if window.start else {}
    value |= {"until": window.end.isoformat()} if window.end else {}
    return value | ({"since": "enrolment"} if window.since_enrolment else {})


def _skill(skill: Skill) -> dict[str, str]:
    value = {"name": skill.name, "uri": skill.uri, "kind": skill.kind.value}
    value |= {"framework": skill.framework} if skill.framework else {}
    return value | ({"code": skill.code} if skill.code else {})
