"""LTI roles, as far as they decide who may earn a badge and who may make one (LTI Core 1.3, A.2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

STAFF_WORDS = frozenset({"Instructor", "Administrator", "ContentDeveloper", "Manager", "Mentor", "Officer"})


class CourseRole(StrEnum):
    """What a person is to us in one course."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    LEARNER = "learner"
    TEST_STUDENT = "test_student"
    OTHER = "other"


def _context_word(role: str) -> str:
    """The role's word in the course: "Learner", "Instructor", "TeachingAssistant"; "" for other vocabularies.

    Short names ("Learner") are legal in NRPS and tolerated in launches.
    """
    if role.startswith((SYSTEM, INSTITUTION)) or role == TEST_USER:
        return ""
    return role.rsplit("#", 1)[-1].rsplit("/", 1)[-1] if role.startswith("http") else role


def course_role(roles: Iterable[str]) -> CourseRole:
    """The strongest role in a list of role URIs or short names.

    A person who teaches is never also a learner here, and a test student is never anything else.
    """
    given = set(roles)
    if TEST_USER in given:
        return CourseRole.TEST_STUDENT
    words = {_context_word(role) for role in given}
    if "TeachingAssistant" in words:
        return CourseRole.ASSISTANT
    if words & STAFF_WORDS:
        return CourseRole.INSTRUCTOR
    if "Learner" in words:
        return CourseRole.LEARNER
    return CourseRole.OTHER


def may_earn(launch_roles: Iterable[str] | None, roster_roles: Iterable[str] | None) -> bool:
    """Whether a person can be awarded: a learner by every list that names her.

    Moodle's roster calls a non-editing teacher "Learner" while her launch says Instructor, so one list alone
    never makes anyone eligible against the other.
    """
    known = [course_role(roles) for roles in (launch_roles, roster_roles) if roles is not None]
    return bool(known) and all(role is CourseRole.LEARNER for role in known)
