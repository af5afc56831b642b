"""Other names of a person and of a course: what the LMS calls them outside of LTI, learnt from custom parameters.

Events and reports of an LMS name people by its own numbers; a launch and a roster name them by the LTI ``sub``. The two
meet where both are told at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_VALUE = 255
LTI_NAME = "lti"
# Canvas numbers people per shard; its global number is shard * 10^13 + local number.
SHARD = 10**13


class AliasKind(StrEnum):
    LMS_USER_ID = "lms_user_id"
    LMS_GLOBAL_USER_ID = "lms_global_user_id"
    LMS_USER_UUID = "lms_user_uuid"
    SIS_USER_ID = "sis_user_id"
    LOGIN = "login"
    LTI11_USER_ID = "lti11_user_id"
    PAST_SUBJECT = "past_subject"  # a ``sub`` that she bore


class CourseAliasKind(StrEnum):
    LMS_COURSE_ID = "lms_course_id"
    SIS_COURSE_ID = "sis_course_id"


PERSON_NAMES = frozenset({LTI_NAME, *AliasKind})
COURSE_NAMES = frozenset({LTI_NAME, *CourseAliasKind})

# The custom parameters that the tool asks for, with the names administrators of Canvas give them.
_BY_PARAMETER = {
    "user_id": AliasKind.LMS_USER_ID,
    "canvas_user_id": AliasKind.LMS_USER_ID,
    "user_global_id": AliasKind.LMS_GLOBAL_USER_ID,
    "canvas_user_global_id": AliasKind.LMS_GLOBAL_USER_ID,
    "user_uuid": AliasKind.LMS_USER_UUID,
    "canvas_user_uuid": AliasKind.LMS_USER_UUID,
    "person_sourcedid": AliasKind.SIS_USER_ID,
    "user_sis_id": AliasKind.SIS_USER_ID,
    "canvas_user_sis": AliasKind.SIS_USER_ID,
    "user_username": AliasKind.LOGIN,
    "user_login_id": AliasKind.LOGIN,
    "canvas_user_login_id": AliasKind.LOGIN,
}


@dataclass(frozen=True, slots=True)
class Alias:
    """`is_told`: False for a number that was worked out of another one; it gives way to one that was told."""

    kind: AliasKind
    value: str
    is_told: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return (self.kind.value, self.value)


def aliases_of(custom: Mapping[str, str], *, lti11_user_id: str = "", sis_user_id: str = "") -> tuple[Alias, ...]:
    """The aliases among a person's custom parameters, each once.

    A parameter that the platform did not fill in ("$Canvas.user.id", LTI Core 1.3, 5.4.6.1) is none, nor is an empty
    one. `lti11_user_id` is the claim lti11_legacy_user_id, `sis_user_id` the roster's lis_person_sourcedid.
    """
    told = [(kind, custom.get(name, "")) for name, kind in _BY_PARAMETER.items()]
    told += [(AliasKind.SIS_USER_ID, sis_user_id), (AliasKind.LTI11_USER_ID, lti11_user_id)]
    found = [Alias(kind, value) for kind, value in told if _is_value(value)]
    return tuple(dict.fromkeys([*found, *_worked_out(found)])) if found else ()


@dataclass(frozen=True, slots=True)
class CourseAlias:
    kind: CourseAliasKind
    value: str


_COURSE_PARAMETER = {
    "canvas_course_id": CourseAliasKind.LMS_COURSE_ID,
    "course_sis_id": CourseAliasKind.SIS_COURSE_ID,
    "canvas_course_sis": CourseAliasKind.SIS_COURSE_ID,
}
# Moodle's own numbers of courses and people are its LTI names as well.
_LTI_NAMES_ARE_NUMBERS = frozenset({"moodle"})


def course_aliases_of(
    custom: Mapping[str, str], *, product: str = "", context_id: str = "", sis_course_id: str = ""
) -> tuple[CourseAlias, ...]:
    """The aliases of a launch's course, each once. `product` is the platform's product_family_code, `sis_course_id` the
    course_section_sourcedid of its lis claim."""
    found = [CourseAlias(kind, custom.get(name, "")) for name, kind in _COURSE_PARAMETER.items()]
    found.append(CourseAlias(CourseAliasKind.SIS_COURSE_ID, sis_course_id))
    if product in _LTI_NAMES_ARE_NUMBERS and _is_number(context_id):
        found.append(CourseAlias(CourseAliasKind.LMS_COURSE_ID, context_id))
    return tuple(dict.fromkeys(alias for alias in found if _is_value(alias.value)))


def subject_kinds(product: str) -> tuple[str, ...]:
    """Which kinds of a person's name are her LTI ``sub`` itself on this product."""
    return (LTI_NAME, AliasKind.LMS_USER_ID.value) if product in _LTI_NAMES_ARE_NUMBERS else (LTI_NAME,)


def _is_value(value: str) -> bool:
    return (
        0 < len(value) <= LONGEST_VALUE and not value.startswith("$") and value.strip() == value and "\0" not in value
    )


def _worked_out(found: Iterable[Alias]) -> list[Alias]:
    """Canvas gives people of another shard their global number even where it gives others the local one.

    So a number as large is a global one. The local part is worked out only where no other number was told: of a
    person of another shard it would be somebody else's.
    """
    numbers = {kind: [int(a.value) for a in found if a.kind is kind and _is_number(a.value)] for kind in AliasKind}
    local, whole = numbers[AliasKind.LMS_USER_ID], numbers[AliasKind.LMS_GLOBAL_USER_ID]
    aliases = [Alias(AliasKind.LMS_GLOBAL_USER_ID, str(n), is_told=False) for n in local if n > SHARD and not whole]
    if not local:
        aliases += [Alias(AliasKind.LMS_USER_ID, str(n % SHARD), is_told=False) for n in whole if n > SHARD]
    return aliases


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 20


def unambiguous(claims: Iterable[tuple[str, Alias]]) -> list[tuple[str, Alias]]:
    """Of (person, alias) pairs those whose alias only one person bears: a name that two share tells nobody apart."""
    bearers: dict[tuple[str, str], set[str]] = {}
    pairs = list(claims)
    for person, alias in pairs:
        bearers.setdefault(alias.key, set()).add(person)
    return [(person, alias) for person, alias in pairs if len(bearers[alias.key]) == 1]
