"""When a rule would first have been met, had it been in force all along: a fold over what was heard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lti_tool.domain.criteria import Criteria
from lti_tool.domain.evaluation import Outcome, compiled, facts_of
from lti_tool.domain.learner_record import Fact, FactKey, LearnerRecord, newer


def first_met(rule: Criteria, achievement_id: str, statements: Iterable[Fact]) -> datetime | None:
    """The moment (of hearing, not of happening) at which one learner's record met the rule for the first time; None
    where it never did. Statements may come in any order, and more than once."""
    decide, matters = compiled(rule, achievement_id), facts_of(rule, achievement_id)
    held: dict[FactKey, Fact] = {}
    at: datetime | None = None
    for fact in sorted(statements, key=lambda fact: (fact.received_at, fact.rank)):
        if at is not None and fact.received_at > at and _meets(decide(LearnerRecord(held))):
            return at
        before = held.get(fact.key)
        held[fact.key] = newer(before, fact)
        # What was heard in one moment is weighed together, as nobody saw it in between.
        if held[fact.key] is not before and (fact.kind, fact.target) in matters:
            at = fact.received_at
    return at if at is not None and _meets(decide(LearnerRecord(held))) else None


def _meets(outcome: Outcome) -> bool:
    return outcome is Outcome.MET
