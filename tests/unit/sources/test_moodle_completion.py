"""Completion of activities and sections, from recordings and from what they do not hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.sources.moodle import (
    MoodleError,
    course_activities,
    parse_completion,
    parse_contents,
    parse_graded_items,
)
from tests.unit.sources.recorded import completion, contents, grade_report

DONE_AT = 1795462217
NOW = datetime(2026, 12, 1, tzinfo=UTC)
COURSE = [
    {"id": 1, "name": "Week 1", "section": 1, "modules": [
        {"id": 11, "name": "A", "completion": 2, "visible": 1}, {"id": 12, "name": "B", "completion": 1, "visible": 1},
        {"id": 13, "name": "Untracked", "completion": 0, "visible": 1},
        {"id": 14, "name": "Hidden", "completion": 2, "visible": 0},
    ]},
    {"id": 2, "name": "", "section": 2, "modules": [{"id": 21, "name": "C", "completion": 1, "visible": 1}]},
]  # fmt: skip


def statuses(**states: tuple[int, int]) -> dict[str, Any]:
    """c11=(state, epoch second) …"""
    return {
        "statuses": [
            {"cmid": int(name[1:]), "state": state, "timecompleted": when} for name, (state, when) in states.items()
        ]
    }


def told(payload: Any, course: Any = COURSE) -> dict[str, tuple[bool | None, int]]:
    events = parse_completion(payload, "4", "18", course)
    assert len({event.event_id for event in events}) == len(events)
    return {event.target: (event.completed, int(event.occurred_at.timestamp())) for event in events}


def test_the_recorded_completion_of_one_learner() -> None:
    events = parse_completion(completion(), "4", "18", contents())
    assert [(e.kind, e.target, e.completed, int(e.occurred_at.timestamp())) for e in events] == [
        (FactKind.ITEM_COMPLETION, "7", True, DONE_AT),
        (FactKind.ITEM_COMPLETION, "9", True, DONE_AT),
    ]
    assert events == parse_completion(completion(), "4", "18", contents())


def test_the_recorded_section_once_the_rest_of_it_is_done() -> None:
    payload = completion()
    for status in payload["statuses"]:
        if status["state"] == 0:
            status |= {"state": 1, "timecompleted": DONE_AT + 60}
    assert told(payload, contents()) == {
        "7": (True, DONE_AT),
        "8": (True, DONE_AT + 60),
        "9": (True, DONE_AT),
        "15": (True, DONE_AT + 60),
        "section-7": (True, DONE_AT + 60),
    }


def test_a_section_is_complete_when_all_that_learners_can_do_in_it_is() -> None:
    assert told(statuses(c11=(1, DONE_AT))) == {"11": (True, DONE_AT)}
    assert told(statuses(c11=(1, DONE_AT), c12=(2, DONE_AT + 5)))["section-1"] == (True, DONE_AT + 5)


def test_nothing_yet_is_no_event() -> None:
    assert told(statuses(c11=(0, 0), c12=(0, 0), c21=(0, 0))) == {}


@pytest.mark.parametrize("state", [0, 3, 4, 99])
def test_only_states_1_and_2_are_complete(state: int) -> None:
    assert told(statuses(c21=(state, DONE_AT))) == {"21": (False, DONE_AT), "section-2": (False, DONE_AT)}


@pytest.mark.parametrize("state", [1, 2])
def test_states_1_and_2(state: int) -> None:
    assert told(statuses(c21=(state, DONE_AT))) == {"21": (True, DONE_AT), "section-2": (True, DONE_AT)}


def test_taking_back_an_activity_takes_back_its_section() -> None:
    events = [
        event
        for payload in (
            statuses(c11=(2, DONE_AT), c12=(1, DONE_AT + 1)),
            statuses(c11=(2, DONE_AT), c12=(0, DONE_AT + 9)),
        )
        for event in parse_completion(payload, "4", "18", COURSE)
    ]
    for history in (events, events[::-1]):
        record = LearnerRecord.fold(Fact.of(event, NOW) for event in history)
        section = record.get(FactKind.MODULE_COMPLETION, "section-1")
        assert section is not None
        assert section.completed is False


def test_an_activity_added_later_takes_no_section_back() -> None:
    longer = [COURSE[0], COURSE[1] | {"modules": [*COURSE[1]["modules"], {"id": 22, "completion": 1}]}]  # type: ignore[operator, misc]
    assert "section-2" not in told(statuses(c21=(1, DONE_AT), c22=(0, 0)), longer)


def test_a_section_without_tracked_activities_is_never_complete() -> None:
    assert told({"statuses": []}, [{"id": 5, "modules": [{"id": 51, "completion": 0}]}, {"id": 6, "modules": []}]) == {}


@pytest.mark.parametrize("payload", [None, [], {}, {"statuses": 1}, {"statuses": [1]}, {"statuses": [{"cmid": 1}]}])
def test_another_answer_is_an_error(payload: Any) -> None:
    with pytest.raises(MoodleError) as refused:
        parse_completion(payload, "4", "18", COURSE)
    assert refused.value.code == "moodle.unexpected"


@pytest.mark.parametrize("payload", [None, {}, [1], [{"id": "x"}], [{"id": 1, "modules": 5}]])
def test_contents_of_another_shape_are_an_error(payload: Any) -> None:
    with pytest.raises(MoodleError):
        parse_contents(payload)


def test_the_recorded_course_as_criteria_see_it() -> None:
    site = "http://127.0.0.1:8089/mod"
    assert course_activities(contents(), parse_graded_items(grade_report())) == [
        Activity("section-7", "module", "General"),
        Activity("7", "item", "Quiz One", 100.0, "section-7", f"{site}/quiz/view.php?id=7"),
        Activity("8", "item", "Quiz Two (manual completion)", 10.0, "section-7", f"{site}/quiz/view.php?id=8"),
        Activity("9", "item", "Assignment One", 100.0, "section-7", f"{site}/assign/view.php?id=9"),
        Activity("15", "item", "Extra LTI 6", 100.0, "section-7", f"{site}/lti/view.php?id=15"),
        Activity("10", "item", "Badge: Python basics", 100.0, "section-8", f"{site}/lti/view.php?id=10"),
        Activity("item-16", "item", "dates", 10.0),
    ]


def test_what_is_neither_tracked_nor_graded_is_not_offered() -> None:
    assert [activity.title for activity in course_activities(COURSE, [])] == [
        "Week 1", "A", "B", "Hidden", "Section 2", "C",
    ]  # fmt: skip


def test_an_address_that_is_not_on_the_web_is_dropped() -> None:
    course = [{"id": 1, "modules": [{"id": 2, "name": "x", "url": "javascript:alert(1)", "completion": 1}]}]
    assert [activity.url for activity in parse_contents(course)] == ["", ""]


@given(
    st.lists(
        st.tuples(st.sampled_from(["c11", "c12"]), st.sampled_from([0, 1, 2, 3]), st.integers(1, 50)), max_size=8
    ).map(lambda steps: sorted(steps, key=lambda step: step[2])),
    st.randoms(),
)
def test_readings_in_any_order_end_at_the_last_state(steps: list[tuple[str, int, int]], random: Any) -> None:
    """Each step changes one activity, at its own second; the course is read after every step."""
    state: dict[str, tuple[int, int]] = {"c11": (0, 0), "c12": (0, 0)}
    events = []
    for second, (name, new, _) in enumerate(steps):
        state[name] = (new, DONE_AT + second)
        events += parse_completion(statuses(**state), "4", "18", COURSE)
    random.shuffle(events)
    record = LearnerRecord.fold(Fact.of(event, NOW) for event in events)
    section = record.get(FactKind.MODULE_COMPLETION, "section-1")
    complete = all(new in (1, 2) for new, _ in state.values())
    assert (section is not None and section.completed is True) == complete
