"""How the values of parts make the value of a group, in one place for the traced and for the fast evaluation.

A value is 1 (met), 0 (not known), -1 (not met), or one of three more that only groups see: NOT_HERS for a part that is
for other learners, and is left out; IF_HERS_MET and IF_HERS_NOT for a part of which it is not known whether it is for
her.
"""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.criteria import Group

MET, UNKNOWN, NOT_MET = 1, 0, -1
IF_HERS_MET, IF_HERS_NOT, NOT_HERS = 2, -2, 3
# Of credits, which are added up and need not be whole.
_ROUNDING = 1e-9

_FOR_ALL = {IF_HERS_MET: MET, IF_HERS_NOT: UNKNOWN}
_FOR_SOME = {IF_HERS_MET: UNKNOWN, IF_HERS_NOT: NOT_MET}


def join(group: Group, values: Sequence[int]) -> int:
    """`values` are those of `group.required`, in order; NOT_HERS where no part is left."""
    if group.joiner == "credits":
        return _credits(group, values)
    certain = _FOR_ALL if group.joiner == "all" else _FOR_SOME
    hers = [certain.get(value, value) for value in values if value != NOT_HERS]
    if not hers:
        return NOT_HERS
    if group.joiner == "not":
        return UNKNOWN if values[0] in (IF_HERS_MET, IF_HERS_NOT) else -hers[0]
    needed = {"all": len(hers), "any": 1}.get(group.joiner, group.count)
    met = hers.count(MET)
    if met >= needed:
        return MET
    return UNKNOWN if met + hers.count(UNKNOWN) >= needed else NOT_MET


def _credits(group: Group, values: Sequence[int]) -> int:
    met = possible = 0.0
    hers = False
    for part, found in zip(group.required, values, strict=True):
        if found == NOT_HERS:
            continue
        hers = True
        value = _FOR_SOME.get(found, found)
        met += part.credits if value == MET else 0.0
        possible += part.credits if value != NOT_MET else 0.0
    if not hers:
        return NOT_HERS
    if met + _ROUNDING >= group.total:
        return MET
    return UNKNOWN if possible + _ROUNDING >= group.total else NOT_MET


def if_hers(value: int) -> int:
    """The value of a part of which it is not known whether it is for her."""
    if value == NOT_HERS:
        return NOT_HERS
    return {MET: IF_HERS_MET, NOT_MET: IF_HERS_NOT}.get(value, UNKNOWN if value == UNKNOWN else value)


def settled(value: int) -> int:
    """The value of the whole tree: a rule that is for others is not met."""
    if value == NOT_HERS:
        return NOT_MET
    return UNKNOWN if value in (IF_HERS_MET, IF_HERS_NOT) else value
