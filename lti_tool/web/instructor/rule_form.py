"""The rule as a form: a tree of parts under names like ``rule.1.minimum``, whole or half filled in.

The root is the group ``rule``; its parts are ``rule.0``, ``rule.1``, and the parts of a group ``rule.1.0``. Every part
has a ``type``; which other fields it has depends on that. Text stays as it was typed, so that a page can show it again
beside what is wrong with it. Pure: no request, no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.criteria import (
    LEAF_TYPES,
    MAX_DEPTH,
    MAX_PARTS,
    Criteria,
    Group,
    Requirement,
    type_of,
)
from lti_tool.domain.learning_event import SCORED

ROOT = "rule"
GROUP = "group"
JOINERS = ("all", "at_least", "any")
UNITS = ("percent", "points")


@dataclass(frozen=True, slots=True)
class RulePart:
    """A condition (`type` is one of domain.criteria.LEAF_TYPES) or a group (`type` "group") as the form has it."""

    type: str
    target: str = ""
    minimum: str = ""
    unit: str = "percent"
    joiner: str = "all"
    count: str = "1"
    parts: tuple[RulePart, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.type == GROUP

    @property
    def is_scored(self) -> bool:
        return not self.is_group and LEAF_TYPES[self.type].kind in SCORED

    @property
    def needs_target(self) -> bool:
        return not self.is_group and bool(LEAF_TYPES[self.type].target)


EMPTY = RulePart(GROUP)


def read(form: Mapping[str, str], path: str = ROOT, depth: int = 0) -> RulePart:
    """The group at `path`. What no page of ours can have sent is left out; it never raises."""
    joiner = form.get(f"{path}.joiner", "all")
    return RulePart(
        GROUP,
        joiner=joiner if joiner in JOINERS else "all",
        count=form.get(f"{path}.count", "1").strip()[:8],
        parts=tuple(_parts(form, path, depth)),
    )


def _parts(form: Mapping[str, str], path: str, depth: int) -> Iterator[RulePart]:
    for index in range(MAX_PARTS):
        child = f"{path}.{index}"
        kind = form.get(f"{child}.type")
        if kind is None:
            return
        if kind == GROUP and depth + 1 < MAX_DEPTH:
            yield read(form, child, depth + 1)
        elif kind in LEAF_TYPES:
            unit = form.get(f"{child}.unit", "percent")
            yield RulePart(
                kind,
                target=form.get(f"{child}.target", "")[:255],
                minimum=form.get(f"{child}.minimum", "").strip()[:32],
                unit=unit if unit in UNITS else "percent",
            )


def write(part: RulePart, path: str = ROOT) -> dict[str, str]:
    """Inverse of `read`: the fields of a group and of all below it."""
    fields = {f"{path}.joiner": part.joiner, f"{path}.count": part.count}
    for index, child in enumerate(part.parts):
        below = f"{path}.{index}"
        fields[f"{below}.type"] = child.type
        if child.is_group:
            fields |= write(child, below)
            continue
        if child.needs_target:
            fields[f"{below}.target"] = child.target
        if child.is_scored:
            fields |= {f"{below}.minimum": child.minimum, f"{below}.unit": child.unit}
    return fields


def from_criteria(criteria: Criteria | None) -> RulePart:
    """The form of a stored rule; one that is a single requirement becomes a group of one."""
    if criteria is None:
        return EMPTY
    part = _from(criteria)
    return part if part.is_group else RulePart(GROUP, parts=(part,))


def _from(criteria: Criteria) -> RulePart:
    if isinstance(criteria, Group):
        count = str(criteria.count) if criteria.joiner == "at_least" else "1"
        return RulePart(GROUP, joiner=criteria.joiner, count=count, parts=tuple(map(_from, criteria.parts)))
    return RulePart(
        type_of(criteria).name,
        target=criteria.target,
        minimum=_typed(criteria),
        unit=criteria.unit if criteria.kind in SCORED else "percent",
    )


def _typed(leaf: Requirement) -> str:
    if leaf.minimum is None:
        return ""
    return str(int(leaf.minimum)) if leaf.minimum.is_integer() else repr(leaf.minimum)


def minimum_of(part: RulePart) -> float | None:
    """The number that was typed ("80", "72,5", "80 %"); None where it is none."""
    try:
        return float(part.minimum.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None


def to_json(part: RulePart) -> dict[str, Any]:
    """The JSON form of domain.criteria. Half filled in, it is what `criteria.parse` refuses."""
    if part.is_group:
        value: dict[str, Any] = {"type": part.joiner, "parts": [to_json(child) for child in part.parts]}
        if part.joiner == "at_least":
            value["count"] = int(part.count) if part.count.isascii() and part.count.isdigit() else 0
        return value
    leaf: dict[str, Any] = {"type": part.type}
    if part.needs_target:
        leaf[LEAF_TYPES[part.type].target] = part.target
    if part.is_scored:
        leaf |= {"minimum": minimum_of(part), "unit": part.unit}
    return leaf
