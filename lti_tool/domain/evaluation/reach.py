"""How far it still is: the least number of leaves that have to become met, and what can never become so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lti_tool.domain.criteria import Group, Requirement, Window
from lti_tool.domain.evaluation.outcome import Outcome, Why
from lti_tool.domain.evaluation.reason import Reason
from lti_tool.domain.fact_kind import FactKind, Standing

# More steps than any rule has leaves.
NEVER = 1_000_000


def steps(reason: Reason, now: datetime | None = None, around: Window | None = None) -> int:
    """0 when it is met, NEVER when nothing that she can still do meets it. Without `now` time never runs out."""
    if reason.outcome is Outcome.MET:
        return 0
    if reason.is_hers is False:
        return NEVER
    window = reason.criteria.window.within(around) if reason.criteria.window is not None else around
    if isinstance(reason.criteria, Requirement):
        return NEVER if _is_lost(reason, reason.criteria, now, window) else 1
    return min(NEVER, _of_group(reason, reason.criteria, now, window))


def _of_group(reason: Reason, group: Group, now: datetime | None, window: Window | None) -> int:
    if group.joiner == "not":
        # What is done cannot be undone by doing more.
        return NEVER if reason.outcome is Outcome.NOT_MET else 1
    costs = [(steps(part, now, window), part.criteria.credits) for part in reason.counted]
    if group.joiner == "credits":
        return _of_credits(costs, group.total)
    needed = len(costs) if group.joiner == "all" else group.needed
    # A group that waits to hear in which groups she is can be met part by part, and is one step away at least.
    cheapest = sorted(cost for cost, _ in costs)
    return max(1, sum(cheapest[:needed])) if len(cheapest) >= needed else NEVER


def _of_credits(costs: list[tuple[int, float]], total: float) -> int:
    """The cheapest choice of parts that add up to the total: for each cost the most credits that it brings."""
    most: dict[int, float] = {0: 0.0}
    for cost, weight in costs:
        if cost >= NEVER:
            continue
        for spent, credit in list(most.items()):
            reached = spent + cost
            most[reached] = max(most.get(reached, 0.0), credit + weight)
    return max(1, min((cost for cost, credit in most.items() if credit + 1e-9 >= total), default=NEVER))


def blockers(reason: Reason, now: datetime | None = None, around: Window | None = None) -> Iterator[Reason]:
    """The parts on account of which it can never be met; nothing where it still can."""
    if steps(reason, now, around) < NEVER:
        return
    window = reason.criteria.window.within(around) if reason.criteria.window is not None else around
    group = reason.criteria
    if isinstance(group, Requirement) or group.joiner == "not" or reason.is_hers is False:
        yield reason
        return
    for part in reason.counted:
        yield from blockers(part, now, window)


def _is_lost(reason: Reason, leaf: Requirement, now: datetime | None, window: Window | None) -> bool:
    if reason.fact is not None and reason.fact.standing in (Standing.EXCUSED, Standing.DELETED):
        return True
    if now is not None and window is not None and window.end is not None and now >= window.end:
        # What was done in time may still be heard of; what is known to be missing may not.
        return reason.outcome is Outcome.NOT_MET
    return leaf.kind is FactKind.ITEM_SUBMISSION and reason.why is Why.LATE
