"""How the values of parts make the value of a group, in one place for the traced and for the fast evaluation.

A value is the set of what can be true of a part, as far as is known: that it is met, that it is not, and that it is for
other learners and left out. Each of the three is a bit, and what is not known leaves more than one.
"""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.criteria import Group

MET, NOT_MET, NOT_HERS = 1, 2, 4
UNKNOWN = MET | NOT_MET
# Of credits, which are added up and need not be whole.
_ROUNDING = 1e-9


def join(group: Group, values: Sequence[int]) -> int:
    """`values` are those of `group.required`, in order. A group of which no part is left is left out itself."""
    left_out = NOT_HERS if all(value & NOT_HERS for value in values) else 0
    if group.joiner == "not":
        return left_out | _turned(values[0])
    if group.joiner == "all":
        return left_out | _all(values)
    weights = [part.credits if group.joiner == "credits" else 1.0 for part in group.required]
    needed = {"credits": group.total, "any": 1.0}.get(group.joiner, float(group.count))
    return left_out | _enough(values, weights, needed - _ROUNDING)


def _turned(value: int) -> int:
    return (MET if value & NOT_MET else 0) | (NOT_MET if value & MET else 0)


def _all(values: Sequence[int]) -> int:
    """All that are left have to be met, however many they are."""
    can_be_met = NOT_MET not in values and any(value & MET for value in values)
    return (MET if can_be_met else 0) | (NOT_MET if any(value & NOT_MET for value in values) else 0)


def _enough(values: Sequence[int], weights: Sequence[float], needed: float) -> int:
    most = sum(weight for value, weight in zip(values, weights, strict=True) if value & MET)
    can_be_met = any(value & MET for value in values) and most >= needed
    return (MET if can_be_met else 0) | (NOT_MET if _least(values, weights) < needed else 0)


def _least(values: Sequence[int], weights: Sequence[float]) -> float:
    """The least that can be reached while any part is left; infinite where none can be."""
    sure = [weight for value, weight in zip(values, weights, strict=True) if value == MET]
    if sure or any(value & NOT_MET for value in values):
        return sum(sure)
    return min((weight for value, weight in zip(values, weights, strict=True) if value & MET), default=float("inf"))


def if_hers(value: int) -> int:
    """The value of a part of which it is not known whether it is for her."""
    return value | NOT_HERS


def settled(value: int) -> int:
    """The value of the whole tree: a rule that is for others is not met."""
    if value == NOT_HERS:
        return NOT_MET
    return UNKNOWN if value & NOT_HERS else value
