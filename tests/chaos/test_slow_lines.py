"""F23: half a second to the platform, more or less, and as long back; a slow line to the database; one piece in a
hundred that has to be sent again. F29: a name that is not found for a while."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.usecases.work import Work
from tests.chaos.lms import Lms
from tests.chaos.processes import wait_for
from tests.chaos.scene import open_house, score_rule, set_up
from tests.chaos.story import webhook
from tests.factories.beginnings import migrated
from tests.factories.house import REGISTRATION, HandClock
from tests.fakes.bad_network import bad_network
from tests.fakes.registering_platform import names
from tests.services.databases import PostgresDatabases, SqliteDatabases
from tests.services.postgres import Cluster

LOSS = 0.01


def around(seconds: float) -> Callable[[], float]:
    """That long on average, and up to as much more or less."""
    chance = random.Random(29)
    return lambda: chance.uniform(0, 2 * seconds)


class RunningClock(HandClock):
    """Goes as every clock does, and can be put forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_time(self, **amount: float) -> datetime:
        self.ahead += timedelta(**amount)
        return self.now()


@dataclass
class Course:
    """A course on a platform over HTTP, with a badge for 80 % in quiz-1, opened by a tool with working workers."""

    lms: Lms
    house: House
    clock: RunningClock

    def tell(self, learner: str) -> int:
        """The status that the sender of the grade gets."""
        now = self.clock.now()
        fact = {"id": learner, "learner": learner, "target": "quiz-1", "value": 90, "at": now.isoformat()}
        body, headers = webhook(fact, now)
        site = create_site(self.house).test_client()
        return site.post(f"/hooks/{REGISTRATION}", data=body, headers=headers).status_code

    def given(self) -> list[tuple[str, float]]:
        """What stands in the platform's gradebook, one entry for each score that it accepted."""
        return sorted((score["learner"], score["given"]) for score in self.lms.scores())

    def is_delivered(self) -> bool:
        return Work.DELIVER_TO_GRADEBOOK not in self.house.queue.waiting()


@contextmanager
def course(url: str, seen_url: str, folder: Path, lms: Lms, host: str) -> Iterator[Course]:
    """`seen_url` is where the tool finds the database, `host` where it finds the platform."""
    lms.url = f"http://{host}"
    lms.members = [{"user_id": name, "roles": ["Learner"], "status": "Active"} for name in ("ana", "ben")]
    set_up(url, folder, lms.url, ["ana", "ben"], [[score_rule("quiz-1")]])
    clock = RunningClock()
    house = open_house(seen_url, folder, host, clock, lambda *_: None)
    workers = Workers(house)
    workers.start()
    try:
        yield Course(lms, house, clock)
    finally:
        workers.stop()
        house.engine.dispose()


@pytest.fixture
def lms() -> Iterator[Lms]:
    made = Lms().start()
    yield made
    made.stop()


@pytest.fixture
def database(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    url = sqlite_databases.copy_of(migrated)
    yield url
    sqlite_databases.drop(url)


@pytest.mark.slow
def test_a_platform_half_a_second_away_is_told_once(lms: Lms, database: str, tmp_path: Path) -> None:
    with (
        bad_network(("127.0.0.1", lms.port), delay=around(0.5), loss=LOSS) as line,
        course(database, database, tmp_path, lms, f"127.0.0.1:{line.port}") as held,
    ):
        assert held.tell("ana") == 202
        wait_for(lambda: held.given() == [("ana", 1.0)], 40, "the score")
        wait_for(held.is_delivered, 20, "the end of the delivery")
        assert held.given() == [("ana", 1.0)]
        assert line.passed > 4


def test_a_slow_line_to_the_database_costs_time_and_nothing_else(
    lms: Lms, postgres_databases: PostgresDatabases, postgres_cluster: Cluster, tmp_path: Path
) -> None:
    url = postgres_databases.copy_of(migrated)
    database = url.partition("@/")[2].partition("?")[0]
    server = postgres_cluster.socket_dir / ".s.PGSQL.5432"
    with bad_network(server, delay=around(0.002), loss=LOSS) as line:
        seen = f"postgresql://postgres@127.0.0.1:{line.port}/{database}"
        with course(url, seen, tmp_path, lms, lms.host) as held:
            senders = [threading.Thread(target=held.tell, args=(name,)) for name in ("ana", "ben")]
            for sender in senders:
                sender.start()
            wait_for(lambda: held.given() == [("ana", 1.0), ("ben", 1.0)], 40, "both scores")
            assert line.lost
            assert held.house.queue.depth().get("dead", 0) == 0
    postgres_databases.drop(url)


class Resolver:
    """What the system knows of the platform's name: addresses, or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = socket.getaddrinfo
        self.knows: list[str] | None = ["127.0.0.1"]
        self.asked = 0
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        if host != "lms.example":
            return self._real(host, port, *more, **options)
        self.asked += 1
        if self.knows is None:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return names({host: [self.knows]})(host, port)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)


def test_work_waits_for_a_name_that_is_not_found(lms: Lms, database: str, tmp_path: Path, resolver: Resolver) -> None:
    resolver.knows = None
    with course(database, database, tmp_path, lms, f"lms.example:{lms.port}") as held:
        assert held.tell("ana") == 202

        def asked_again() -> bool:
            held.clock.pass_time(seconds=2)
            return resolver.asked > 2

        wait_for(asked_again, 20, "asking for the name in vain")
        held.clock.pass_time(minutes=10)
        assert held.given() == []
        assert held.house.queue.depth().get("dead", 0) == 0
        resolver.knows = ["127.0.0.1"]

        def told() -> bool:
            held.clock.pass_time(seconds=2)
            return held.given() == [("ana", 1.0)]

        wait_for(told, 20, "the score, once the name was found")
