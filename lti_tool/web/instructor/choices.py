"""What a rule of this course can name, and which kinds of condition therefore make sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.criteria import requirements
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.domain.sentence import number

# Kind -> words on the button that adds it. The order is that of the buttons.
KINDS = {
    "item_score": "Grade in an activity",
    "item_completed": "Activity completed",
    "module_completed": "Module completed",
    "course_grade": "Course grade",
    "badge_held": "Another badge",
    "manual_approval": "My approval",
    "group": "Group",
}
_LISTS = {
    "item_score": "items",
    "item_completed": "items",
    "module_completed": "modules",
    "badge_held": "badges",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Activities, modules and other badges, each in the course's order."""

    items: tuple[Choice, ...]
    modules: tuple[Choice, ...]
    badges: tuple[Choice, ...]
    maxima: dict[str, float]

    @classmethod
    def of(cls, activities: Iterable[Activity], badges: Iterable[Achievement], besides: str = "") -> Choices:
        """`besides`: the badge whose rule it is. It cannot ask for itself, nor for one that asks for it."""
        known, others = list(activities), list(badges)
        return cls(
            items=tuple(Choice(one.id, _item_label(one)) for one in known if one.kind == "item"),
            modules=tuple(Choice(one.id, one.title or one.id) for one in known if one.kind == "module"),
            badges=tuple(Choice(badge.id, badge.name) for badge in others if not _builds_on(badge.id, besides, others)),
            maxima={one.id: one.maximum for one in known if one.kind == "item" and one.maximum is not None},
        )

    def for_kind(self, kind: str) -> tuple[Choice, ...]:
        """The list of a kind of condition; empty for those that name nothing."""
        listed: tuple[Choice, ...] = getattr(self, _LISTS[kind]) if kind in _LISTS else ()
        return listed

    def offers(self, kind: str, target: str) -> bool:
        return any(choice.value == target for choice in self.for_kind(kind))

    def maximum(self, item: str) -> float | None:
        return self.maxima.get(item)

    def kinds(self) -> list[Choice]:
        """The kinds of condition that this course can have: none whose list would be empty."""
        return [Choice(kind, words) for kind, words in KINDS.items() if kind not in _LISTS or self.for_kind(kind)]


def _builds_on(badge_id: str, wanted: str, badges: list[Achievement]) -> bool:
    """Whether a badge asks, itself or through others, for the wanted one: two that ask for each other cannot be had."""
    asked_by = {badge.id: _asked_badges(badge) for badge in badges}
    seen: set[str] = set()
    open_ids = {badge_id}
    while open_ids:
        if wanted in open_ids:
            return True
        seen |= open_ids
        open_ids = set().union(*(asked_by.get(one, set()) for one in open_ids)) - seen
    return False


def _asked_badges(badge: Achievement) -> set[str]:
    leaves = requirements(badge.criteria) if badge.criteria else ()
    return {leaf.target for leaf in leaves if leaf.kind is FactKind.BADGE_HELD}


def _item_label(activity: Activity) -> str:
    title = activity.title or activity.id
    return title if activity.maximum is None else f"{title} ({number(activity.maximum)} points)"
