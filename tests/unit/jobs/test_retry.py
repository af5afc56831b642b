"""When failed work is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.delivery.errors import DeliveryError
from lti_tool.domain.errors import BadgeToolError
from lti_tool.jobs.retry import LONGEST_WAIT, MAX_ATTEMPTS, is_counted, is_permanent, wait_before
from lti_tool.sources.canvas_rest import CanvasError
from lti_tool.usecases.platform_circuit import Resting


@given(st.integers(1, 1000))
def test_waits_grow_with_jitter_to_a_minute_and_at_last_to_ten(attempts: int) -> None:
    wait = wait_before(ValueError("x"), attempts)
    longest = timedelta(seconds=60) if attempts <= 12 else LONGEST_WAIT
    assert min(timedelta(seconds=2.0 ** min(attempts, 12)), longest) / 2 <= wait <= longest


def test_the_unluckiest_of_four_thousand_is_told_within_a_quarter_of_an_hour() -> None:
    """A platform that refuses 37 % of its calls refuses one of them twelve times in a row in 40 such storms."""
    assert 4000 * 0.37**12 < 1 / 35
    assert sum((min(2.0**n, 60.0) for n in range(1, 13)), 0.0) < 15 * 60


@pytest.mark.parametrize(("asked", "at_most"), [(0, 1), (30, 37), (365 * 86400, 4400)])
def test_a_retry_after_is_kept_to_and_a_year_is_an_hour(asked: float, at_most: float) -> None:
    error = DeliveryError("gradebook.refused", "Slow down.", permanent=False, retry_after=asked, status=429)
    seconds = wait_before(error, 1).total_seconds()
    assert min(asked, 3600) <= seconds <= at_most


def test_work_is_given_up_after_twenty_tries_but_waiting_for_a_platform_is_none() -> None:
    assert not is_permanent(ValueError("x"), MAX_ATTEMPTS - 1)
    assert is_permanent(ValueError("x"), MAX_ATTEMPTS)
    resting = Resting(5.0)
    assert not is_counted(resting)
    assert not is_permanent(resting, 10 * MAX_ATTEMPTS)
    told = DeliveryError(resting.code, resting.message, permanent=False, retry_after=resting.retry_after, status=503)
    assert not is_counted(told)
    assert not is_counted(DeliveryError("gradebook.column_being_made", "…", permanent=False))


def test_what_no_repetition_mends_is_set_aside_at_once() -> None:
    assert is_permanent(BadgeToolError("criteria.target_unknown", "…"), 1)
    assert is_permanent(DeliveryError("gradebook.refused", "…", permanent=True), 1)
    # Also what a source says of itself, and against the family of its code.
    assert is_permanent(CanvasError("canvas.forbidden", "…", permanent=True), 1)
    assert not is_permanent(CanvasError("canvas.throttled", "…", permanent=False), 1)
