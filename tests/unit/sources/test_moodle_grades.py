"""Moodle's grade report, number for number from a recording, and what the recording does not hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.moodle import MoodleError, parse_grade_report, parse_graded_items
from tests.unit.sources.recorded import grade_report

GRADED_AT = 1795462217


def at(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def report(*items: dict[str, Any], userid: int = 18) -> dict[str, Any]:
    """One learner's report; each item is Quiz One, 80 of 100 points, but for what is named."""
    quiz = {
        "id": 10, "itemname": "Quiz One", "itemtype": "mod", "itemmodule": "quiz", "itemnumber": 0, "cmid": 7,
        "graderaw": 80, "grademin": 0, "grademax": 100, "gradedategraded": GRADED_AT, "gradedatesubmitted": None,
        "gradeishidden": False, "gradehiddenbydate": False, "gradeneedsupdate": False,
    }  # fmt: skip
    return {"usergrades": [{"userid": userid, "gradeitems": [quiz | item for item in items]}]}


TOTAL = {"id": 9, "itemname": None, "itemtype": "course", "cmid": None, "graderaw": 273, "grademax": 300}


def only(payload: Any) -> LearningEvent:
    (event,) = parse_grade_report(payload, "4")
    return event


def test_the_recorded_grades_number_for_number() -> None:
    events = parse_grade_report(grade_report(), "4")
    told = {(e.subject, e.target or "course"): (e.score, e.maximum, int(e.occurred_at.timestamp())) for e in events}
    assert told == {
        ("18", "7"): (100, 100, 1795462217),
        ("18", "9"): (88, 100, 1795462217),
        ("18", "10"): (85, 100, 1795462954),
        ("18", "course"): (273, 300, 1795463024),
        ("19", "7"): (100, 100, 1795462217),
        ("19", "9"): (40, 100, 1795462217),
        ("19", "10"): (0, 100, 1795462954),
        ("19", "course"): (140, 300, 1795463024),
        ("20", "7"): (0, 100, 1795462217),
        ("20", "10"): (100, 100, 1795462954),
        ("20", "course"): (100, 200, 1795463024),
        ("21", "9"): (0, 100, 1795462217),
        ("21", "course"): (0, 100, 1795462217),
        ("22", "8"): (7, 10, 1795463025),
        ("22", "10"): (0, 100, 1795463025),
        ("22", "course"): (7, 110, 1795463025),
    }
    assert len(events) == len(told)
    assert {e.kind for e in events if e.target} == {FactKind.ITEM_SCORE}
    assert {e.kind for e in events if not e.target} == {FactKind.COURSE_GRADE}
    assert {(e.source, e.context_id) for e in events} == {("moodle", "4")}


def test_reading_again_says_the_same_with_the_same_ids() -> None:
    first, second = parse_grade_report(grade_report(), "4"), parse_grade_report(grade_report(), "4")
    assert first == second
    assert len({event.event_id for event in first}) == len(first)


def test_a_regrade_is_another_event_even_at_the_same_time() -> None:
    assert only(report({"graderaw": 81})).event_id != only(report({})).event_id


def test_the_recorded_gradebook_names_what_can_be_graded() -> None:
    assert parse_graded_items(grade_report()) == [
        Activity("7", "item", "Quiz One", 100.0),
        Activity("8", "item", "Quiz Two (manual completion)", 10.0),
        Activity("9", "item", "Assignment One", 100.0),
        Activity("10", "item", "Badge: Python basics", 100.0),
        Activity("item-16", "item", "dates", 10.0),
        Activity("15", "item", "Extra LTI 6", 100.0),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"graderaw": None}, {"gradeishidden": True}, {"gradehiddenbydate": True}, {"gradeneedsupdate": True},
        {"status": "excluded"}, {"grademax": 0}, {"grademin": 100}, {"outcomeid": 3}, {"itemtype": "category"},
        {"cmid": None}, {"graderaw": -5}, {"graderaw": float("nan")}, {"graderaw": "eighty"},
    ],
)  # fmt: skip
def test_ev30_what_is_not_a_released_grade_says_nothing(change: dict[str, Any]) -> None:
    assert parse_grade_report(report(change), "4") == []


