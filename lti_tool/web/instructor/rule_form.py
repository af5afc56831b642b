"""The rule as a form: a tree of parts under names like ``rule.1.minimum``, whole or half filled in.

The root is the group ``rule``; its parts are ``rule.0``, ``rule.1``, and the parts of a group ``rule.1.0``. Every part
has a ``type``; which other fields it has depends on that. Text stays as it was typed, so that a page can show it again
beside what is wrong with it. Pure: no request, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
from lti_tool.usecases.names import is_address
from lti_tool.web.instructor import part_fields

ROOT = "rule"
GROUP = "group"
BADGE = "badge_held"
JOINERS = ("all", "at_least", "any", "credits", "not")
COUNTED = frozenset({"at_least", "credits"})
UNITS = ("percent", "points")


@dataclass(frozen=True, slots=True)
class RulePart:
    """A condition (`type` is one of domain.criteria.LEAF_TYPES) or a group (`type` "group") as the form has it.

    `count` is also the total of credits, `credits` the part's own weight. `items` are those of the module that a share
    is taken of: the course knows them, not the form. `more` are the fields of part_fields that were filled in.
    """

    type: str
    target: str = ""
    minimum: str = ""
    unit: str = "percent"
    joiner: str = "all"
    count: str = "1"
    parts: tuple[RulePart, ...] = ()
    credits: str = "1"
    items: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    @property
    def is_group(self) -> bool:
        return self.type == GROUP

    @property
    def is_scored(self) -> bool:
        return not self.is_group and LEAF_TYPES[self.type].needs_value

    @property
    def has_minimum(self) -> bool:
        return not self.is_group and "minimum" in LEAF_TYPES[self.type].asks

    @property
    def has_unit(self) -> bool:
        return not self.is_group and "unit" in LEAF_TYPES[self.type].asks

    @property
    def asks_letter(self) -> bool:
        return any(name == "letter" for name, _ in self.more)

    @property
    def needs_target(self) -> bool:
        return not self.is_group and bool(LEAF_TYPES[self.type].target or self.type == "evidence_approved")

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it names a badge by its address."""
        return self.type == BADGE and is_address(self.target)


EMPTY = RulePart(GROUP)


def read(form: Mapping[str, str], path: str = ROOT, depth: int = 0) -> RulePart:
    """The group at `path`. What no page of ours can have sent is left out; it never raises."""
    joiner = form.get(f"{path}.joiner", "all")
    return RulePart(
        GROUP,
        joiner=joiner if joiner in JOINERS else "all",
        count=form.get(f"{path}.count", "1").strip()[:8],
        parts=tuple(_parts(form, path, depth)),
        credits=_weight(form, path),
        more=part_fields.read(form, path, GROUP),
    )


def _target(form: Mapping[str, str], path: str, kind: str) -> str:
    """What was chosen; a badge from elsewhere is named by its address instead."""
    address = form.get(f"{path}.address", "").strip() if kind == BADGE else ""
    return (address or form.get(f"{path}.target", ""))[:255]


def _weight(form: Mapping[str, str], path: str) -> str:
    return form.get(f"{path}.credits", "1").strip()[:16]


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
                target=_target(form, child, kind),
                minimum=form.get(f"{child}.minimum", "").strip()[:32],
                unit=unit if unit in UNITS else "percent",
                credits=_weight(form, child),
                more=part_fields.read(form, child, kind),
            )


def with_items(part: RulePart, items_of: Mapping[str, tuple[str, ...]]) -> RulePart:
    """With the activities that each share of a module is taken of, as the course has them now."""
    if part.is_group:
        return replace(part, parts=tuple(with_items(child, items_of) for child in part.parts))
    return replace(part, items=items_of.get(part.target, ())) if part.type == "module_share" else part


def badges_named(part: RulePart) -> Iterator[str]:
    """The ids of all badges that it asks for, but for those that are named by an address."""
    if part.type == BADGE and part.target and not part.is_from_elsewhere:
        yield part.target
    for child in part.parts:
        yield from badges_named(child)


