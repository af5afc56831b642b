"""Which marks an approval needs."""

from __future__ import annotations

import pytest

from lti_tool.domain.criteria import Requirement, RubricLevel, RubricRow
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.marks import Mark, check_marks, mark_by_level, marks_from_json, marks_to_json

LEVELS = (RubricLevel("Unclear", 0.0), RubricLevel("Clear", 6.0), RubricLevel("Brilliant", 10.0))
CLARITY = RubricRow("Clarity", 10.0, LEVELS, "Clear")
SOURCES = RubricRow("Sources", 5.0)
LEAF = Requirement(FactKind.EVIDENCE_REVIEW, evidence="Report", rubric=(CLARITY, SOURCES), minimum=9.0)
CLEAR = Mark(6.0, "Clear")


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ({}, "review.points_missing"),
        ({"Clarity": CLEAR}, "review.points_missing"),
        ({"Clarity": Mark(6.0), "Sources": Mark(5.0)}, "review.level_unknown"),
        ({"Clarity": Mark(10.0, "Clear"), "Sources": Mark(5.0)}, "review.points_invalid"),
        ({"Clarity": Mark(9.0, "Shiny"), "Sources": Mark(5.0)}, "review.level_unknown"),
        ({"Clarity": Mark(0.0, "Unclear"), "Sources": Mark(5.0)}, "review.level_short"),
        ({"Clarity": CLEAR, "Sources": Mark(5.5)}, "review.points_invalid"),
        ({"Clarity": CLEAR, "Sources": Mark(3.0, "Clear")}, "review.points_invalid"),
        ({"Clarity": CLEAR, "Sources": Mark(2.5)}, "review.points_short"),
        ({"Clarity": CLEAR, "Sources": Mark(3.0)}, ""),
        ({"Clarity": Mark(10.0, "Brilliant"), "Sources": Mark(0.0)}, ""),
    ],
)
def test_an_approval_needs_every_row_its_levels_and_enough_points(marks: dict[str, Mark], code: str) -> None:
    if not code:
        check_marks(LEAF, marks)
        return
    with pytest.raises(BadgeToolError) as refused:
        check_marks(LEAF, marks)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_marks_come_back_as_they_were_kept_and_so_do_those_from_before_there_were_levels() -> None:
    marks = {"Clarity": mark_by_level(CLARITY, "Clear"), "Sources": Mark(2.5)}
    assert marks_from_json(marks_to_json(marks)) == marks
    assert marks_from_json({"Clarity": 8, "Sources": 2.5}) == {"Clarity": Mark(8), "Sources": Mark(2.5)}
