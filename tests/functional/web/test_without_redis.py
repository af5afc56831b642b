"""Redis wiped, hung or gone: pages and events are answered as quickly as ever, and limits hold in each process (F18 to
F20)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis

from lti_tool.bootstrap.site import create_site
from lti_tool.demo.servers import free_ports
from lti_tool.jobs.celery_engine import CeleryWakeUp, make_app
from tests.factories.house import BASE_URL, TestHouse, make_house
from tests.services.databases import SqliteDatabases

LIMIT = 120


class Hanging:
    """Accepts every connection and never answers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._held.append(self._listener.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self._listener.close()
        for one in self._held:
            one.close()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.close()


@pytest.fixture(params=["hung", "gone"])
def lost_redis(request: pytest.FixtureRequest, hanging: Hanging) -> str:
    return hanging.url if request.param == "hung" else f"redis://127.0.0.1:{free_ports(1)[0]}/0"


@pytest.fixture
def lab(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(sqlite_databases.empty(), tmp_path)
    yield made
    made.house.engine.dispose()


def browser(lab: TestHouse, redis_url: str) -> FlaskClient:
    settings = lab.house.settings.model_copy(update={"redis_url": redis_url})
    client: FlaskClient = create_site(replace(lab.house, settings=settings)).test_client()
    return client


def ask(client: FlaskClient, times: int) -> tuple[list[int], list[float]]:
    """Status and seconds of each answer of a page whose requests are counted."""
    statuses, seconds = [], []
    for _ in range(times):
        begun = time.perf_counter()
        statuses.append(client.get(f"/b/{'x' * 32}", base_url=BASE_URL).status_code)
        seconds.append(time.perf_counter() - begun)
    return statuses, seconds


def test_pages_are_answered_at_once_and_limits_hold_without_redis(lab: TestHouse, lost_redis: str) -> None:
    statuses, seconds = ask(browser(lab, lost_redis), LIMIT + 10)
    assert set(statuses[:LIMIT]) == {404}
    assert statuses[-1] == 429
    # Whoever finds out that it is away waits a fifth of a second; so does who looks whether it is back.
    assert sorted(seconds)[int(len(seconds) * 0.99)] < 1.0


@pytest.mark.peer("redis-server")
def test_a_wiped_redis_forgets_what_it_counted_and_nothing_else(lab: TestHouse, redis_url: str) -> None:
    client = browser(lab, redis_url)
    statuses, _ = ask(client, LIMIT + 1)
    assert statuses[-1] == 429
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    assert ask(client, 5)[0] == [404] * 5


def test_nobody_who_adds_work_waits_for_redis_and_the_workers_here_hear_of_it(lost_redis: str) -> None:
    heard, told = threading.Event(), set()

    def otherwise(kinds: frozenset[str]) -> None:
        told.update(kinds)
        heard.set()

    wake = CeleryWakeUp(make_app(lost_redis), otherwise)
    begun = time.perf_counter()
    for _ in range(1000):
        wake({"apply_events"})
    assert time.perf_counter() - begun < 0.5
    assert heard.wait(20)
    assert told == {"apply_events"}
