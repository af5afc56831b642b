"""Which facts a tree looks at, so that an event is weighed only where it can change something."""

from __future__ import annotations

from functools import lru_cache

from lti_tool.domain.criteria import Criteria, Requirement, nodes, requirements
from lti_tool.domain.fact_kind import FactKind

FactRef = tuple[FactKind, str]
"""(kind, target): all aspects of it."""


@lru_cache(maxsize=4096)
def facts_of(criteria: Criteria, achievement_id: str) -> frozenset[FactRef]:
    """Everything whose change can change the decision about this badge."""
    found = {reference for leaf in requirements(criteria) for reference in _of_leaf(leaf, achievement_id)}
    for _, part in nodes(criteria):
        found |= {(FactKind.GROUP_MEMBERSHIP, group) for group in part.only_for}
        if part.window is not None and part.window.since_enrolment:
            found.add((FactKind.ENROLMENT, ""))
    return frozenset(found)


def _of_leaf(leaf: Requirement, achievement_id: str) -> set[FactRef]:
    if leaf.items:
        return {(FactKind.ITEM_COMPLETION, item) for item in leaf.items}
    if leaf.kind in (FactKind.MANUAL_APPROVAL, FactKind.EVIDENCE_REVIEW):
        return {(leaf.kind, achievement_id)}
    return {(leaf.kind, leaf.target)}