def with_own_badges(part: RulePart, own_badge: Callable[[str], str | None]) -> RulePart:
    """With the id of each badge whose address is one of ours (`own_badge`: address -> id or None)."""
    if part.is_group:
        return replace(part, parts=tuple(with_own_badges(child, own_badge) for child in part.parts))
    return replace(part, target=own_badge(part.target) or part.target) if part.is_from_elsewhere else part


def write(part: RulePart, path: str = ROOT) -> dict[str, str]:
    """Inverse of `read`: the fields of a group and of all below it."""
    fields = {f"{path}.joiner": part.joiner, f"{path}.count": part.count} | _common(part, path)
    for index, child in enumerate(part.parts):
        below = f"{path}.{index}"
        fields[f"{below}.type"] = child.type
        if child.is_group:
            fields |= write(child, below)
            continue
        if child.needs_target:
            fields[f"{below}.{'address' if child.is_from_elsewhere else 'target'}"] = child.target
        if child.has_minimum:
            fields |= {f"{below}.minimum": child.minimum, f"{below}.unit": child.unit}
        fields |= _common(child, below)
    return fields


def _common(part: RulePart, path: str) -> dict[str, str]:
    weight = {} if part.credits == "1" else {f"{path}.credits": part.credits}
    return weight | {f"{path}.{name}": value for name, value in part.more}


def from_criteria(criteria: Criteria | None) -> RulePart:
    """The form of a stored rule; one that is a single requirement becomes a group of one."""
    if criteria is None:
        return EMPTY
    part = _from(criteria)
    return part if part.is_group else RulePart(GROUP, parts=(part,))


def _from(criteria: Criteria) -> RulePart:
    if isinstance(criteria, Group):
        count = {"at_least": str(criteria.count), "credits": _typed(criteria.total)}.get(criteria.joiner, "1")
        return RulePart(
            GROUP,
            joiner=criteria.joiner,
            count=count,
            parts=tuple(map(_from, criteria.parts)),
            credits=_typed(criteria.credits),
            more=part_fields.of_criteria(criteria),
        )
    return _from_leaf(criteria)


def _from_leaf(leaf: Requirement) -> RulePart:
    kind = type_of(leaf)
    return RulePart(
        kind.name,
        target=leaf.evidence or leaf.target,
        minimum="" if leaf.minimum is None else _typed(leaf.minimum),
        unit=leaf.unit if "unit" in kind.asks else "percent",
        credits=_typed(leaf.credits),
        items=leaf.items,
        more=part_fields.of_criteria(leaf),
    )


def _typed(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def minimum_of(part: RulePart) -> float | None:
    """The number that was typed ("80", "72,5", "80 %"); None where it is none."""
    return _number(part.minimum.removesuffix("%"))


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def to_json(part: RulePart) -> dict[str, Any]:
    """The JSON form of domain.criteria. Half filled in, it is what `criteria.parse` refuses."""
    if part.is_group:
        value: dict[str, Any] = {"type": part.joiner, "parts": [to_json(child) for child in part.parts]}
        if part.joiner == "at_least":
            value["count"] = int(part.count) if part.count.isascii() and part.count.isdigit() else 0
        if part.joiner == "credits":
            value["total"] = _number(part.count) or 0.0
        return value | _weighed(part)
    leaf: dict[str, Any] = {"type": part.type}
    if part.needs_target:
        leaf[LEAF_TYPES[part.type].target or "evidence"] = part.target
    if part.has_minimum and not part.asks_letter and (part.is_scored or part.minimum):
        leaf |= {"minimum": minimum_of(part)} | ({"unit": part.unit} if part.has_unit else {})
    if part.type == "module_share":
        leaf["items"] = list(part.items)
    return leaf | _weighed(part)


def _weighed(part: RulePart) -> dict[str, Any]:
    weight = {} if part.credits == "1" else {"credits": _number(part.credits) or 0.0}
    return weight | part_fields.to_json(part.more)
