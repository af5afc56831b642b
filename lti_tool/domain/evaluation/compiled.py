"""The fast evaluation: a tree turned once into functions of a record, which give the decision without its reasons.

What is common (a score in percent or points, a completion) has a function of its own; all else is weighed as in the
traced evaluation, so that there is one meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from lti_tool.domain.criteria import Criteria, Group, Requirement, Window
from lti_tool.domain.evaluation import joining
from lti_tool.domain.evaluation.evaluate import _OUTCOMES, _VALUES, is_for
from lti_tool.domain.evaluation.joining import MET, NOT_MET, UNKNOWN
from lti_tool.domain.evaluation.leaf import OURS_TO_SAY, TOLERANCE, weigh
from lti_tool.domain.evaluation.outcome import Outcome
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import LearnerRecord

Decide = Callable[[LearnerRecord], Outcome]
_Value = Callable[[LearnerRecord], int]

_SIMPLE = frozenset(
    {
        FactKind.ITEM_COMPLETION,
        FactKind.MODULE_COMPLETION,
        FactKind.COURSE_COMPLETION,
        FactKind.MANUAL_APPROVAL,
        FactKind.BADGE_HELD,
    }
)


@lru_cache(maxsize=4096)
def compiled(criteria: Criteria, achievement_id: str = "") -> Decide:
    """Gives what `evaluate(criteria, record, achievement_id).outcome` gives."""
    value = _part(criteria, achievement_id, None)
    outcomes, settled = _OUTCOMES, joining.settled

    def decide(record: LearnerRecord) -> Outcome:
        return outcomes[settled(value(record))]

    return decide


def _part(part: Criteria, achievement_id: str, around: Window | None) -> _Value:
    window = part.window.within(around) if part.window is not None else around
    value = (
        _leaf(part, achievement_id, window) if isinstance(part, Requirement) else _group(part, achievement_id, window)
    )
    return _restricted(value, part.only_for) if part.only_for else value


def _restricted(inner: _Value, only_for: tuple[str, ...]) -> _Value:
    def value(record: LearnerRecord) -> int:
        is_hers, _ = is_for(only_for, record)
        if is_hers is False:
            return joining.NOT_HERS
        found = inner(record)
        return found if is_hers else joining.if_hers(found)

    return value


def _group(group: Group, achievement_id: str, window: Window | None) -> _Value:
    parts = [_part(part, achievement_id, window) for part in group.required]
    if group.joiner in ("all", "any") and not any(_may_be_for_others(part) for part in group.required):
        return _every(parts) if group.joiner == "all" else _some(parts)
    return lambda record: joining.join(group, [part(record) for part in parts])


def _may_be_for_others(part: Criteria) -> bool:
    return bool(part.only_for) or (isinstance(part, Group) and any(map(_may_be_for_others, part.parts)))


def _every(parts: list[_Value]) -> _Value:
    def value(record: LearnerRecord) -> int:
        said = MET
        for part in parts:
            found = part(record)
            if found == NOT_MET:
                return NOT_MET
            said |= found
        return said

    return value


def _some(parts: list[_Value]) -> _Value:
    def value(record: LearnerRecord) -> int:
        said = NOT_MET
        for part in parts:
            found = part(record)
            if found == MET:
                return MET
            said |= found
        return said

    return value


def _leaf(leaf: Requirement, achievement_id: str, window: Window | None) -> _Value:
    if window is None and leaf.kind in _SIMPLE and not leaf.items:
        return _completion(leaf, achievement_id)
    if window is None and leaf.kind is FactKind.ITEM_SCORE and leaf.take == "grade" and leaf.minimum is not None:
        return _score(leaf, leaf.minimum)
    values = _VALUES
    return lambda record: values[weigh(leaf, record, achievement_id, window).outcome]


def _completion(leaf: Requirement, achievement_id: str) -> _Value:
    target = achievement_id if leaf.kind is FactKind.MANUAL_APPROVAL else leaf.target
    key = (leaf.kind, target, "")
    absent = NOT_MET if leaf.kind in OURS_TO_SAY else UNKNOWN

    def value(record: LearnerRecord) -> int:
        fact = record.facts.get(key)
        if fact is None:
            return absent
        if fact.standing:
            return UNKNOWN
        return MET if fact.completed else NOT_MET

    return value


def _score(leaf: Requirement, minimum: float) -> _Value:
    key = (leaf.kind, leaf.target, "")
    in_points = leaf.unit == "points"

    def value(record: LearnerRecord) -> int:
        fact = record.facts.get(key)
        if fact is None or fact.standing:
            return UNKNOWN
        score = fact.score
        if score is None:
            return NOT_MET if fact.is_withdrawn else UNKNOWN
        if in_points:
            return MET if score + TOLERANCE >= minimum else NOT_MET
        if not fact.maximum:
            return UNKNOWN
        # The same sum as Fact.percent, to the last bit.
        return MET if score * 100.0 / fact.maximum + TOLERANCE >= minimum else NOT_MET

    return value
