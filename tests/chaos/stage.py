"""Plays the story again and again from the same beginning, lets a process die at a failpoint, has another carry on,
and asks the oracle."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lti_tool.db.engine import Engine, make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.observability.failpoints import ARMED_BY, When, armed, crash_at
from tests.chaos import bugs, story
from tests.chaos.journal import read
from tests.chaos.lms import Lms
from tests.chaos.nursery import Nursery, Task
from tests.chaos.observed import observe
from tests.chaos.oracle import Violation, judge
from tests.chaos.scene import Scene, set_up
from tests.services.postgres import Cluster

KILLED = -9
SYNCHRONOUS_FULL = 2


@dataclass(frozen=True, slots=True)
class Played:
    """How the first process ended, how the second, and what the oracle found."""

    first: int
    second: int
    violations: list[Violation]


class Stage:
    """`restore` puts the database back to the beginning."""

    def __init__(self, url: str, folder: Path, lms: Lms, scene: Scene, restore: Callable[[], None]) -> None:
        self.url = url
        self.lms = lms
        self.folder = folder
        self._restore = restore
        self._engine = make_engine(url)
        self.journal = folder / "journal"
        configuration = {"url": url, "folder": str(folder), "lms": lms.host, "scene": asdict(scene)}
        self.begin()
        self._nursery = Nursery("tests.chaos.stage", configuration, folder / "nursery.log")

    def begin(self) -> None:
        """As before the first event."""
        self._engine.dispose()
        self._restore()
        self.lms.forget()
        self.journal.write_bytes(b"")

    def play(self, failpoint: str = "", bug: str = "") -> Played:
        """One process that dies at the failpoint, and another that carries on, both with the seeded bug."""
        self.begin()
        first = self.run(failpoint=failpoint, bug=bug, generation=1)
        second = self.run(bug=bug, generation=2)
        return Played(first, second, self.judge())

    def run(self, **order: Any) -> int:
        return self._nursery.run(journal=str(self.journal), **order)

    def resume(self) -> int:
        """Wakes the process that froze."""
        return self._nursery.resume()

    def judge(self) -> list[Violation]:
        found = judge(read(self.journal), observe(self._engine, self.lms))
        self._engine.dispose()
        return found

    def points(self) -> list[str]:
        """The failpoints that the story comes to, in their order, as often as it does."""
        self.begin()
        path = self.folder / "points"
        assert self.run(record=str(path), generation=1) == 0, self.log()
        return json.loads(path.read_text())

    def log(self) -> str:
        return self._nursery.log.read_text(errors="replace")[-4000:]

    def close(self) -> None:
        self._nursery.close()
        self._engine.dispose()


class SleepAndDie:
    """Freezes the process at a failpoint. Once it is woken, it dies when it looks for other work."""

    def __init__(self, text: str) -> None:
        self._frozen_at = crash_at(text, signal.SIGSTOP)

    def __call__(self, when: When, point: str) -> None:
        if self._frozen_at.is_over and point == "queue.claim":
            os.kill(os.getpid(), signal.SIGKILL)
        self._frozen_at(when, point)


def nursery_task(configuration: dict[str, Any]) -> Task:
    """The story, with the house assembled and every statement compiled before anybody is forked."""
    folder = Path(configuration["folder"])
    scene = Scene(**configuration["scene"])
    teller = story.Teller(configuration["url"], folder, configuration["lms"], scene)
    rehearsal = folder / "rehearsal"
    rehearsal.write_bytes(b"")
    teller.tell(rehearsal, 0)
    # Nothing may stay open that a copy would inherit, and no thread may open it anew.
    teller.house.notebook.flush()
    teller.house.engine.dispose()
    teller.house.http.close()

    def task(order: dict[str, Any]) -> None:
        passed: list[str] = []
        if order.get("record"):
            teller.switch.watches = [lambda when, point: passed.append(point) if when == "before" else None]
        else:
            environment = {ARMED_BY: order["failpoint"]} if order.get("failpoint") else {}
            frozen_at = SleepAndDie(order["freeze"]) if order.get("freeze") else None
            teller.switch.watches = [watch for watch in (frozen_at, armed(environment, allowed=True)) if watch]
        if order.get("bug"):
            bugs.seed(order["bug"], teller.house)
        mark = synced_length(teller.house.engine) if order.get("mark_synced") else dict
        teller.tell(Path(order["journal"]), order["generation"], mark)
        if order.get("record"):
            Path(order["record"]).write_text(json.dumps(passed))

    return task


def synced_length(engine: Engine) -> story.Mark:
    """How much of SQLite's journal is on the disk for certain: its length after the last commit that was flushed."""
    synced, commit = [0], engine.dialect.do_commit
    journal = Path(f"{engine.url.database}-wal")

    def commit_and_look(connection: Any) -> None:
        commit(connection)
        if connection.execute("PRAGMA synchronous").fetchone()[0] >= SYNCHRONOUS_FULL:
            synced[0] = journal.stat().st_size

    engine.dialect.do_commit = commit_and_look  # type: ignore[method-assign]
    return lambda: {"synced": synced[0]}


@contextmanager
def sqlite_stage(folder: Path) -> Iterator[Stage]:
    beginning, place = folder / "beginning.sqlite3", folder / "stage.sqlite3"

    def restore() -> None:
        for suffix in ("-wal", "-shm"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(beginning, place)

    with _opened(f"sqlite:///{beginning}", f"sqlite:///{place}", folder, restore) as stage:
        yield stage


@contextmanager
def postgres_stage(folder: Path, cluster: Cluster) -> Iterator[Stage]:
    beginning, place = f"beginning_{os.getpid()}", f"stage_{os.getpid()}"

    def restore() -> None:
        cluster.drop(place)
        cluster.create(place, beginning)

    cluster.create(place)
    with _opened(cluster.create(beginning), cluster.url(place), folder, restore) as stage:
        yield stage
    cluster.drop(place)
    cluster.drop(beginning)


@contextmanager
def _opened(beginning: str, place: str, folder: Path, restore: Callable[[], None]) -> Iterator[Stage]:
    lms = Lms().start()
    lms.members = [{"user_id": name, "roles": ["Learner"], "status": "Active"} for name in story.MEMBERS]
    engine = make_engine(beginning)
    upgrade(engine)
    engine.dispose()
    scene = set_up(beginning, folder, lms.url, story.ENROLLED, story.BADGES)
    stage = Stage(place, folder, lms, scene, restore)
    try:
        yield stage
    finally:
        stage.close()
        lms.stop()
