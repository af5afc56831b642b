"""A rule of one course, made to name what another course has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from lti_tool.domain.criteria import Criteria, Group, Requirement, nodes
from lti_tool.domain.fact_kind import FactKind

Key = tuple[str, str]  # kind and id of something that a course has
LEFT_OUT = ""
# No course has anything of this name, so a rule that nobody has looked at cannot be published.
OPEN = "copied:"

_KINDS = {
    FactKind.ITEM_SCORE: "item",
    FactKind.ITEM_COMPLETION: "item",
    FactKind.ITEM_SUBMISSION: "item",
    FactKind.MODULE_COMPLETION: "module",
    FactKind.OUTCOME_MASTERY: "outcome",
    FactKind.GROUP_MEMBERSHIP: "group",
    FactKind.BADGE_HELD: "badge",
}


def is_open(target: str) -> bool:
    """Whether nobody has said yet what stands for it here."""
    return target.startswith(OPEN)


def named_in(tree: Criteria) -> Iterator[Key]:
    """Everything of its course that a rule names, in reading order; the same twice where it stands twice."""
    for _, part in nodes(tree):
        for group in part.only_for:
            yield "group", group
        if isinstance(part, Requirement):
            if part.kind in _KINDS:
                yield _KINDS[part.kind], part.target
            for item in part.items:
                yield "item", item


def open_targets(tree: Criteria | None) -> set[Key]:
    return {(kind, target) for kind, target in (named_in(tree) if tree else ()) if is_open(target)}


def retargeted(tree: Criteria, stands_for: Callable[[Key], str | None]) -> Criteria | None:
    """The rule with every name replaced. `stands_for` gives the id in the other course, LEFT_OUT for a part that is
    dropped, None for one that is still open. None where nothing is left of the rule."""
    groups = [(name, stands_for(("group", name))) for name in tree.only_for]
    only_for = tuple(_named(name, here) for name, here in groups if here != LEFT_OUT)
    if groups and not only_for:
        return None  # a part for nobody in particular would be for everybody
    if isinstance(tree, Requirement):
        return _leaf(replace(tree, only_for=only_for), stands_for)
    return _group(replace(tree, only_for=only_for), stands_for)


def _named(name: str, here: str | None) -> str:
    return f"{OPEN}{name}"[:200] if here is None else here


def _leaf(leaf: Requirement, stands_for: Callable[[Key], str | None]) -> Requirement | None:
    if leaf.kind not in _KINDS:
        return leaf
    here = stands_for((_KINDS[leaf.kind], leaf.target))
    if here == LEFT_OUT:
        return None
    items = [(item, stands_for(("item", item))) for item in leaf.items]
    kept = tuple(dict.fromkeys(_named(item, new) for item, new in items if new != LEFT_OUT))
    if leaf.items and not kept:
        return None
    return replace(leaf, target=_named(leaf.target, here), items=kept)


def _group(group: Group, stands_for: Callable[[Key], str | None]) -> Group | None:
    parts = tuple(part for one in group.parts if (part := retargeted(one, stands_for)) is not None)
    if not any(not part.optional for part in parts):
        return None
    # What was asked for stays asked for, as far as there is as much left.
    total = min(group.total, sum(part.credits for part in parts)) if group.joiner == "credits" else group.total
    return replace(group, parts=parts, count=min(group.count, len(parts)), total=total)
