"""The database is busy, full, read-only or has no place left: what is not stored is not acknowledged, and then it goes
on by itself."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.db import engine as storage
from lti_tool.domain.award import AwardState
from lti_tool.usecases.find_learner import course_names
from tests.chaos.processes import wait_for
from tests.chaos.scene import SECRET
from tests.chaos.story import webhook
from tests.factories.house import REGISTRATION, TestHouse, make_house

STORED, UNAVAILABLE = 202, 503
# With a time (milliseconds) it waits for their end: none of them is met after the fault is over.
OTHERS_ENDED = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Sender:
    """Posts events to the site of one house; `acknowledged` holds the ids of those that were answered with 2xx."""

    def __init__(self, lab: TestHouse) -> None:
        self.lab = lab
        self.acknowledged: list[str] = []
        with lab.house.transactions() as unit:
            held = unit.registrations.get(REGISTRATION)
            assert held is not None
            unit.registrations.save(replace(held, webhook_secret=SECRET))
            unit.commit()
        self._site = create_site(lab.house)
        # A warm connection and cache, so that the first answer below is about what is being tested.
        assert self.send("warm").status_code == STORED

    def send(self, name: str) -> Any:
        at = self.lab.clock.now()
        fact = {"id": name, "learner": "ana", "target": "quiz-1", "value": 90, "at": at.isoformat()}
        body, headers = webhook(fact, at)
        answer = self._site.test_client().post(f"/hooks/{REGISTRATION}", data=body, headers=headers)
        if answer.status_code == STORED:
            self.acknowledged.append(name)
        return answer

    def stored(self) -> list[str]:
        with self.lab.house.engine.connect().execution_options(write=False) as connection:
            return list(connection.execute(text("SELECT event_id FROM inbox_events ORDER BY id")).scalars())


@pytest.fixture
def sqlite_path(sqlite_databases: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_MS", 400)
    url = sqlite_databases.empty()
    yield Path(url.removeprefix("sqlite:///"))
    sqlite_databases.drop(url)


@contextmanager
def sender_of(url: str, folder: Path) -> Iterator[Sender]:
    lab = make_house(url, folder)
    yield Sender(lab)
    lab.house.engine.dispose()


def refused(answer: Any) -> None:
    assert answer.status_code == UNAVAILABLE
    assert int(answer.headers["Retry-After"]) > 0
    assert "storage.unavailable" in answer.text


def test_a_busy_file_is_waited_for_in_vain_for_a_bounded_time(sqlite_path: Path, tmp_path: Path) -> None:
    with sender_of(f"sqlite:///{sqlite_path}", tmp_path) as sender:
        with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as other, ThreadPoolExecutor(6) as threads:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            for answer in threads.map(sender.send, [f"busy-{number}" for number in range(6)]):
                refused(answer)
            # Each waits for its turn at most that long, and then for the file; six in a row would be longer.
            assert time.monotonic() - began < 6 * 0.4 + 5
            other.execute("ROLLBACK")
        assert sender.send("after").status_code == STORED
        assert sender.stored() == sender.acknowledged == ["warm", "after"]


def test_a_full_disk_refuses_and_heals(sqlite_path: Path, tmp_path: Path) -> None:
    with sender_of(f"sqlite:///{sqlite_path}", tmp_path) as sender:
        engine, limit = sender.lab.house.engine, [0]

        @event.listens_for(engine, "begin")
        def no_more_pages(connection: Any) -> None:
            driver = connection.connection.driver_connection
            [pages] = driver.execute("PRAGMA page_count").fetchone()
            driver.execute(f"PRAGMA max_page_count={pages if limit[0] else 10**9}")

        limit[0] = 1
        answers = [sender.send(f"full-{number}") for number in range(60)]
        turned_away = [answer for answer in answers if answer.status_code != STORED]
        assert turned_away, "the file was never full"
        for answer in turned_away:
            refused(answer)
        assert sender.stored() == sender.acknowledged
        limit[0] = 0
        assert sender.send("after").status_code == STORED
        assert sender.stored() == sender.acknowledged
        with closing(sqlite3.connect(sqlite_path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_disk_without_a_place_for_one_more_file_refuses_and_heals(sqlite_path: Path, tmp_path: Path) -> None:
    """F17: no inode is left. SQLite makes its journal anew when the first connection opens it."""
    with sender_of(f"sqlite:///{sqlite_path}", tmp_path) as sender:
        sender.lab.house.engine.dispose()
        journal = Path(f"{sqlite_path}-wal")
        assert not journal.exists()
        journal.mkdir()
        refused(sender.send("no place"))
        journal.rmdir()
        assert sender.send("after").status_code == STORED
        assert sender.stored() == sender.acknowledged == ["warm", "after"]


def test_a_server_that_takes_no_changes_is_no_acknowledgement(postgres_url: str, tmp_path: Path) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    with sender_of(postgres_url, tmp_path) as sender, psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        admin.execute(OTHERS_ENDED)
        refused(sender.send("standby"))
        admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        admin.execute(OTHERS_ENDED)
        assert sender.send("after").status_code == STORED
        assert sender.stored() == sender.acknowledged == ["warm", "after"]


def test_a_server_without_a_place_is_no_acknowledgement(postgres_url: str, tmp_path: Path) -> None:
    with sender_of(postgres_url, tmp_path) as sender:
        sender.lab.house.engine.dispose()
        crowd = []
        with suppress(psycopg.OperationalError):
            while True:
                crowd.append(psycopg.connect(postgres_url))
        refused(sender.send("crowd"))
        for connection in crowd:
            connection.close()
        assert sender.send("after").status_code == STORED
        assert sender.stored() == sender.acknowledged == ["warm", "after"]


@contextmanager
def backends_cut(postgres_url: str, _lab: TestHouse) -> Iterator[None]:
    """F10: every connection but one's own is ended, ten times a second."""
    over = threading.Event()

    def cut() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            while not over.wait(0.1):
                admin.execute(OTHERS_ENDED)

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        yield
    finally:
        over.set()
        cutter.join()


