"""Whether a rule makes sense in its course: everything it names is there, can be reached, and leads not back to it."""

from __future__ import annotations

from lti_tool.domain.criteria import Criteria, CriteriaError, Requirement, nodes, requirements
from lti_tool.domain.drift import KIND_OF
from lti_tool.domain.fact_kind import FactKind
from lti_tool.usecases.names import CourseNames, is_address, other_badge
from lti_tool.usecases.ports import UnitOfWork

# What is told by webhook under a name of one's own need not have been heard of before the rule is made.
_NAMED_FREELY = frozenset({FactKind.EXTERNAL_FACT})
_CHOOSE = "Choose an activity, module or badge from the list."


def check_criteria(unit: UnitOfWork, course_id: str, achievement_id: str, tree: Criteria) -> None:
    """Raises `criteria.target_unknown` (also for what is another course's), `criteria.unreachable` and
    `criteria.circular`, each with the path of the part. `achievement_id` is the badge that the rule is for."""
    names = CourseNames.load(unit, course_id, also=tree)
    for path, part in nodes(tree):
        for group in part.only_for:
            _known(("group", group) in names.activities, path)
        if isinstance(part, Requirement):
            _check_leaf(names, part, achievement_id, path)
    _check_circle(unit, course_id, achievement_id, tree)


def _known(is_known: bool, path: str) -> None:
    if not is_known:
        raise CriteriaError(
            "criteria.target_unknown",
            "The rule names something that this course does not have.",
            path=path,
            hint=_CHOOSE,
        )


def _check_leaf(names: CourseNames, leaf: Requirement, achievement_id: str, path: str) -> None:
    for item in leaf.items:
        listed = names.activities.get(("item", item))
        _known(listed is not None and not listed.is_gone, path)
    if leaf.kind is FactKind.BADGE_HELD:
        in_tenant = leaf.target in names.badges or leaf.target in names.elsewhere
        if leaf.target == achievement_id:
            raise _circular(path)
        _known(in_tenant or is_address(leaf.target), path)
    elif leaf.kind in KIND_OF and leaf.kind not in _NAMED_FREELY:
        found = names.activity(leaf.kind, leaf.target)
        _known(found is not None and not found.is_gone, path)
    _check_reachable(names, leaf, path)


def _check_reachable(names: CourseNames, leaf: Requirement, path: str) -> None:
    activity = names.activity(leaf.kind, leaf.target) if leaf.kind in KIND_OF else None
    if leaf.minimum is None or leaf.unit != "points" or activity is None or activity.maximum is None:
        return
    if leaf.minimum > activity.maximum:
        raise CriteriaError(
            "criteria.unreachable",
            f"{activity.title} has {activity.maximum:g} points, so nobody can reach {leaf.minimum:g}.",
            path=path,
        )


def _circular(path: str) -> CriteriaError:
    return CriteriaError(
        "criteria.circular",
        "The rule asks for a badge that asks for this one, so nobody could ever earn either.",
        path=path,
        hint="Ask for another badge, or take this one out of the other's rule.",
    )


def _check_circle(unit: UnitOfWork, course_id: str, achievement_id: str, tree: Criteria) -> None:
    own = {badge.id: badge.criteria for badge in unit.achievements.of_course(course_id)}
    seen: set[str] = set()

    def leads_back(target: str) -> bool:
        if target == achievement_id:
            return True
        if target in seen or is_address(target):
            return False
        seen.add(target)
        other = None if target in own else other_badge(unit, course_id, target)
        criteria = own.get(target) or (other.criteria if other else None)
        return criteria is not None and any(map(leads_back, _badges(criteria)))

    for path, part in nodes(tree):
        if isinstance(part, Requirement) and part.kind is FactKind.BADGE_HELD and leads_back(part.target):
            raise _circular(path)


def _badges(tree: Criteria) -> list[str]:
    return [leaf.target for leaf in requirements(tree) if leaf.kind is FactKind.BADGE_HELD]
