"""Rate limits: what one process counts, and what somebody who asks too often is told."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from lti_tool.web.security import limits
from lti_tool.web.security.counters import Hits, ProcessCounters


class Time:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 40)), max_size=60))
def test_no_window_lets_more_through_than_its_limit(hits: list[tuple[str, float]]) -> None:
    time = Time()
    limiter, limit = FixedWindowRateLimiter(ProcessCounters(time)), parse("3 per minute")
    begun: dict[str, tuple[float, int]] = {}
    for who, later in hits:
        time.seconds += later
        since, count = begun.get(who, (float("-inf"), 0))
        since, count = (since, count) if time.seconds < since + 60 else (time.seconds, 0)
        assert limiter.hit(limit, who) == (count < 3)
        begun[who] = (since, count + 1)
        assert limiter.get_window_stats(limit, who).reset_time == pytest.approx(since + 60)


def test_old_counters_are_forgotten() -> None:
    time = Time()
    counters = ProcessCounters(time)
    for number in range(10_000):
        counters.incr(f"address {number}", 60)
    assert (len(counters), counters.get("address 7")) == (10_000, 1)
    time.seconds += 61
    assert counters.get("address 7") == 0
    counters.incr("another", 60)
    assert len(counters) == 1


def test_hits_of_many_threads_are_all_counted() -> None:
    counters = ProcessCounters()
    threads = [Thread(target=lambda: [counters.incr("one", 600) for _ in range(2_000)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.incr("one", 600) == 16_001


def test_who_asks_too_often_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    app.add_url_rule("/page", "page", lambda: "here")
    app.add_url_rule("/other", "other", lambda: "here")
    monkeypatch.setattr(limits, "LIMITS", {"page": "2 per minute;50 per hour", "not-there": "1 per day"})
    limits.add_limits(app, "memory://")
    browser = app.test_client()
    assert [browser.get("/page").status_code for _ in range(3)] == [200, 200, 429]
    assert 1 <= int(browser.get("/page").headers["Retry-After"]) <= 60
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert browser.get("/page", environ_base=elsewhere).status_code == 200
    assert [browser.get("/other").status_code for _ in range(5)] == [200] * 5


class Flaky(ProcessCounters):
    """A shared storage that is away at times."""

    STORAGE_SCHEME = None
    away = False
    asked = 0

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        self.asked += 1
        if self.away:
            raise StorageError(ConnectionError())
        return super().incr(key, expiry, amount)


def test_while_the_shared_storage_is_away_each_process_counts_and_asks_seldom() -> None:
    time = Time()
    shared = Flaky(time)
    hits, limit = Hits(shared, time), parse("3 per minute")
    assert [hits.hit(limit, "a") for _ in range(4)] == [True, True, True, False]
    assert hits.seconds_left(limit, "a") == 60
    shared.away, shared.asked = True, 0
    assert [hits.hit(limit, "b") for _ in range(4)] == [True, True, True, False]
    assert (shared.asked, hits.seconds_left(limit, "b")) == (1, 60)
    time.seconds += 6
    shared.away = False
    assert hits.hit(limit, "b")
    assert shared.asked == 2