def test_a_locked_or_overridden_grade_is_a_grade() -> None:
    assert only(report({"gradeislocked": True, "locked": True, "gradeisoverridden": True})).score == 80


def test_extra_credit_above_the_maximum_is_kept() -> None:
    event = only(report({"graderaw": 110}))
    assert (event.score, event.maximum) == (110, 100)


@pytest.mark.parametrize("hiding", ["gradeishidden", "gradehiddenbydate"])
def test_ev30_a_course_total_does_not_tell_a_hidden_grade(hiding: str) -> None:
    shown = [event.kind for event in parse_grade_report(report({}, {"cmid": 8, hiding: True}, TOTAL), "4")]
    assert shown == [FactKind.ITEM_SCORE]
    ungraded = report({}, {"cmid": 8, hiding: True, "graderaw": None}, TOTAL)
    assert [event.kind for event in parse_grade_report(ungraded, "4")] == [FactKind.ITEM_SCORE, FactKind.COURSE_GRADE]


@pytest.mark.parametrize(
    ("raw", "low", "high", "score", "maximum"), [(1, 1, 3, 0, 2), (3, 1, 3, 2, 2), (0, -10, 10, 10, 20)]
)
def test_points_are_counted_from_the_lowest_grade(
    raw: float, low: float, high: float, score: float, maximum: float
) -> None:
    payload = report({"graderaw": raw, "grademin": low, "grademax": high})
    event = only(payload)
    assert (event.score, event.maximum) == (score, maximum)
    assert parse_graded_items(payload)[0].maximum == maximum


def test_the_time_of_a_grade_and_what_stands_in_for_it() -> None:
    undated = {"gradedategraded": None}
    assert only(report({})).occurred_at == at(GRADED_AT)
    assert only(report(undated | {"gradedatesubmitted": 1795462000})).occurred_at == at(1795462000)
    both = parse_grade_report(report({}, undated | {"cmid": 8}), "4")
    assert [event.occurred_at for event in both] == [at(GRADED_AT)] * 2
    assert only(report(undated)).occurred_at == datetime(2000, 1, 1, tzinfo=UTC)
    assert only(report({"gradedategraded": 0})).occurred_at == datetime(2000, 1, 1, tzinfo=UTC)


def test_two_grades_of_one_activity_are_two_targets() -> None:
    events = parse_grade_report(report({}, {"id": 11, "itemnumber": 1, "graderaw": 5}), "4")
    assert [(event.target, event.score) for event in events] == [("7", 80), ("7-1", 5)]


def test_names_are_text_not_markup() -> None:
    assert parse_graded_items(report({"itemname": " Q&amp;A &lt;1&gt; "}))[0].title == "Q&A <1>"
    assert parse_graded_items(report({"itemname": "a\0b\ud800\n"}))[0].title == "a b"


def test_a_strange_row_keeps_no_other_away() -> None:
    payload = report({"cmid": 8})
    payload["usergrades"][0]["gradeitems"][:0] = [5, None, {}, {"id": "x", "itemtype": []}]
    assert only(payload).target == "8"


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"usergrades": {}}, {"usergrades": [1]}, {"usergrades": [{"userid": 1}]},
     {"usergrades": [{"userid": "1; x", "gradeitems": []}]}, {"usergrades": [{"userid": True, "gradeitems": []}]}],
)  # fmt: skip
def test_another_answer_is_an_error_not_an_empty_course(payload: Any) -> None:
    with pytest.raises(MoodleError) as refused:
        parse_grade_report(payload, "4")
    assert refused.value.code == "moodle.unexpected"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(grade_report()["usergrades"][0]["gradeitems"][0])), anything)
def test_no_value_in_any_place_breaks_the_reading(name: str, value: Any) -> None:
    for event in parse_grade_report(report({name: value}, TOTAL), "4"):
        assert LearningEvent.from_json(event.to_json()) == event


@given(anything)
def test_no_answer_breaks_the_reading(payload: Any) -> None:
    try:
        parse_grade_report(payload, "4")
    except BadgeToolError as error:
        refused = error
    else:
        return
    assert refused.code == "moodle.unexpected"
