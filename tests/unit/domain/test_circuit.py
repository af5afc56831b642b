"""A platform that does not answer is left alone for growing times, and tried by one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.circuit import FAILURES_TO_OPEN, LONGEST_ASKED, LONGEST_REST, Circuit

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
WELL = Circuit("reg-1", 0, NOW, "")
jitters = st.floats(0, 1)


def fail(circuit: Circuit, now: datetime = NOW, asked: float | None = None, jitter: float = 0.5) -> Circuit:
    return circuit.after_failure(now, "nrps.unavailable", asked, jitter, trial=circuit.is_open)


def failed(times: int) -> Circuit:
    circuit = WELL
    for _ in range(times):
        circuit = fail(circuit)
    return circuit


def test_it_opens_at_the_fifth_failure_in_a_row() -> None:
    assert not failed(FAILURES_TO_OPEN - 1).is_open
    opened = failed(FAILURES_TO_OPEN)
    assert (opened.failures, opened.last_error) == (5, "nrps.unavailable")
    assert not opened.may_be_tried(NOW)
    assert opened.may_be_tried(NOW + timedelta(seconds=3))


@given(st.integers(FAILURES_TO_OPEN, 10_000), jitters)
def test_rests_grow_and_have_a_ceiling(failures: int, jitter: float) -> None:
    once = fail(Circuit("reg-1", failures, NOW, "", NOW), jitter=jitter)
    twice = fail(once, jitter=jitter)
    assert once.retry_at is not None
    assert twice.retry_at is not None
    assert NOW < once.retry_at <= twice.retry_at <= NOW + LONGEST_REST * 1.25


@given(st.floats(0, 1e12), st.integers(0, 100), jitters)
def test_a_retry_after_is_kept_to_at_once_but_not_for_a_year(asked: float, failures: int, jitter: float) -> None:
    rested = fail(Circuit("reg-1", failures, NOW, ""), asked=asked, jitter=jitter).retry_at
    assert rested is not None
    assert timedelta(seconds=min(asked, 3600)) <= rested - NOW <= LONGEST_ASKED * 1.25


def test_what_was_under_way_when_it_opened_says_nothing_new() -> None:
    opened = failed(FAILURES_TO_OPEN)
    assert opened.after_failure(NOW, "nrps.unavailable", None, 0.5, trial=False) == opened


def test_one_call_tries_it_and_the_others_wait_meanwhile() -> None:
    on_trial = failed(FAILURES_TO_OPEN).on_trial(NOW + timedelta(seconds=5))
    assert not on_trial.may_be_tried(NOW + timedelta(seconds=30))
    # Whoever tried it and died holds nobody up for ever.
    assert on_trial.may_be_tried(NOW + timedelta(seconds=36))
