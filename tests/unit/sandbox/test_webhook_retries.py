"""When a delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sandbox.times import later_than, parse_stamp, stamp
from lti_tool.sandbox.webhooks import LONGEST_PAUSE_SECONDS, Answer, next_try

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(hours=24)
moments = st.timedeltas(timedelta(days=-2000), timedelta(days=2000)).map(lambda distance: NOW + distance)


@given(st.integers(1, 10_000), st.sampled_from([None, 408, 429, 500, 503]))
def test_no_answer_is_retried_with_growing_but_bounded_pauses(attempts: int, status: int | None) -> None:
    due = next_try(Answer(status), attempts, NOW, TOMORROW)
    assert due is not None
    assert 1.0 <= (due - NOW).total_seconds() <= LONGEST_PAUSE_SECONDS
    after = next_try(Answer(status), attempts + 1, NOW, TOMORROW)
    assert after is not None
    assert after >= due


def test_a_refusal_is_given_up_after_three_tries() -> None:
    assert next_try(Answer(400), 2, NOW, TOMORROW) is not None
    assert next_try(Answer(400), 3, NOW, TOMORROW) is None
    assert next_try(Answer(302), 3, NOW, TOMORROW) is None


def test_everything_is_given_up_after_a_day() -> None:
    assert next_try(Answer(500), 9, TOMORROW - timedelta(seconds=1), TOMORROW) is None


@given(moments, st.integers(-5, 5))
def test_a_later_act_never_has_the_time_of_an_earlier_one(moment: datetime, milliseconds: int) -> None:
    last = stamp(moment)
    now = moment + timedelta(milliseconds=milliseconds)
    assert stamp(later_than(last, now)) > last


@given(moments)
def test_stamps_keep_the_millisecond(moment: datetime) -> None:
    assert abs(parse_stamp(stamp(moment)) - moment) < timedelta(milliseconds=1)
