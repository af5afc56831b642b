"""The criteria tree: what a badge takes.

A tree is made of groups (all, any, at least n of m) over leaves. As JSON::

    {"type": "all", "parts": [
        {"type": "item_score", "item": "quiz-1", "minimum": 80, "unit": "percent"},
        {"type": "module_completed", "module": "module-1"}]}

Leaves: ``item_score`` (item, minimum, unit percent|points), ``item_completed`` (item), ``module_completed``
(module), ``course_grade`` (minimum, unit), ``badge_held`` (achievement), ``manual_approval``.
Groups: ``all``, ``any``, ``at_least`` (count); each with ``parts``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind

MAX_DEPTH = 6
MAX_PARTS = 50
HIGHEST_MINIMUM = 1_000_000
Unit = Literal["percent", "points"]
Joiner = Literal["all", "any", "at_least"]


def _invalid(message: str) -> BadgeToolError:
    return BadgeToolError("criteria.invalid", message, status=422)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A leaf: one thing to be known of a learner.

    `target` is an LMS activity or module id, or an achievement id (badge_held), or "" . `minimum` and `unit`
    are set for scores only.
    """

    kind: FactKind
    target: str = ""
    minimum: float | None = None
    unit: Unit = "percent"

    def __post_init__(self) -> None:
        scored = self.kind in (FactKind.ITEM_SCORE, FactKind.COURSE_GRADE)
        if scored != (self.minimum is not None):
            raise _invalid("A score needs a minimum, and nothing else has one.")
        if self.minimum is not None and not (math.isfinite(self.minimum) and 0 < self.minimum <= HIGHEST_MINIMUM):
            raise _invalid("The minimum must be more than 0.")
        if self.minimum is not None and self.unit == "percent" and self.minimum > 100:
            raise _invalid("Nobody can be asked for more than 100 %.")
        if (self.kind in TARGET_FIELD) != bool(self.target):
            raise _invalid("Choose the activity, module or badge that is meant.")


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by all, any, or at least `count` of them."""

    joiner: Joiner
    parts: tuple[Criteria, ...]
    count: int = 0

    def __post_init__(self) -> None:
        if not self.parts or len(self.parts) > MAX_PARTS:
            raise _invalid(f"A group needs between 1 and {MAX_PARTS} parts.")
        if self.joiner == "at_least" and not 1 <= self.count <= len(self.parts):
            raise _invalid(f"At least {self.count} of {len(self.parts)} cannot be met or asks for nothing.")

    @property
    def needed(self) -> int:
        """How many parts must be met."""
        return {"all": len(self.parts), "any": 1}.get(self.joiner, self.count)


Criteria = Requirement | Group

LEAF_TYPES = {
    "item_score": FactKind.ITEM_SCORE,
    "item_completed": FactKind.ITEM_COMPLETION,
    "module_completed": FactKind.MODULE_COMPLETION,
    "course_grade": FactKind.COURSE_GRADE,
    "badge_held": FactKind.BADGE_HELD,
    "manual_approval": FactKind.MANUAL_APPROVAL,
}
LEAF_NAMES = {kind: name for name, kind in LEAF_TYPES.items()}
TARGET_FIELD = {
    FactKind.ITEM_SCORE: "item",
    FactKind.ITEM_COMPLETION: "item",
    FactKind.MODULE_COMPLETION: "module",
    FactKind.BADGE_HELD: "achievement",
}


def parse(value: Any, depth: int = 0) -> Criteria:
    """Reads the JSON form; raises `criteria.invalid` with a sentence for the instructor."""
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        raise _invalid("The criteria are not a tree of groups and requirements, or are nested too deeply.")
    name = value.get("type")
    if name in ("all", "any", "at_least"):
        parts = value.get("parts")
        if not isinstance(parts, list):
            raise _invalid("A group needs a list of parts.")
        count = value.get("count", 0) if name == "at_least" else 0
        if not isinstance(count, int) or isinstance(count, bool):
            raise _invalid("The count of a group must be a whole number.")
        return Group(name, tuple(parse(part, depth + 1) for part in parts), count)
    if not isinstance(name, str) or name not in LEAF_TYPES:
        raise _invalid(f"“{str(name)[:40]}” is not a kind of requirement.")
    return _parse_leaf(LEAF_TYPES[name], value)


def _parse_leaf(kind: FactKind, value: dict[str, Any]) -> Requirement:
    target = value.get(TARGET_FIELD.get(kind, ""), "")
    minimum, unit = value.get("minimum"), value.get("unit", "percent")
    if not isinstance(target, str) or unit not in ("percent", "points"):
        raise _invalid("A requirement names its activity as text and its unit as percent or points.")
    if minimum is not None and (isinstance(minimum, bool) or not isinstance(minimum, int | float)):
        raise _invalid("The minimum must be a number.")
    if isinstance(minimum, int) and abs(minimum) > HIGHEST_MINIMUM:
        raise _invalid("The minimum is out of range.")
    return Requirement(kind, target, None if minimum is None else float(minimum), unit)


def to_json(criteria: Criteria) -> dict[str, Any]:
    """Inverse of `parse`."""
    if isinstance(criteria, Group):
        value: dict[str, Any] = {"type": criteria.joiner, "parts": [to_json(part) for part in criteria.parts]}
        return value | ({"count": criteria.count} if criteria.joiner == "at_least" else {})
    leaf: dict[str, Any] = {"type": LEAF_NAMES[criteria.kind]}
    if criteria.kind in TARGET_FIELD:
        leaf[TARGET_FIELD[criteria.kind]] = criteria.target
    if criteria.minimum is not None:
        leaf |= {"minimum": criteria.minimum, "unit": criteria.unit}
    return leaf


def requirements(criteria: Criteria) -> Iterator[Requirement]:
    """Every leaf, left to right."""
    if isinstance(criteria, Requirement):
        yield criteria
    else:
        for part in criteria.parts:
            yield from requirements(part)
