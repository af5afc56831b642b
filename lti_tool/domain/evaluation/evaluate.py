"""The traced evaluation: visits every part of the tree, so that each has its reason."""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.domain.criteria import Criteria, Requirement, Window
from lti_tool.domain.evaluation import joining
from lti_tool.domain.evaluation.leaf import weigh
from lti_tool.domain.evaluation.outcome import Outcome, Why
from lti_tool.domain.evaluation.reason import Reason
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact, LearnerRecord

_VALUES = {Outcome.MET: joining.MET, Outcome.UNKNOWN: joining.UNKNOWN, Outcome.NOT_MET: joining.NOT_MET}
_OUTCOMES = {value: outcome for outcome, value in _VALUES.items()}


def evaluate(criteria: Criteria, record: LearnerRecord, achievement_id: str = "") -> Reason:
    """Weighs a learner's record. Pure.

    `achievement_id` is the badge being weighed: a manual approval counts for the one badge it was given for.
    """
    return _Evaluation(record, achievement_id).part(criteria, None)[1]


class _Evaluation:
    def __init__(self, record: LearnerRecord, achievement_id: str) -> None:
        self._record = record
        self._achievement_id = achievement_id

    def part(self, part: Criteria, around: Window | None) -> tuple[int, Reason]:
        """(value for the group around it, reason). `around`: the window of that group."""
        is_hers, memberships = is_for(part.only_for, self._record)
        window = part.window.within(around) if part.window is not None else around
        value, reason = self._weighed(part, window) if isinstance(part, Requirement) else self._joined(part, window)
        if not part.only_for:
            return value, reason
        return self._restricted(value, reason, is_hers, memberships)

    def _weighed(self, leaf: Requirement, window: Window | None) -> tuple[int, Reason]:
        found = weigh(leaf, self._record, self._achievement_id, window)
        main, more = (found.facts[0], found.facts[1:]) if found.facts else (None, ())
        reason = Reason(leaf, found.outcome, main, found.observed, more=more, why=found.why)
        return _VALUES[found.outcome], reason

    def _joined(self, group: Criteria, window: Window | None) -> tuple[int, Reason]:
        assert not isinstance(group, Requirement)
        weighed = [self.part(part, window) for part in group.parts]
        value = joining.join(group, [value for value, reason in weighed if not reason.criteria.optional])
        parts = tuple(reason for _, reason in weighed)
        if value == joining.NOT_HERS:
            return value, Reason(group, Outcome.NOT_MET, parts=parts, why=Why.NOT_HERS, is_hers=False)
        return value, Reason(group, _OUTCOMES[joining.settled(value)], parts=parts)

    def _restricted(
        self, value: int, reason: Reason, is_hers: bool | None, memberships: tuple[Fact, ...]
    ) -> tuple[int, Reason]:
        outcome, why, facts = reason.outcome, reason.why, reason.more + memberships
        if is_hers is False or value == joining.NOT_HERS:
            value, outcome, why, is_hers = joining.NOT_HERS, Outcome.NOT_MET, Why.NOT_HERS, False
        elif is_hers is None:
            value, outcome, why = joining.if_hers(value), Outcome.UNKNOWN, Why.GROUP_UNTOLD
        return value, Reason(reason.criteria, outcome, reason.fact, reason.observed, reason.parts, facts, why, is_hers)


def is_for(only_for: Iterable[str], record: LearnerRecord) -> tuple[bool | None, tuple[Fact, ...]]:
    """Whether she is in one of the groups (None: not known), and the facts that say so."""
    told = [record.get(FactKind.GROUP_MEMBERSHIP, group) for group in only_for]
    facts = tuple(fact for fact in told if fact is not None)
    if not told or any(fact.counts and fact.completed for fact in facts):
        return True, facts
    if all(fact is not None and fact.counts for fact in told):
        return False, facts
    return None, facts
