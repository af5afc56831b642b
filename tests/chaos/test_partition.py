"""F21: a worker is cut off from the database in the middle of its work. Another takes it over, and the first, once the
line is whole again, changes nothing of it and goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.award import AwardState
from lti_tool.jobs.worker import LEASE
from tests.chaos.processes import wait_for
from tests.factories.beginnings import furnished
from tests.factories.house import TestHouse, make_house
from tests.fakes.bad_network import BadNetwork, bad_network
from tests.services.databases import PostgresDatabases
from tests.services.postgres import Cluster

# A session that stands still within a transaction keeps its locks until the server ends it: 8 seconds in earnest.
SOON = "options=-c%20idle_in_transaction_session_timeout%3D1000"
INTENT = b"INSERT INTO credentials"


class Cut(NamedTuple):
    """When the line breaks (see `BadNetwork.cut_at`)."""

    words: tuple[bytes, ...]
    after: bool


CUTS = {
    "claimed, and the claimer does not hear of it": Cut((b"UPDATE outbox", b"COMMIT"), after=True),
    "within a transaction": Cut((INTENT,), after=False),
    "stored, and the writer does not hear of it": Cut((INTENT, b"COMMIT"), after=True),
    "between two transactions": Cut((INTENT, b"COMMIT", b"BEGIN"), after=False),
}


@pytest.fixture
def line(postgres_cluster: Cluster) -> Iterator[BadNetwork]:
    with bad_network(postgres_cluster.socket_dir / ".s.PGSQL.5432") as made:
        yield made


class Pair:
    """Two houses over one database, of which one is beyond `line`; time passes in both alike."""

    def __init__(self, url: str, line: BadNetwork, folder: Path) -> None:
        database = url.partition("@/")[2].partition("?")[0]
        self.near = make_house(url, folder, furnished=True)
        beyond = f"postgresql://postgres@127.0.0.1:{line.port}/{database}?{SOON}"
        self.far = make_house(beyond, folder, furnished=True)

    def pass_time(self, **amount: float) -> None:
        for lab in (self.near, self.far):
            lab.clock.pass_time(**amount)

    def close(self) -> None:
        for lab in (self.near, self.far):
            lab.house.engine.dispose()

    def badges(self, name: str) -> list[AwardState]:
        with self.near.house.transactions(write=False) as unit:
            held = unit.awards.of_person(self.near.course.id, self.near.people[name].id)
            assert len([award for award in held if unit.credentials.get(award.id)]) <= 1
        return [award.state for award in held]


@pytest.fixture
def pair(postgres_databases: PostgresDatabases, line: BadNetwork, tmp_path: Path) -> Iterator[Pair]:
    url = postgres_databases.copy_of(furnished)
    made = Pair(url, line, tmp_path)
    yield made
    made.close()
    postgres_databases.drop(url)


def earn(lab: TestHouse, name: str) -> None:
    lab.hear(lab.score(name, 90), lab.module(name))


@pytest.mark.slow
@pytest.mark.parametrize("when", CUTS)
def test_who_is_cut_off_is_overtaken_and_changes_nothing(when: str, pair: Pair, line: BadNetwork) -> None:
    pair.near.publish()
    pair.near.work()
    earn(pair.near, "ana")
    cut = CUTS[when]
    line.cut_at(*cut.words, after=cut.after)
    workers = Workers(pair.far.house)
    with structlog.testing.capture_logs() as log:
        workers.start()
        try:
            assert line.was_cut.wait(20), "it never came to that"
            held = pair.near.house.queue.waiting()
            assert held, "nothing was taken over: it was done"
            # The lease lapses: nobody could renew it.
            pair.pass_time(seconds=LEASE.total_seconds() + 1)

            def overtaken() -> bool:
                pair.near.work()
                pair.pass_time(seconds=1)
                return pair.badges("ana") == [AwardState.ISSUED]

            wait_for(overtaken, 20, "taking the work over")
            line.mend()
            earn(pair.near, "ben")
            wait_for(lambda: _works_again(pair), 30, "the work of the one that was cut off")
        finally:
            line.mend()
            workers.stop()
    assert pair.badges("ana") == pair.badges("ben") == [AwardState.ISSUED]
    assert pair.near.house.queue.depth().get("dead", 0) == 0
    if when == "between two transactions":
        assert "work.taken_over" in [line["event"] for line in log]


def _works_again(pair: Pair) -> bool:
    pair.pass_time(seconds=1)
    return pair.badges("ben") == [AwardState.ISSUED]
