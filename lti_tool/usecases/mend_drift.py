"""mend_drift: what changed of the activities that rules name, and how an instructor puts a rule right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.criteria import Criteria, to_json
from lti_tool.domain.drift import Change, Drift, Key, drifts, dropped, replaced, snapshot
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor
from lti_tool.domain.platform import Activity
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement, achievement_of_course
from lti_tool.usecases.ports import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class BadgeDrift:
    """`choices` by kind: what can take the place of something deleted."""

    achievement: Achievement
    drifts: list[Drift]
    choices: dict[str, list[Activity]]


def drift_of_course(unit: UnitOfWork, course_id: str, activities: list[Activity]) -> dict[str, list[Drift]]:
    """By badge, of those that are live or paused and have any. Nobody decides by a draft yet."""
    known = {(one.kind, one.id): one for one in activities}
    found: dict[str, list[Drift]] = {}
    for badge in unit.achievements.of_course(course_id):
        if badge.criteria is not None and badge.state is not AchievementState.DRAFT:
            drifted = drifts(badge.criteria, unit.achievements.seen_targets(badge.id), known)
            found |= {badge.id: drifted} if drifted else {}
    return found


class MendDrift:
    def __init__(self, transactions: Transactions, edit: EditAchievement) -> None:
        self._transactions = transactions
        self._edit = edit

    def badge(self, course_id: str, achievement_id: str) -> BadgeDrift:
        """Raises `achievement.unknown`."""
        with self._transactions(write=False) as unit:
            badge = achievement_of_course(unit, course_id, achievement_id)
            activities = unit.courses.activities(course_id)
            seen = unit.achievements.seen_targets(achievement_id)
        known = {(one.kind, one.id): one for one in activities}
        found = drifts(badge.criteria, seen, known) if badge.criteria else []
        choices: dict[str, list[Activity]] = {}
        for one in activities:
            if not one.is_gone:
                choices.setdefault(one.kind, []).append(one)
        return BadgeDrift(badge, found, choices)

    def accept(self, course_id: str, achievement_id: str, key: Key) -> None:
        """Takes a new name, new points or that something is hidden as they are; what was deleted stays told."""
        with self._transactions() as unit:
            badge = achievement_of_course(unit, course_id, achievement_id)
            activities = {(one.kind, one.id): one for one in unit.courses.activities(course_id)}
            now = snapshot(badge.criteria, activities) if badge.criteria else {}
            if key in now:
                held = unit.achievements.seen_targets(achievement_id)
                unit.achievements.save_seen_targets(achievement_id, held | {key: now[key]})
            unit.commit()

    def replace(self, course_id: str, achievement_id: str, key: Key, by: str, actor: Actor) -> Achievement:
        """Puts another thing of the course in the place of a deleted one. Raises `drift.not_there`, `criteria.*`."""
        return self._change(course_id, achievement_id, key, actor, lambda tree: replaced(tree, key, by))

    def drop(self, course_id: str, achievement_id: str, key: Key, actor: Actor) -> Achievement:
        """Takes out the parts that name a deleted thing. Raises `drift.not_there`, `criteria.*`."""
        return self._change(course_id, achievement_id, key, actor, lambda tree: dropped(tree, key))

    def _change(
        self, course_id: str, achievement_id: str, key: Key, actor: Actor, change: Callable[[Criteria], Criteria]
    ) -> Achievement:
        found = self.badge(course_id, achievement_id)
        badge = found.achievement
        if badge.criteria is None or not any(one.key == key and one.change is Change.DELETED for one in found.drifts):
            raise BadgeToolError("drift.not_there", "The rule does not name anything deleted of this kind.", status=409)
        form = AchievementForm(badge.name, badge.description, to_json(change(badge.criteria)), design=badge.design)
        return self._edit.change(course_id, achievement_id, form, actor)
