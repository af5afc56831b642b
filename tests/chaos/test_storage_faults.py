"""The database is busy, full, read-only or has no place left: what is not stored is not acknowledged, and then it goes
on by itself."""

from __future__ import annotations

import sqlite3
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

from lti_tool.bootstrap.site import create_site
from lti_tool.db import engine as storage
from tests.chaos.scene import SECRET
from tests.chaos.story import webhook
from tests.factories.house import REGISTRATION, TestHouse, make_house

STORED, UNAVAILABLE = 202, 503


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


def test_a_server_that_takes_no_changes_is_no_acknowledgement(postgres_url: str, tmp_path: Path) -> None:
    name = postgres_url.partition("@/")[2].partition("?")[0]
    with sender_of(postgres_url, tmp_path) as sender, psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        admin.execute(others, [name])
        refused(sender.send("standby"))
        admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        admin.execute(others, [name])
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
