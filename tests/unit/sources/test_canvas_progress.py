"""Where a reading of Canvas goes on: any cursor can be read, and whoever moved is asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sources.canvas_rest.modules import moved
from lti_tool.sources.canvas_rest.progress import CHEAP_PAGES, FULL_EVERY, Progress, known_until, since_text

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
moments = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
counts = st.dictionaries(st.integers(1, 10**15).map(str), st.tuples(st.integers(0, 9), st.integers(1, 9)).map(
    lambda pair: f"{pair[0]}/{pair[1]}"))  # fmt: skip


@given(moments, moments, st.integers(0, 300), st.text(), counts)
def test_a_cursor_says_the_same_when_it_is_read(since, full_at, pages, resume, known) -> None:
    progress = Progress(since, full_at, pages, resume, known)
    assert Progress.parse(progress.text()) == progress


@given(st.text())
def test_a_cursor_that_is_none_begins_anew(text: str) -> None:
    assert Progress.parse(text) == Progress()
    assert isinstance(Progress.parse(f"canvas:{text}"), Progress)


@pytest.mark.parametrize(
    "text", ['canvas:{"since": "2026-09-01T08:00:00"}', "canvas:[]", 'canvas:{"counts": 3}', "canvas:null"]
)
def test_a_cursor_that_is_damaged_begins_anew(text: str) -> None:
    assert Progress.parse(text) == Progress()


def test_all_is_read_where_that_is_cheap_or_due_or_was_interrupted() -> None:
    held = Progress(NOW, NOW, CHEAP_PAGES + 1)
    assert not held.is_full_due(NOW + timedelta(hours=1))
    assert held.is_full_due(NOW + FULL_EVERY)
    assert Progress(NOW, NOW, CHEAP_PAGES).is_full_due(NOW)
    assert Progress(NOW, NOW, 9, resume="https://canvas.example/next").is_full_due(NOW)
    assert Progress(None, NOW, 9).is_full_due(NOW)


def test_what_a_reading_knows_ends_with_the_newest_grade_or_an_hour_before_it() -> None:
    hour = timedelta(hours=1)
    assert known_until(None, NOW) == known_until(NOW - timedelta(days=3), NOW) == NOW - hour
    assert known_until(NOW - hour / 2, NOW) == NOW - hour / 2
    assert known_until(NOW + hour, NOW) == NOW  # a clock that runs ahead silences nothing


def test_what_is_new_overlaps_what_was_read() -> None:
    assert since_text(NOW) == "2026-09-01T07:50:00Z"


@given(counts, counts)
def test_whoever_moved_is_asked_about_and_nobody_else(now: dict[str, str], before: dict[str, str]) -> None:
    for learner in now:
        stands = before.get(learner, f"0/{now[learner].partition('/')[2]}")
        assert (learner in moved(now, before)) == (stands != now[learner])
    assert set(moved(now, before)) <= set(now)
    assert moved(now, now) == []
