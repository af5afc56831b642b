"""The numbers that Canvas gives to what a course holds: within the shard, as its REST interface tells them."""

from __future__ import annotations

from lti_tool.sandbox.course import ACTIVITIES, GRADED, MODULES

COURSE = 1
_FIRST_ASSIGNMENT, _FIRST_MODULE, _FIRST_ITEM = 201, 301, 401


def assignment_number(activity_id: str) -> int:
    """Of what is graded, quizzes too: Canvas keeps an assignment for each."""
    return _FIRST_ASSIGNMENT + [each.id for each in GRADED].index(activity_id)


def module_number(module_id: str) -> int:
    return _FIRST_MODULE + [each.id for each in MODULES].index(module_id)


def item_number(activity_id: str) -> int:
    """Of an activity's place in its module."""
    return _FIRST_ITEM + list(ACTIVITIES).index(activity_id)
