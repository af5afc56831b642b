from __future__ import annotations

import pytest

from lti_tool.observability.metrics import Metrics


def test_everything_counted_is_exposed() -> None:
    metrics = Metrics()
    metrics.event_received("webhook", "stored")
    metrics.event_received("webhook", "stored")
    metrics.launch_ended("claim.nonce_used")
    metrics.request_ended("learner.badges", 404, 0.02)
    text = metrics.exposition().decode()
    for line in (
        'badges_events_total{outcome="stored",source="webhook"} 2.0',
        'badges_launches_total{code="claim.nonce_used"} 1.0',
        'badges_request_seconds_count{endpoint="learner.badges",status="4xx"} 1.0',
    ):
        assert line in text


def test_the_outbox_is_what_was_last_counted() -> None:
    metrics = Metrics()
    metrics.outbox_is({"issue": 3, "deliver": 1}, dead=2, oldest_seconds=12.5)
    metrics.outbox_is({"deliver": 4}, dead=0, oldest_seconds=0)
    text = metrics.exposition().decode()
    assert 'badges_outbox_waiting{kind="deliver"} 4.0' in text
    assert 'kind="issue"' not in text
    assert "badges_outbox_dead 0.0" in text
    assert "badges_outbox_oldest_seconds 0.0" in text


def test_a_job_is_timed_whether_or_not_it_fails() -> None:
    metrics = Metrics()
    with metrics.job("issue"):
        pass
    with pytest.raises(ZeroDivisionError), metrics.job("issue"):
        raise ZeroDivisionError
    text = metrics.exposition().decode()
    assert 'badges_job_seconds_count{kind="issue",outcome="done"} 1.0' in text
    assert 'badges_job_seconds_count{kind="issue",outcome="failed"} 1.0' in text
