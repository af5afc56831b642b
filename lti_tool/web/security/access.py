"""Who may do what in a course: the one table that decides it."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.domain.errors import Forbidden
from lti_tool.domain.roles import CourseRole


class Permission(StrEnum):
    """What a page shows or an action does."""

    OPEN_TOOL = "open_tool"
    VIEW_OWN_BADGES = "view_own_badges"
    SEE_COURSE = "see_course"
    PLACE_BADGES = "place_badges"
    EDIT_BADGES = "edit_badges"
    DECIDE_AWARDS = "decide_awards"


_TEACHES = frozenset({CourseRole.INSTRUCTOR})
# A non-editing teacher sees what the teacher sees and changes nothing. What she may place in the course is the
# learning platform's to decide: it sends a Deep Linking request only for people who may.
_STAFF = _TEACHES | {CourseRole.ASSISTANT}
_MEMBERS = _STAFF | {CourseRole.LEARNER, CourseRole.TEST_STUDENT}

ALLOWED: dict[Permission, frozenset[CourseRole]] = {
    Permission.OPEN_TOOL: frozenset(CourseRole),
    Permission.VIEW_OWN_BADGES: _MEMBERS,
    Permission.SEE_COURSE: _STAFF,
    Permission.PLACE_BADGES: _STAFF,
    Permission.EDIT_BADGES: _TEACHES,
    Permission.DECIDE_AWARDS: _TEACHES,
}


def may(role: CourseRole, permission: Permission) -> bool:
    """Whether a role has a permission; pages use it to leave out buttons that would be refused."""
    return role in ALLOWED[permission]


def require(role: CourseRole, permission: Permission) -> None:
    """Raises `access.forbidden` (403)."""
    if not may(role, permission):
        raise Forbidden(
            "access.forbidden",
            "This page is not for your role in this course.",
            "Ask the teacher of the course if you think that it should be.",
        )
