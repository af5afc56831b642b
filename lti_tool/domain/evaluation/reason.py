"""Why a tree, or one part of it, is met or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.criteria import Criteria, Group, Requirement, to_json
from lti_tool.domain.evaluation.outcome import Outcome, Why
from lti_tool.domain.learner_record import Fact


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of the tree is met or not.

    For a leaf: `observed` is the value seen in the unit of the requirement (None when nothing is known or the
    grade was withdrawn or does not count), `fact` where it came from, `more` what else was looked at. For a group:
    `parts`. `is_hers`: whether the part applies to this learner at all; None where that is not known.
    """

    criteria: Criteria
    outcome: Outcome
    fact: Fact | None = None
    observed: float | None = None
    parts: tuple[Reason, ...] = ()
    more: tuple[Fact, ...] = ()
    why: Why = Why.PLAIN
    is_hers: bool | None = True

    @property
    def counted(self) -> tuple[Reason, ...]:
        """The parts that the decision rests on: without those that are optional or for others."""
        return tuple(part for part in self.parts if not part.criteria.optional and part.is_hers is not False)

    @property
    def met_count(self) -> int:
        return sum(part.outcome is Outcome.MET for part in self.counted)

    @property
    def needed(self) -> int:
        """How many of the counted parts must be met."""
        group = self.criteria
        if not isinstance(group, Group):
            return 1
        return len(self.counted) if group.joiner == "all" else min(group.needed, max(1, len(self.counted)))

    @property
    def is_for_others(self) -> bool:
        """Whether nothing of it applies to this learner."""
        if self.is_hers is False:
            return True
        asked = [part for part in self.parts if not part.criteria.optional]
        return bool(asked) and all(part.is_for_others for part in asked)

    def leaves(self) -> Iterator[Reason]:
        if isinstance(self.criteria, Requirement):
            yield self
        for part in self.parts:
            yield from part.leaves()

    def facts(self) -> Iterator[Fact]:
        """Everything that was looked at."""
        for fact in (self.fact, *self.more):
            if fact is not None:
                yield fact
        for part in self.parts:
            yield from part.facts()

    def to_json(self) -> dict[str, Any]:
        """For storage beside the award: the tree with what was observed at the time of the decision."""
        value = to_json(self.criteria)
        value.pop("parts", None)
        value["outcome"] = self.outcome.value
        if self.why:
            value["why"] = self.why.value
        if self.is_hers is not True:
            value["applies"] = self.is_hers
        if self.parts:
            value["parts"] = [part.to_json() for part in self.parts]
        if self.fact is not None:
            value["observed"] = self.observed
            value["source"] = self.fact.source
            value["occurred_at"] = self.fact.occurred_at.isoformat()
            value["received_at"] = self.fact.received_at.isoformat()
            value |= {"observed_letter": self.fact.letter} if self.fact.letter and self.fact.counts else {}
        return value


def latest_fact_at(reason: Reason) -> datetime | None:
    """The time of the latest thing that this decision rests on."""
    return max((leaf.fact.occurred_at for leaf in reason.leaves() if leaf.fact), default=None)


def deciding(reason: Reason) -> Iterator[Reason]:
    """Parts whose own facts suffice to decide as it was decided, whatever all others may be: leaves, and groups that
    are for some learners only. Where nothing is decided they are all of them."""
    if not isinstance(reason.criteria, Group):
        yield reason
        return
    if reason.more:
        yield reason
    for part in _deciding_parts(reason, reason.criteria.joiner):
        yield from deciding(part)


def _deciding_parts(reason: Reason, joiner: str) -> Sequence[Reason]:
    """Of a met group the parts that meet it, of one that is not met those that keep it from being met."""
    parts = [part for part in reason.parts if not part.criteria.optional]
    if reason.outcome is Outcome.UNKNOWN or joiner == "not" or reason.is_hers is False:
        return parts
    if reason.outcome is Outcome.MET:
        met = [part for part in parts if part.outcome is Outcome.MET]
        return {"all": parts, "any": met[:1]}.get(joiner, met)
    missed = [part for part in parts if part.outcome is Outcome.NOT_MET and part.is_hers]
    if joiner == "all":
        return missed[:1]
    open_ = [part for part in parts if not part.is_hers or (part not in missed and _may_be_left_out(part))]
    chosen = missed + open_
    # That it is for her at all, where nothing else says so.
    kept = [part for part in parts if part.is_hers]
    return chosen if any(part.is_hers for part in chosen) else chosen + kept[:1]


def _may_be_left_out(part: Reason) -> bool:
    """Of a part that is hers: whether all of which it is made may be for others."""
    return part.outcome is Outcome.UNKNOWN and any(one.is_hers is None or _may_be_left_out(one) for one in part.parts)
