"""How fast Canvas may be asked: whatever it says, a rest is finite, never shorter than told, and an hour at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sources.canvas_rest.pace import (
    FIRST_REST_SECONDS,
    LONGEST_REST_SECONDS,
    LOW_UNITS,
    is_throttled,
    rest_seconds,
)
from tests.fakes.canvas import THROTTLED, response

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MOST = LONGEST_REST_SECONDS * 1.2


@given(st.sampled_from((403, 429)), st.text(), st.integers(0, 50), st.floats(0, 1))
def test_a_rest_is_finite_whatever_is_told(status: int, told: str, tries: int, chance: float) -> None:
    answer = response(status, THROTTLED)
    answer.headers["Retry-After"] = told
    assert 0 <= rest_seconds(answer, NOW, tries, lambda: chance) <= MOST


@given(st.integers(0, 10**13), st.floats(0, 1))
def test_it_is_never_shorter_than_told_up_to_an_hour(seconds: int, chance: float) -> None:
    answer = response(429, "", {"Retry-After": str(seconds)})
    rested = rest_seconds(answer, NOW, 0, lambda: chance)
    assert min(seconds, LONGEST_REST_SECONDS) <= rested <= MOST


@given(st.integers(-(10**6), 10**8))
def test_a_date_is_the_seconds_until_then(seconds: int) -> None:
    told = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    rested = rest_seconds(response(429, "", {"Retry-After": told}), NOW, 0, lambda: 0.0)
    assert rested == min(max(seconds, 0), LONGEST_REST_SECONDS)


def test_without_a_time_it_doubles() -> None:
    answer = response(403, THROTTLED)
    assert [rest_seconds(answer, NOW, tries, lambda: 0.0) for tries in (0, 1, 2, 20)] == [
        FIRST_REST_SECONDS, 2 * FIRST_REST_SECONDS, 4 * FIRST_REST_SECONDS, LONGEST_REST_SECONDS,
    ]  # fmt: skip


@given(st.one_of(st.floats(), st.text()))
def test_what_is_left_slows_down_and_nonsense_does_not(remaining: float | str) -> None:
    answer = response(200, [], {"X-Rate-Limit-Remaining": str(remaining).encode("ascii", "ignore").decode()})
    assert 0 <= rest_seconds(answer, NOW, 0) <= LOW_UNITS / 10


@pytest.mark.parametrize(("remaining", "seconds"), [("600.5", 0), ("200", 0), ("150.0", 5), ("0.0", 20), ("-30", 20)])
def test_it_rests_until_enough_has_leaked_out(remaining: str, seconds: float) -> None:
    assert rest_seconds(response(200, [], {"X-Rate-Limit-Remaining": remaining}), NOW, 0) == seconds


@pytest.mark.parametrize(("status", "body", "hasty"), [
    (403, THROTTLED, True), (429, "", True), (403, '{"errors":[{"message":"not authorized"}]}', False),
    (401, THROTTLED, False), (200, THROTTLED, False), (403, "", False),
])  # fmt: skip
def test_haste_is_told_from_a_lack_of_permission(status: int, body: str, hasty: bool) -> None:
    assert is_throttled(response(status, body)) is hasty
