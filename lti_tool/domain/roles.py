"""LTI roles, as far as they decide who may earn a badge and who may make one (LTI Core 1.3, A.2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

# Who runs the course. A mentor does not: that is how Canvas calls a parent who watches one learner.
TEACHING = frozenset({"Instructor", "Administrator", "ContentDeveloper", "Manager"})
# Who helps an instructor without deciding (LTI Core 1.3, A.2.3.1): all roles below Instructor that begin so.
_HELPING = ("TeachingAssistant", "Grader")
# Sub-roles that say no more than the role above them does.
_INSTRUCTOR_BY_ANOTHER_NAME = frozenset(
    {"ExternalInstructor", "GuestInstructor", "Lecturer", "PrimaryInstructor", "SecondaryInstructor"}
)
_LEARNER_BY_ANOTHER_NAME = frozenset({"ExternalLearner", "GuestLearner", "Learner", "NonCreditLearner", "Instructor"})


class CourseRole(StrEnum):
    """What a person is to us in one course."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    LEARNER = "learner"
    TEST_STUDENT = "test_student"
    OTHER = "other"


def _role_of(role: str) -> CourseRole:
    """What one role URI says of the course it was sent for: nothing, unless it is spelt as the vocabulary spells it.

    "…/membership#Instructor" is a role, "…/membership/Instructor#TeachingAssistant" a sub-role. Short names are
    legal in NRPS (2.0, 2.2) and tolerated in launches. Roles of the institution or the system say nothing here.
    """
    if role == TEST_USER:
        return CourseRole.TEST_STUDENT
    if role.startswith(f"{MEMBERSHIP}/"):
        principal, _, word = role.removeprefix(f"{MEMBERSHIP}/").partition("#")
        return _sub_role(principal, word)
    word = role.removeprefix(f"{MEMBERSHIP}#")
    if word in TEACHING:
        return CourseRole.INSTRUCTOR
    if word.startswith("TeachingAssistant") and word.isalpha():
        return CourseRole.ASSISTANT
    return CourseRole.LEARNER if word == "Learner" else CourseRole.OTHER


def _sub_role(principal: str, word: str) -> CourseRole:
    if principal == "Instructor" and word.isalpha() and word.startswith(_HELPING):
        return CourseRole.ASSISTANT
    if principal == "Instructor" and word in _INSTRUCTOR_BY_ANOTHER_NAME:
        return CourseRole.INSTRUCTOR
    if principal == "Learner" and word in _LEARNER_BY_ANOTHER_NAME:
        return CourseRole.LEARNER
    return CourseRole.OTHER


# From what weighs most: a person who teaches is never also a learner here, a test student is never anything else,
# and a teaching assistant stays one though most platforms send Instructor beside it.
_WEIGHT = (CourseRole.TEST_STUDENT, CourseRole.ASSISTANT, CourseRole.INSTRUCTOR, CourseRole.LEARNER)


def course_role(roles: Iterable[str]) -> CourseRole:
    """What a list of role URIs or short names makes of a person in the course it was sent for."""
    found = {_role_of(role) for role in roles}
    return next((role for role in _WEIGHT if role in found), CourseRole.OTHER)


def may_earn(launch_roles: Iterable[str] | None, roster_roles: Iterable[str] | None) -> bool:
    """Whether a person can be awarded: a learner by every list that names her.

    Moodle's roster calls a non-editing teacher "Learner" while her launch says Instructor, so one list alone
    never makes anyone eligible against the other.
    """
    known = [course_role(roles) for roles in (launch_roles, roster_roles) if roles is not None]
    return bool(known) and all(role is CourseRole.LEARNER for role in known)


def is_test_user(launch_roles: Iterable[str] | None, roster_roles: Iterable[str] | None) -> bool:
    """Whether a person only looks like a learner: the LMS's test student, or staff who views the course as one.

    Who views as a learner is one by her launch and teaches by the roster.
    """
    launched = course_role(launch_roles or ())
    listed = course_role(roster_roles or ())
    if CourseRole.TEST_STUDENT in (launched, listed):
        return True
    return launched is CourseRole.LEARNER and listed in (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT)
