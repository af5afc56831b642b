"""Results of the tool's own columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Registration
from lti_tool.sources.ags_results import AgsResultsSource, parse_results
from lti_tool.usecases.ports import CourseSource
from tests.unit.sources.platforms import COURSE, NOW, REGISTRATION, StoppedClock
from tests.unit.sources.recorded import recorded

COLUMN = "https://lms.example/lineitems/13/lineitem?type_id=1"


def parse(*results: Any) -> list[LearningEvent]:
    return parse_results(results, COLUMN, "4", NOW)


def test_the_recorded_results_number_for_number() -> None:
    events = parse(*recorded("ags_results"))
    first, second = datetime(2026, 11, 23, 19, 42, 34, tzinfo=UTC), datetime(2026, 11, 23, 19, 42, 35, tzinfo=UTC)
    assert [(event.subject, event.score, event.maximum, event.occurred_at) for event in events] == [
        ("18", 85, 100, first),
        ("19", 0, 100, first),
        ("20", 100, 100, first),
        ("25", 85, 100, second),
        ("22", 85, 100, second),
    ]
    assert {(event.kind, event.target, event.context_id) for event in events} == {(FactKind.ITEM_SCORE, COLUMN, "4")}
    assert events == parse(*recorded("ags_results"))
    assert len({event.event_id for event in events}) == 5


def test_without_a_maximum_it_is_one_and_without_a_time_it_is_now() -> None:
    (event,) = parse({"userId": "18", "resultScore": 0.5})
    assert (event.maximum, event.occurred_at) == (1.0, NOW)


@pytest.mark.parametrize("told", ["2100-01-01T00:00:00Z", "2026-11-24T11:00:00", "1970-01-01T00:00:00Z", "soon", 5])
def test_a_time_that_cannot_be_is_not_believed(told: Any) -> None:
    (event,) = parse({"userId": "18", "resultScore": 1, "timestamp": told})
    assert event.occurred_at == NOW


def test_a_result_without_a_score_says_nothing() -> None:
    assert parse({"userId": "18"}, {"userId": "19", "resultScore": None}) == []


def test_a_result_that_cannot_be_read_keeps_no_other_away() -> None:
    bad = [
        None, [], {}, {"userId": 18, "resultScore": 1}, {"userId": "", "resultScore": 1},
        {"userId": "a\0b", "resultScore": 1},
        {"userId": "18", "resultScore": "85%"}, {"userId": "18", "resultScore": True},
        {"userId": "18", "resultScore": -1}, {"userId": "18", "resultScore": float("nan")},
        {"userId": "18", "resultScore": 1, "resultMaximum": 0}, {"userId": "18", "resultScore": 10**400},
    ]  # fmt: skip
    assert [event.subject for event in parse(*bad, {"userId": "20", "resultScore": 1})] == ["20"]


def test_a_score_above_the_maximum_is_allowed() -> None:
    (event,) = parse({"userId": "18", "resultScore": 12, "resultMaximum": 10})
    assert (event.score, event.maximum) == (12, 10)


def test_a_column_whose_address_cannot_be_kept_is_an_error() -> None:
    with pytest.raises(BadgeToolError) as refused:
        parse_results([], "https://lms.example/" + "x" * 255, "4", NOW)
    assert refused.value.code == "results.address_too_long"


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                name: st.none() | st.text(max_size=5) | st.integers() | st.floats()
                for name in ("userId", "resultScore", "resultMaximum", "timestamp")
            },
        )
    )
)
def test_no_result_breaks_the_reading(results: list[dict[str, Any]]) -> None:
    for event in parse(*results):
        assert LearningEvent.from_json(json.loads(json.dumps(event.to_json()))) == event


def test_the_source_reads_every_column_it_is_given() -> None:
    asked: list[str] = []

    def read(registration: Registration, lineitem_url: str) -> list[Any]:
        asked.append(lineitem_url)
        return [{"userId": "18", "resultScore": len(asked)}]

    columns = [COLUMN, COLUMN + "&x=2"]
    source: CourseSource = AgsResultsSource(read, lambda registration, course: columns, StoppedClock())
    assert source.serves(REGISTRATION, COURSE)
    news = source.read(REGISTRATION, COURSE, "", [])
    assert asked == columns
    assert [(event.target, event.score) for event in news.events] == [(columns[0], 1), (columns[1], 2)]
    assert news.cursor == ""
    assert news.own == set(columns)


def test_a_course_without_columns_is_not_served() -> None:
    source = AgsResultsSource(lambda registration, url: [], lambda registration, course: [], StoppedClock())
    assert not source.serves(REGISTRATION, COURSE)
