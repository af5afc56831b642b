"""A rubric as text: what is typed is what is meant, and what is kept is shown as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.criteria import CriteriaError, RubricLevel, RubricRow, parse
from lti_tool.web.instructor import rubric_text

TYPED = """Clarity: 10
Sources: own and others
- None: 0
* Some: 2,5; Two or more are named: at least.
- All: 5"""
words = st.text("aäZß09 .,:()“", min_size=1, max_size=12).map(str.strip)
names = words.filter(bool)
points = st.integers(1, 40).map(lambda quarter: quarter / 4)


def levels(found: dict[str, tuple[float, str]]) -> tuple[RubricLevel, ...]:
    parts = [RubricLevel(name, value, said) for name, (value, said) in found.items()]
    return tuple(sorted(parts, key=lambda level: level.points))


@st.composite
def rows(draw: st.DrawFn, name: str) -> RubricRow:
    chosen = draw(st.lists(points, min_size=2, max_size=4, unique=True))
    called = draw(st.lists(names, min_size=len(chosen), max_size=len(chosen), unique_by=str.casefold))
    if draw(st.booleans()):
        return RubricRow(name, chosen[0])
    found = levels({one: (value, draw(words)) for one, value in zip(called, chosen, strict=True)})
    return RubricRow(name, found[-1].points, found, draw(st.sampled_from(["", found[0].name])))


def leaf(text: str) -> dict[str, object]:
    return {"type": "evidence_approved", "evidence": "Report", "rubric": rubric_text.to_json(text)}


def test_what_is_typed_is_what_is_meant() -> None:
    clarity, sources = parse(leaf(TYPED)).rubric
    assert clarity == RubricRow("Clarity", 10.0)
    some = RubricLevel("Some", 2.5, "Two or more are named: at least.")
    found = (RubricLevel("None", 0.0), some, RubricLevel("All", 5.0))
    assert sources == RubricRow("Sources: own and others", 5.0, found, "Some")


@given(st.lists(names, min_size=1, max_size=3, unique=True).flatmap(lambda found: st.tuples(*map(rows, found))))
def test_a_rubric_comes_back_as_it_was_shown(rubric: tuple[RubricRow, ...]) -> None:
    assert parse(leaf(rubric_text.to_text(rubric))).rubric == rubric


@pytest.mark.parametrize("text", ["Clarity", "Clarity: many", "Clarity:", "Clarity: 5\n- a: 1", "X\n- a\n- b: 2"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(CriteriaError):
        parse(leaf(text))
