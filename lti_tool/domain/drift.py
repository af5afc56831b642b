"""What became of the activities that a rule names since it was made: renamed, deleted, hidden, or of other points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lti_tool.domain.criteria import Criteria, CriteriaError, Group, Requirement, nodes
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.platform import Activity

# Which of the things that a course has a fact is about.
KIND_OF = {
    FactKind.ITEM_SCORE: "item",
    FactKind.ITEM_COMPLETION: "item",
    FactKind.ITEM_SUBMISSION: "item",
    FactKind.MODULE_COMPLETION: "module",
    FactKind.OUTCOME_MASTERY: "outcome",
    FactKind.GROUP_MEMBERSHIP: "group",
    FactKind.EXTERNAL_FACT: "fact",
}
# (kind of thing, the platform's id)
Key = tuple[str, str]


class Change(StrEnum):
    DELETED = "deleted"
    RENAMED = "renamed"
    HIDDEN = "hidden"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Seen:
    """An activity as it was when somebody last looked at the rule."""

    title: str
    maximum: float | None = None
    hidden: bool = False

    @classmethod
    def of(cls, activity: Activity) -> Seen:
        return cls(activity.title, activity.maximum, activity.hidden)


@dataclass(frozen=True, slots=True)
class Drift:
    """`was` is None where nobody noted how it was, `now` where the course never had it."""

    change: Change
    key: Key
    was: Seen | None
    now: Seen | None


def targets(tree: Criteria) -> dict[Key, None]:
    """Everything of the course that a rule names, in reading order. Facts of one's own need not be listed anywhere."""
    found: dict[Key, None] = {}
    for _, part in nodes(tree):
        found |= {("group", group): None for group in part.only_for}
        if isinstance(part, Requirement):
            found |= {("item", item): None for item in part.items}
            kind = KIND_OF.get(part.kind, "")
            found |= {(kind, part.target): None} if kind not in ("", "fact") else {}
    return found


def snapshot(tree: Criteria, activities: Mapping[Key, Activity]) -> dict[Key, Seen]:
    """How what the rule names is now."""
    return {key: Seen.of(activities[key]) for key in targets(tree) if key in activities}


def drifts(tree: Criteria, seen: Mapping[Key, Seen], activities: Mapping[Key, Activity]) -> list[Drift]:
    """What changed since `seen`. What was deleted is told even where nobody noted how it was."""
    return [drift for key in targets(tree) for drift in _drift(key, seen.get(key), activities.get(key))]


def _drift(key: Key, was: Seen | None, activity: Activity | None) -> Iterator[Drift]:
    now = Seen.of(activity) if activity is not None else None
    if activity is None or now is None or activity.is_gone:
        yield Drift(Change.DELETED, key, was, now)
        return
    if was is None:
        return
    if now.title != was.title:
        yield Drift(Change.RENAMED, key, was, now)
    if now.hidden and not was.hidden:
        yield Drift(Change.HIDDEN, key, was, now)
    if now.maximum != was.maximum and None not in (now.maximum, was.maximum):
        yield Drift(Change.POINTS, key, was, now)


def replaced(tree: Criteria, key: Key, by: str) -> Criteria:
    """The rule with another thing of the same kind in the place of one."""
    kind, old = key

    def other(target: str) -> str:
        return by if target == old else target

    part: Criteria = tree
    if kind == "group":
        part = replace(part, only_for=tuple(dict.fromkeys(map(other, part.only_for))))
    if isinstance(part, Group):
        return replace(part, parts=tuple(replaced(one, key, by) for one in part.parts))
    if kind == "item" and part.items:
        part = replace(part, items=tuple(dict.fromkeys(map(other, part.items))))
    return replace(part, target=other(part.target)) if KIND_OF.get(part.kind) == kind else part


def dropped(tree: Criteria, key: Key) -> Criteria:
    """The rule without the parts that name a thing. Raises `criteria.nothing_left` where no other part is left."""
    left = _without(tree, key)
    if left is None:
        raise CriteriaError(
            "criteria.nothing_left", "Without this part the rule asks for nothing.", hint="Choose another activity."
        )
    return left


def _without(part: Criteria, key: Key) -> Criteria | None:
    kind, old = key
    if kind == "group" and old in part.only_for:
        # A part for a group that is no more is for nobody, unless it is for others as well.
        others = tuple(group for group in part.only_for if group != old)
        return _without(replace(part, only_for=others), key) if others else None
    if isinstance(part, Requirement):
        if kind == "item" and old in part.items:
            items = tuple(item for item in part.items if item != old)
            return replace(part, items=items) if items else None
        return None if (KIND_OF.get(part.kind), part.target) == key else part
    parts = tuple(one for one in (_without(one, key) for one in part.parts) if one is not None)
    if not any(not one.optional for one in parts):
        return None
    return replace(part, parts=parts, count=min(part.count, len(parts)))
