"""Who can earn: nobody who teaches by any list, and no test student."""

from __future__ import annotations

import pytest

from lti_tool.domain.roles import MEMBERSHIP, TEST_USER, CourseRole, course_role, is_test_user, may_earn

LEARNER, INSTRUCTOR = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
ADMIN = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([LEARNER], CourseRole.LEARNER),
        (["Learner"], CourseRole.LEARNER),
        ([INSTRUCTOR], CourseRole.INSTRUCTOR),
        ([ASSISTANT, INSTRUCTOR], CourseRole.ASSISTANT),
        ([INSTRUCTOR, LEARNER], CourseRole.INSTRUCTOR),
        ([LEARNER, TEST_USER], CourseRole.TEST_STUDENT),
        ([ADMIN], CourseRole.OTHER),
        ([ADMIN, LEARNER], CourseRole.LEARNER),
        (["urn:unheard-of"], CourseRole.OTHER),
        # Canvas calls a parent who watches one learner so.
        ([f"{MEMBERSHIP}#Mentor"], CourseRole.OTHER),
        ([f"{MEMBERSHIP}#Manager"], CourseRole.INSTRUCTOR),
        ([f"{MEMBERSHIP}/Instructor#Grader"], CourseRole.ASSISTANT),
        ([f"{MEMBERSHIP}/Instructor#GuestInstructor"], CourseRole.INSTRUCTOR),
        ([f"{MEMBERSHIP}/Learner#NonCreditLearner"], CourseRole.LEARNER),
        ([f"{MEMBERSHIP}/Learner#Lecturer"], CourseRole.OTHER),
        (["http://purl.imsglobal.org/vocab/lis/v2EVIL/membership#Instructor"], CourseRole.OTHER),
        (["https://evil.example/membership#Instructor"], CourseRole.OTHER),
        ([f"{MEMBERSHIP}EVIL#Instructor"], CourseRole.OTHER),
        ([f"{MEMBERSHIP}#instructor"], CourseRole.OTHER),
        ([f"{MEMBERSHIP}# Instructor"], CourseRole.OTHER),
        ([f"{MEMBERSHIP}#{MEMBERSHIP}#Instructor"], CourseRole.OTHER),
        ([], CourseRole.OTHER),
    ],
)
def test_the_role_in_the_course(roles, role):
    assert course_role(roles) is role


@pytest.mark.parametrize(
    ("launch", "roster", "eligible"),
    [
        ([LEARNER], ["Learner"], True),
        (None, ["Learner"], True),
        ([LEARNER], None, True),
        # Moodle's roster calls a non-editing teacher Learner, her launch says Instructor.
        ([INSTRUCTOR], ["Learner"], False),
        ([LEARNER], ["Instructor"], False),
        ([LEARNER, TEST_USER], ["Learner"], False),
        (None, None, False),
    ],
)
def test_may_earn(launch, roster, eligible):
    assert may_earn(launch, roster) is eligible


@pytest.mark.parametrize(
    ("launch", "roster", "is_one"),
    [
        ([LEARNER, TEST_USER], None, True),
        (None, ["Learner", TEST_USER], True),
        ([LEARNER], ["Instructor"], True),
        ([LEARNER], [ASSISTANT], True),
        ([LEARNER], ["Learner"], False),
        ([INSTRUCTOR], ["Learner"], False),
        ([INSTRUCTOR], ["Instructor"], False),
        (None, None, False),
    ],
)
def test_who_only_looks_like_a_learner(launch, roster, is_one):
    assert is_test_user(launch, roster) is is_one
