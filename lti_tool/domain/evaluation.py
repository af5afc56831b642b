"""evaluate(criteria, record) -> Evaluation: a decision with a reason for every leaf.

Three-valued (strong Kleene logic): what no source has ever told us is "unknown", not "not met". Only "met" awards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lti_tool.domain.criteria import Criteria, Group, Requirement, to_json
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import SCORED, FactKind

# Only this tool can state these, so their absence is knowledge.
OURS_TO_SAY = frozenset({FactKind.MANUAL_APPROVAL, FactKind.BADGE_HELD})


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of the tree is met or not.

    For a leaf: `observed` is the value seen in the unit of the requirement (None when nothing is known or the
    grade was withdrawn or does not count), `fact` where it came from. For a group: `parts` and how many of them are
    met.
    """

    criteria: Criteria
    outcome: Outcome
    fact: Fact | None = None
    observed: float | None = None
    parts: tuple[Reason, ...] = ()

    @property
    def met_count(self) -> int:
        return sum(part.outcome is Outcome.MET for part in self.parts)

    def leaves(self) -> Iterator[Reason]:
        if isinstance(self.criteria, Requirement):
            yield self
        for part in self.parts:
            yield from part.leaves()

    def missing(self) -> int:
        """The least number of leaves that still have to become met; 0 when this part is met."""
        if self.outcome is Outcome.MET:
            return 0
        if not isinstance(self.criteria, Group):
            return 1
        cheapest = sorted(part.missing() for part in self.parts)
        return sum(cheapest[: self.criteria.needed])

    def to_json(self) -> dict[str, Any]:
        """For storage beside the award: the tree with what was observed at the time of the decision."""
        value = to_json(self.criteria)
        value.pop("parts", None)
        value["outcome"] = self.outcome.value
        if self.parts:
            value["parts"] = [part.to_json() for part in self.parts]
        if self.fact is not None:
            value["observed"] = self.observed
            value["source"] = self.fact.source
            value["occurred_at"] = self.fact.occurred_at.isoformat()
            value["received_at"] = self.fact.received_at.isoformat()
        return value


def latest_fact_at(reason: Reason) -> datetime | None:
    """The time of the latest thing that this decision rests on."""
    return max((leaf.fact.occurred_at for leaf in reason.leaves() if leaf.fact), default=None)


def evaluate(criteria: Criteria, record: LearnerRecord, achievement_id: str = "") -> Reason:
    """Weighs a learner's record. Pure; visits every leaf, so that each has its reason.

    `achievement_id` is the badge being weighed: a manual approval counts for the one badge it was given for.
    """
    if isinstance(criteria, Requirement):
        target = achievement_id if criteria.kind is FactKind.MANUAL_APPROVAL else criteria.target
        return _evaluate_leaf(criteria, record.get(criteria.kind, target))
    parts = tuple(evaluate(part, record, achievement_id) for part in criteria.parts)
    met = sum(part.outcome is Outcome.MET for part in parts)
    possible = sum(part.outcome is not Outcome.NOT_MET for part in parts)
    if met >= criteria.needed:
        outcome = Outcome.MET
    else:
        outcome = Outcome.UNKNOWN if possible >= criteria.needed else Outcome.NOT_MET
    return Reason(criteria, outcome, parts=parts)


def _evaluate_leaf(requirement: Requirement, fact: Fact | None) -> Reason:
    if fact is None:
        absent = Outcome.NOT_MET if requirement.kind in OURS_TO_SAY else Outcome.UNKNOWN
        return Reason(requirement, absent)
    if not fact.counts:
        # What is withheld is not known to be missed either; and nobody may learn the value from the reason.
        return Reason(requirement, Outcome.UNKNOWN, fact)
    if requirement.kind not in SCORED:
        return Reason(requirement, Outcome.MET if fact.completed else Outcome.NOT_MET, fact)
    observed = fact.percent if requirement.unit == "percent" else fact.score
    if observed is None:
        # A withdrawn grade is known to be absent; a score without its maximum cannot be weighed in percent.
        return Reason(requirement, Outcome.NOT_MET if fact.is_withdrawn else Outcome.UNKNOWN, fact)
    assert requirement.minimum is not None
    # Half a millionth forgives 79.99999999999999 from a division, and nothing a teacher could see.
    enough = observed + 5e-7 >= requirement.minimum
    return Reason(requirement, Outcome.MET if enough else Outcome.NOT_MET, fact, observed)
