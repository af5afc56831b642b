"""What the buttons of the rule do: add, remove, move. Each gives a new tree, and what to say about it.

A button's value is ``verb:path``, with the kind of part after it for add: ``up:rule.1``, ``add:rule.2:item_score``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lti_tool.domain.criteria import LEAF_TYPES, MAX_PARTS
from lti_tool.web.instructor.rule_form import GROUP, ROOT, RulePart

# Deeper rules are read and kept; nobody is invited to make one, because nobody could explain it to a learner.
DEEPEST_GROUP = 2

_WITH_MINIMUM = frozenset({"item_score", "course_grade", "module_share"})

Parts = tuple[RulePart, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """The changed rule, a sentence for the status region, and the path of the part to put the focus on."""

    rule: RulePart
    said: str
    focus: str = ""


def apply(rule: RulePart, operation: str) -> Edit:
    """Does what a button asks. One that does not fit the rule (two windows, a forged form) changes nothing."""
    verb, _, rest = operation.partition(":")
    path, _, kind = rest.partition(":")
    steps = _steps(path)
    if steps is None:
        return Edit(rule, "")
    if verb == "add":
        return _add(rule, path, steps, kind)
    change = _CHANGES.get(verb)
    if change is None or not steps or part_at(rule, steps) is None:
        return Edit(rule, "")
    return change(rule, steps)


def part_at(rule: RulePart, steps: list[int]) -> RulePart | None:
    """The part that a path leads to."""
    for step in steps:
        if not rule.is_group or step >= len(rule.parts):
            return None
        rule = rule.parts[step]
    return rule


def path_of(steps: list[int], root: str = ROOT) -> str:
    """[1, 0] -> "rule.1.0" """
    return ".".join([root, *map(str, steps)])


def apply_at(root: str, rule: RulePart, operation: str) -> Edit:
    """The same for a rule whose fields begin otherwise, as in ``up:renewal_rule.1``."""
    verb, _, rest = operation.partition(":")
    edit = apply(rule, f"{verb}:{rest.replace(root, ROOT, 1)}")
    return replace(edit, focus=edit.focus.replace(ROOT, root, 1))


def _steps(path: str) -> list[int] | None:
    root, *steps = path.split(".")
    if root != ROOT or not all(step.isascii() and step.isdigit() and len(step) < 4 for step in steps):
        return None
    return [int(step) for step in steps]


def _with_parts(rule: RulePart, steps: list[int], change: Callable[[Parts], Parts]) -> RulePart:
    """The rule with the parts of the group at `steps` changed."""
    if not steps:
        return replace(rule, parts=change(rule.parts))
    first, *rest = steps
    below = _with_parts(rule.parts[first], rest, change)
    return replace(rule, parts=(*rule.parts[:first], below, *rule.parts[first + 1 :]))


def _add(rule: RulePart, path: str, steps: list[int], kind: str) -> Edit:
    group = part_at(rule, steps)
    fits = kind in LEAF_TYPES or (kind == GROUP and len(steps) < DEEPEST_GROUP)
    if group is None or not group.is_group or not fits or len(group.parts) >= MAX_PARTS:
        return Edit(rule, "")
    fresh = RulePart(kind, minimum="60" if kind in _WITH_MINIMUM else "")
    added = _with_parts(rule, steps, lambda parts: (*parts, fresh))
    place = len(group.parts)
    return Edit(added, f"Added as condition {place + 1} of {place + 1}.", f"{path}.{place}")


def _remove(rule: RulePart, steps: list[int]) -> Edit:
    *above, last = steps
    changed = _with_parts(rule, above, lambda parts: parts[:last] + parts[last + 1 :])
    left = part_at(changed, above)
    count = len(left.parts) if left else 0
    focus = path_of([*above, min(last, count - 1)]) if count else path_of(above)
    return Edit(changed, f"Removed. {count} condition{'' if count == 1 else 's'} left.", focus)


def _shift(rule: RulePart, steps: list[int], by: int) -> Edit:
    *above, last = steps
    group = part_at(rule, above)
    to = last + by
    if group is None or not 0 <= to < len(group.parts):
        return Edit(rule, "")

    def exchange(parts: Parts) -> Parts:
        order = list(parts)
        order[last], order[to] = order[to], order[last]
        return tuple(order)

    said = f"Moved to position {to + 1} of {len(group.parts)}."
    return Edit(_with_parts(rule, above, exchange), said, path_of([*above, to]))


def group_beside(rule: RulePart, steps: list[int]) -> int | None:
    """The place of the group next to a part, into which it can be put: the one before it, else the one after."""
    *above, last = steps
    around = part_at(rule, above)
    if around is None:
        return None
    for place in (last - 1, last + 1):
        if 0 <= place < len(around.parts) and around.parts[place].is_group:
            return place
    return None


def _into(rule: RulePart, steps: list[int]) -> Edit:
    *above, last = steps
    moved, place = part_at(rule, steps), group_beside(rule, steps)
    if moved is None or moved.is_group or place is None:
        return Edit(rule, "")
    target = part_at(rule, [*above, place])
    if target is None or len(target.parts) >= MAX_PARTS:
        return Edit(rule, "")
    filled = _with_parts(rule, [*above, place], lambda parts: (*parts, moved))
    changed = _with_parts(filled, above, lambda parts: parts[:last] + parts[last + 1 :])
    home = place - (1 if last < place else 0)
    return Edit(changed, "Moved into the group.", path_of([*above, home, len(target.parts)]))


def _out(rule: RulePart, steps: list[int]) -> Edit:
    if len(steps) < 2:
        return Edit(rule, "")
    *above, group, last = steps
    moved, around = part_at(rule, steps), part_at(rule, above)
    if moved is None or around is None or len(around.parts) >= MAX_PARTS:
        return Edit(rule, "")
    emptied = _with_parts(rule, [*above, group], lambda parts: parts[:last] + parts[last + 1 :])
    changed = _with_parts(emptied, above, lambda parts: (*parts[: group + 1], moved, *parts[group + 1 :]))
    return Edit(changed, "Moved out of the group.", path_of([*above, group + 1]))


_CHANGES: dict[str, Callable[[RulePart, list[int]], Edit]] = {
    "remove": _remove,
    "up": lambda rule, steps: _shift(rule, steps, -1),
    "down": lambda rule, steps: _shift(rule, steps, 1),
    "into": _into,
    "out": _out,
}
