"""Every requirement and every joint in words, and the same words in the credential."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from lti_tool.domain.criteria import parse
from lti_tool.domain.phrases import ENGLISH, phrases_for
from lti_tool.domain.sentence import criteria_sentence
from tests.factories.criteria_trees import trees

NAMES = {"q": "Quiz 1", "m": "Module 1", "o": "Pipetting", "f": "Attendance", "red": "Group A", "blue": "Group B"}
DONE = {"type": "item_completed", "item": "q"}
SCALE = ["F", "C", "B", "A"]


def say(tree: object) -> str:
    return criteria_sentence(parse(tree), lambda _, target: NAMES[target])


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"type": "item_score", "item": "q", "letter": "B", "scale": SCALE}, "Get at least B in Quiz 1."),
        (
            {"type": "item_score", "item": "q", "minimum": 80, "take": "best"},
            "Score at least 80 % in the best attempt at Quiz 1.",
        ),
        (
            {"type": "item_score", "item": "q", "minimum": 1, "unit": "points", "take": "average"},
            "Score at least 1 point on average over all attempts at Quiz 1.",
        ),
        ({"type": "item_submitted", "item": "q", "on_time": True}, "Hand in Quiz 1 on time."),
        (
            {"type": "module_share", "module": "m", "minimum": 50, "items": ["q"]},
            "Complete at least 50 % of Module 1.",
        ),
        (
            {"type": "course_grade", "minimum": 70, "grade": "final", "overrides": False},
            "Reach at least 70 % as final course grade, as it was calculated.",
        ),
        ({"type": "course_completed"}, "Complete the course."),
        ({"type": "outcome_mastered", "outcome": "o"}, "Master Pipetting."),
        (
            {"type": "outcome_mastered", "outcome": "o", "letter": "A", "scale": SCALE},
            "Reach at least A in Pipetting.",
        ),
        ({"type": "external_fact", "fact": "f", "minimum": 80}, "Reach at least 80 % in Attendance."),
        ({"type": "external_fact", "fact": "f"}, "Have Attendance recorded."),
        (
            {
                "type": "evidence_approved",
                "evidence": "portfolio",
                "minimum": 5,
                "rubric": [{"name": "Clarity", "points": 10}],
            },
            "Have portfolio approved by a reviewer with at least 5 points.",
        ),
        (
            {
                "type": "evidence_approved",
                "evidence": "portfolio",
                "minimum": 5,
                "rubric": [
                    {
                        "name": "Clarity",
                        "levels": [{"name": "Unclear", "points": 0}, {"name": "Clear", "points": 6}],
                        "needs": "Clear",
                    }
                ],
            },
            "Have portfolio approved by a reviewer with at least 5 points and at least “Clear” in Clarity.",
        ),
        ({"type": "not", "parts": [DONE]}, "Do not complete Quiz 1."),
        (
            {"type": "not", "parts": [{"type": "any", "parts": [DONE, {"type": "manual_approval"}]}]},
            "Do not (complete Quiz 1 or be approved by the teacher).",
        ),
        (
            {
                "type": "credits",
                "total": 2.5,
                "parts": [DONE | {"credits": 2}, {"type": "manual_approval"}],
            },
            "Collect at least 2.5 credits from these: complete Quiz 1 (2); be approved by the teacher (1).",
        ),
        (
            {"type": "all", "parts": [DONE, {"type": "manual_approval", "optional": True}]},
            "Complete Quiz 1, and if you like be approved by the teacher.",
        ),
        (
            DONE | {"window": {"from": "2026-09-01T00:00:00Z", "until": "2026-10-01T12:30:00Z", "since": "enrolment"}},
            "Complete Quiz 1 between 1 September 2026 and 1 October 2026, 12:30 UTC since enrolment.",
        ),
        (DONE | {"only_for": ["red", "blue"]}, "Complete Quiz 1 (only for Group A or Group B)."),
    ],
)
def test_the_sentence(tree, sentence):
    assert say(tree) == sentence


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_every_tree_can_be_said(tree):
    said = criteria_sentence(tree, lambda _, target: target)
    assert said.endswith(".")
    assert said.count("(") == said.count(")")


def test_a_language_that_is_not_there_yet_is_english():
    assert phrases_for("en-GB") is phrases_for("de_AT") is phrases_for("") is ENGLISH
