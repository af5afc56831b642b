"""Canvas's numbers in one form, whichever of its services told them.

Canvas numbers its things within each of its databases, the shards: 48 there is 21070000000000048 everywhere, which its
REST interface also writes as "2107~48" and Caliper as "urn:instructure:canvas:user:21070000000000048". One event mixes
the forms. Here a number of the account's own shard is always the local one, as launches and REST tell it, and it
survives the move of an account to another shard; a number of another shard is always the global one.
(Canvas Data Services, "Event Metadata": local and global ids.)
"""

from __future__ import annotations

import re
from typing import Any

from lti_tool.domain.aliases import SHARD, AliasKind
from lti_tool.domain.errors import BadgeToolError

_NUMBER = re.compile(r"[0-9]{1,18}")
_TILDE = re.compile(r"([0-9]{1,5})~([0-9]{1,13})")
_URN = re.compile(r"urn:instructure:canvas:[A-Za-z_]{1,40}:([0-9]{1,18})")


def number_of(value: Any) -> int:
    """The number in whichever form it was told. Raises `event.malformed` for what is no id of Canvas."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.isascii():
        tilde, urn = _TILDE.fullmatch(value), _URN.fullmatch(value)
        digits = urn[1] if urn else value
        number = int(tilde[1]) * SHARD + int(tilde[2]) if tilde else int(digits) if _NUMBER.fullmatch(digits) else 0
        # 0 is nobody and nothing, on any shard.
        if number % SHARD:
            return number
    raise BadgeToolError("event.malformed", "An id is not a number of Canvas.")


def shard_of(*told: Any) -> int | None:
    """The shard of the first id that names one; None where all are local or missing. The account's or the course's
    ids are asked: a course lies on the shard of its account, a person may come from another one."""
    for value in told:
        if value is not None and (shard := number_of(value) // SHARD):
            return shard
    return None


def local_form(value: Any) -> str:
    """Of a course, an assignment, a module: they lie on the account's own shard, so that the local number is enough."""
    return str(number_of(value) % SHARD)


def person_name(value: Any, shard: int | None) -> tuple[str, str]:
    """(kind of alias, id) of a person: the local number is hers only where her shard is the account's.

    Where the account's shard is not known a global number stays global, so that it is never taken for a neighbour's.
    """
    number = number_of(value)
    if number // SHARD in (0, shard):
        return AliasKind.LMS_USER_ID.value, str(number % SHARD)
    return AliasKind.LMS_GLOBAL_USER_ID.value, str(number)


def assignment_target(value: Any) -> str:
    """By what the tool calls an assignment, and the quiz or discussion behind it: of all modules that list it, and of
    the gradebook, it is the same activity."""
    return f"assignment-{local_form(value)}"


def module_target(value: Any) -> str:
    return f"module-{local_form(value)}"


def module_item_target(value: Any) -> str:
    """What only a module knows: a page, a file, a link. Canvas counts module items and assignments apart, so a bare
    number would name two things."""
    return f"item-{local_form(value)}"


def outcome_target(value: Any) -> str:
    return f"outcome-{local_form(value)}"


def group_target(value: Any) -> str:
    """Canvas counts groups and sections apart."""
    return f"group-{local_form(value)}"


def section_target(value: Any) -> str:
    return f"section-{local_form(value)}"