@contextmanager
def transactions_lost(_postgres_url: str, lab: TestHouse) -> Iterator[None]:
    """F12: one statement in twenty ends its transaction as a deadlock does, or a conflict between two of them."""
    chance = random.Random(12)

    def lose(*_: Any) -> None:
        if chance.random() < 0.05:
            kind = chance.choice([psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
            raise OperationalError("any", None, kind("the server chose this one"))

    event.listen(lab.house.engine, "before_cursor_execute", lose)
    try:
        yield
    finally:
        event.remove(lab.house.engine, "before_cursor_execute", lose)


@pytest.mark.slow
@pytest.mark.parametrize("faults", [backends_cut, transactions_lost])
def test_events_and_work_get_through_a_server_that_drops_them(faults: Any, postgres_url: str, tmp_path: Path) -> None:
    with sender_of(postgres_url, tmp_path) as sender:
        lab = sender.lab
        lab.publish()
        lab.hear(lab.module("ana", True, "module"))
        workers = Workers(lab.house)
        workers.start()
        try:
            with faults(postgres_url, lab), ThreadPoolExecutor(4) as threads:
                turned_away = 0
                for answers in range(6):
                    names = [f"event-{answers}-{number}" for number in range(8)]
                    for answer in threads.map(sender.send, names):
                        if answer.status_code != STORED:
                            refused(answer)
                            turned_away += 1
                    time.sleep(0.15)
            assert turned_away < 48, "nothing ever got through"
            lab.hear(lab.score("ana", 91, "last"))
            wait_for(lambda: has_badge(sender), 60, "the badge")
        finally:
            workers.stop()
        stored = sender.stored()
        assert set(sender.acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))
        assert lab.house.queue.depth().get("dead", 0) == 0


def has_badge(sender: Sender) -> bool:
    """One, and every event is in the record. Leases and waits go by the house's own clock, which passes meanwhile."""
    lab = sender.lab
    lab.clock.pass_time(seconds=1)
    with lab.house.transactions(write=False) as unit:
        awards = unit.awards.of_person(lab.course.id, lab.people["ana"].id)
        open_events = unit.inbox.backlog(REGISTRATION, course_names(unit, lab.course)).count
    assert len(awards) < 2
    return [award.state for award in awards] == [AwardState.ISSUED] and not open_events
