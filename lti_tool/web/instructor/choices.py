"""What a rule of this course can name, and which kinds of condition therefore make sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.criteria import LEAF_TYPES, requirements
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.domain.sentence import number
from lti_tool.usecases.badges_elsewhere import BadgeElsewhere

# Kind -> words on the button that adds it. The order is that of the buttons.
KINDS = {
    "item_score": "Grade in an activity",
    "item_completed": "Activity completed",
    "module_completed": "Module completed",
    "course_grade": "Course grade",
    "badge_held": "Another badge",
    "manual_approval": "My approval",
    "group": "Group",
    "item_submitted": "Handed in",
    "module_share": "Share of a module",
    "course_completed": "Course completed",
    "outcome_mastered": "Outcome",
    "external_fact": "Attendance or another fact",
    "evidence_approved": "Reviewed evidence",
}
# Those that most rules are made of; the others are folded away.
MAIN_KINDS = frozenset(list(KINDS)[:7])
_LISTS = {
    "item_score": "items",
    "item_completed": "items",
    "item_submitted": "items",
    "module_completed": "modules",
    "module_share": "modules",
    "outcome_mastered": "outcomes",
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
    outcomes: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    items_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: frozenset[FactKind] | None = None
    left_out: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        activities: Iterable[Activity],
        badges: Iterable[Achievement],
        besides: str = "",
        told: frozenset[FactKind] | None = None,
        elsewhere: Iterable[BadgeElsewhere] = (),
    ) -> Choices:
        """`besides`: the badge whose rule it is. It cannot ask for itself, nor for one that asks for it. `told`: the
        kinds of facts that the course's platform can tell; None for all. `elsewhere`: badges of other courses."""
        known, others = list(activities), list(badges)
        return cls(
            items=tuple(Choice(one.id, _item_label(one)) for one in known if one.kind == "item"),
            modules=tuple(Choice(one.id, one.title or one.id) for one in known if one.kind == "module"),
            badges=tuple(Choice(badge.id, badge.name) for badge in others if not _builds_on(badge.id, besides, others)),
            outcomes=tuple(Choice(one.id, one.title or one.id) for one in known if one.kind == "outcome"),
            groups=tuple(Choice(one.id, one.title or one.id) for one in known if one.kind == "group"),
            items_of=_items_of(known),
            told=told,
            maxima={one.id: one.maximum for one in known if one.kind == "item" and one.maximum is not None},
        ).with_badges(elsewhere)

    def with_badges(self, elsewhere: Iterable[BadgeElsewhere]) -> Choices:
        """With these badges of other courses too, after the course's own."""
        known = {choice.value for choice in self.badges}
        more = [Choice(one.id, _elsewhere_label(one)) for one in elsewhere if one.id not in known]
        return replace(self, badges=(*self.badges, *more)) if more else self

    def for_renewals(self) -> Choices:
        """Without what a person decides: the pages for that are about badges that somebody has not got yet."""
        return replace(self, left_out=frozenset({"manual_approval", "evidence_approved"}))

    def for_kind(self, kind: str) -> tuple[Choice, ...]:
        """The list of a kind of condition; empty for those that name nothing."""
        listed: tuple[Choice, ...] = getattr(self, _LISTS[kind]) if kind in _LISTS else ()
        return tuple(one for one in listed if one.value in self.items_of) if kind == "module_share" else listed

    def offers(self, kind: str, target: str) -> bool:
        return any(choice.value == target for choice in self.for_kind(kind))

    def maximum(self, item: str) -> float | None:
        return self.maxima.get(item)

    def kinds(self) -> list[Choice]:
        """The kinds of condition that this course can have: none whose list would be empty, and none that its
        platform cannot tell of. A badge can always be named by its address."""
        return [
            Choice(kind, words)
            for kind, words in KINDS.items()
            if (kind not in _LISTS or kind == "badge_held" or self.for_kind(kind))
            and self.is_told(kind)
            and kind not in self.left_out
        ]

    @property
    def main_kinds(self) -> frozenset[str]:
        """Those that are not folded away: a badge only where there is one to choose."""
        return MAIN_KINDS if self.badges else MAIN_KINDS - {"badge_held"}

    def is_told(self, kind: str) -> bool:
        if kind == "group" or self.told is None:
            return True
        asked = FactKind.ITEM_COMPLETION if kind == "module_share" else LEAF_TYPES[kind].kind
        return asked in self.told


def _items_of(known: Iterable[Activity]) -> dict[str, tuple[str, ...]]:
    """The activities of each module, in the course's order."""
    found: dict[str, list[str]] = {}
    for one in known:
        if one.kind == "item" and one.module_id:
            found.setdefault(one.module_id, []).append(one.id)
    return {module: tuple(items) for module, items in found.items()}


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


def _elsewhere_label(badge: BadgeElsewhere) -> str:
    return f"{badge.name} (in {badge.course})" if badge.course else f"{badge.name} (in another course)"


def _item_label(activity: Activity) -> str:
    title = (activity.title or activity.id) + (" (hidden from learners)" if activity.hidden else "")
    return title if activity.maximum is None else f"{title} ({number(activity.maximum)} points)"
