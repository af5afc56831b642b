"""From JSON that anybody may have written to a tree, or to a refusal that says which part of it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.domain.criteria.errors import CriteriaError, invalid
from lti_tool.domain.criteria.leaf_types import LEAF_MEMBERS, LEAF_TYPES, PART_MEMBERS, LeafType
from lti_tool.domain.criteria.parts import Skill, SkillKind, Window
from lti_tool.domain.criteria.rubric import RubricLevel, RubricRow
from lti_tool.domain.criteria.tree import (
    GRADES,
    JOINERS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PARTS,
    TAKES,
    Criteria,
    Group,
    Requirement,
)
from lti_tool.domain.criteria.values import flag, moment, number, objects, one_of, text, texts

_GROUP_MEMBERS = {"at_least": frozenset({"count"}), "credits": frozenset({"total"})}
_MISSING = object()


def parse(value: Any, *, strict: bool = False) -> Criteria:
    """Reads the JSON form. Raises `criteria.*` with a sentence for the instructor and the path of the offending part.

    `strict`: members that mean nothing are refused, as in a file from elsewhere; in what is stored they are passed
    over, so that an older version reads what a newer one wrote beside it.
    """
    return _Reader(strict).part(value, "", 0)


class _Reader:
    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self._count = 0

    def part(self, value: Any, path: str, depth: int) -> Criteria:
        if depth > MAX_DEPTH:
            raise CriteriaError("criteria.too_deep", f"Groups are nested more than {MAX_DEPTH} deep.", path=path)
        self._count += 1
        if self._count > MAX_NODES:
            raise CriteriaError("criteria.too_large", f"The rule has more than {MAX_NODES} parts.", path=path)
        try:
            if not isinstance(value, dict):
                raise invalid("This is not a group or a requirement.")
            name = value.get("type")
            if isinstance(name, str) and name in JOINERS:
                return self._group(value, path, depth)
            if isinstance(name, str) and name in LEAF_TYPES:
                return self._leaf(LEAF_TYPES[name], value)
            raise invalid(f"“{str(name)[:40]}” is not a kind of requirement.")
        except CriteriaError as error:
            raise error.at(path) from None

    def _group(self, value: Mapping[str, Any], path: str, depth: int) -> Group:
        name = value["type"]
        self._refuse_others(value, PART_MEMBERS | _GROUP_MEMBERS.get(name, frozenset()) | {"parts"})
        parts = value.get("parts")
        if not isinstance(parts, list) or len(parts) > MAX_PARTS:
            raise invalid(f"A group needs a list of at most {MAX_PARTS} parts.")
        count = value.get("count", 0) if name == "at_least" else 0
        if not isinstance(count, int) or isinstance(count, bool):
            raise invalid("The count of a group must be a whole number.")
        return Group(
            name,
            tuple(self.part(part, f"{path}/parts/{place}", depth + 1) for place, part in enumerate(parts)),
            count,
            (number(value, "total") or 0.0) if name == "credits" else 0.0,
            **_of_any_part(value),
        )

    def _leaf(self, leaf: LeafType, value: Mapping[str, Any]) -> Requirement:
        self._refuse_others(value, PART_MEMBERS | LEAF_MEMBERS | leaf.asks | {leaf.target})
        own = {name: read(value, name) for name, read in _LEAF_READERS.items() if name in leaf.asks and name in value}
        # A stored minimum of something that has none must not pass as if it had not been there.
        minimum = number(value, "minimum")
        if leaf.name == "module_share" and not own.get("items"):
            raise invalid("A share of a module lists the activities it is taken of.")
        return Requirement(
            leaf.kind,
            text(value, leaf.target) if leaf.target in value else "",
            minimum,
            skill=_skill(value.get("skill")),
            **own,
            **_of_any_part(value),
        )

    def _refuse_others(self, value: Mapping[str, Any], known: frozenset[str]) -> None:
        others = sorted(name for name in value if name not in known)
        if self._strict and others:
            raise invalid(f"“{str(others[0])[:40]}” means nothing here.")


def _of_any_part(value: Mapping[str, Any]) -> dict[str, Any]:
    weight = number(value, "credits")
    return {
        "optional": flag(value, "optional") if "optional" in value else False,
        "only_for": texts(value, "only_for") if "only_for" in value else (),
        "credits": 1.0 if weight is None else weight,
        "window": _window(value.get("window")),
    }


def _rubric(value: Mapping[str, Any], name: str) -> tuple[RubricRow, ...]:
    rows = value[name]
    return tuple(_rubric_row(row) for row in objects(rows, "A rubric is a list of rows."))


def _rubric_row(row: dict[str, Any]) -> RubricRow:
    levels = tuple(
        RubricLevel(
            text({"name": ""} | level, "name"),
            # Without a number it has none that a level can have.
            -1.0 if (points := number(level, "points")) is None else points,
            text(level, "description") if "description" in level else "",
        )
        for level in objects(row.get("levels", []), "The levels of a row are a list.")
    )
    points = number(row, "points")
    if points is None:
        points = levels[-1].points if levels else 0.0
    needs = text(row, "needs") if "needs" in row else ""
    return RubricRow(text({"name": ""} | row, "name"), points, levels, needs)


def _window(value: Any) -> Window | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid("A window is an object.")
    since = value.get("since", "ever")
    if since not in ("ever", "enrolment"):
        raise invalid("A window begins “ever” or with the “enrolment”.")
    if since == "ever" and "from" not in value and "until" not in value:
        return None
    start, end = moment(value, "from"), moment(value, "until")
    if start is not None and start == end:
        raise invalid("The window ends before it starts.")
    return Window(start, end, since == "enrolment")


def _skill(value: Any) -> Skill | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise invalid("A skill has a name and an address, and may have a kind, a framework and a code, all texts.")
    kind = value.get("kind", SkillKind.OTHER.value)
    if kind not in frozenset(SkillKind):
        raise invalid("A skill's kind is case, esco, ctdl or other.")
    return Skill(
        value.get("name", ""),
        value.get("uri", ""),
        SkillKind(kind),
        value.get("framework", ""),
        value.get("code", ""),
    )


_LEAF_READERS: dict[str, Any] = {
    "unit": lambda value, name: one_of(value, name, ("percent", "points")),
    "letter": text,
    "scale": texts,
    "take": lambda value, name: one_of(value, name, TAKES),
    "grade": lambda value, name: one_of(value, name, GRADES),
    "overrides": flag,
    "on_time": flag,
    "items": texts,
    "evidence": text,
    "rubric": _rubric,
}
