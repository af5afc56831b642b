"""The power goes: SQLite's file and its journal as they may lie on the disk then, cut at every frame and beside it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.bugs import BUGS
from tests.chaos.journal import read
from tests.chaos.stage import Stage

# https://www.sqlite.org/fileformat2.html#the_write_ahead_log
HEADER, FRAME_HEADER, PAGE = 32, 24, 4096
FRAME = FRAME_HEADER + PAGE
RESUMED_EVERY = 150


@dataclass(frozen=True, slots=True)
class Told:
    """The story as it was told: the database before, the journal of writes after it, what the world saw meanwhile."""

    before: Path
    writes: bytes
    seen: list[dict[str, Any]]

    def lie(self, place: Path, length: int, database: bytes | None = None) -> None:
        """Puts down what the disk holds after a cut at that length of the journal."""
        place.write_bytes(self.before.read_bytes() if database is None else database)
        Path(f"{place}-shm").unlink(missing_ok=True)
        Path(f"{place}-wal").write_bytes(self.writes[:length])

    def missing(self, place: Path, length: int) -> list[str]:
        """What the world saw and the recovered database does not know; also damage of the file itself."""
        with closing(sqlite3.connect(place)) as connection:
            events = {row[0] for row in connection.execute("SELECT event_id FROM inbox_events")}
            revoked = {row[0] for row in connection.execute("SELECT id FROM awards WHERE state = 'revoked'")}
            intended = {row[0] for row in connection.execute("SELECT id FROM credentials")}
            damage = [row[0] for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
            damage += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
        for line in self.seen:
            if line.get("synced", length + 1) > length:
                continue
            if line["say"] == "signed" and line["credential"] not in intended:
                damage.append(f"signed and not intended: {line['credential']}")
            if line["say"] == "ack" and line["id"] not in events and not (line["id"] == "ben-revoked" and revoked):
                damage.append(f"acknowledged and not there: {line['id']}")
        return damage


def tell(stage: Stage, bug: str = "") -> Told:
    stage.begin()
    before = stage.folder / "before.sqlite3"
    place = Path(stage.url.removeprefix("sqlite:///"))
    shutil.copyfile(place, before)
    assert stage.run(mark_synced=True, bug=bug, generation=1) == 0, stage.log()
    return Told(before, Path(f"{place}-wal").read_bytes(), read(stage.journal))


def lengths(writes: bytes) -> Iterator[int]:
    """Every boundary of the journal's frames, and one byte to either side."""
    yield 0
    for boundary in range(HEADER, len(writes) + 1, FRAME):
        yield from (length for length in (boundary - 1, boundary, boundary + 1) if length <= len(writes))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_what_was_acknowledged_survives_every_power_cut(stage: Stage, tmp_path: Path) -> None:
    told = tell(stage)
    place, wrong, cuts = tmp_path / "cut.sqlite3", [], list(lengths(told.writes))
    for number, length in enumerate(cuts):
        told.lie(place, length)
        wrong += [(length, what) for what in told.missing(place, length)]
        if number % RESUMED_EVERY == RESUMED_EVERY - 1:
            wrong += [(length, what) for what in resumed(stage, told, length, 2 + number)]
    for number, database in enumerate(half_moved(told, tmp_path)):
        told.lie(place, len(told.writes), database)
        wrong += [(number, what) for what in told.missing(place, len(told.writes))]
    print(f"{len(cuts)} cuts of the journal, {number + 1} of the file while the journal is moved into it")
    assert wrong == []
    assert len(cuts) + number >= 1000


def resumed(stage: Stage, told: Told, length: int, generation: int) -> list[object]:
    """What the oracle says when a process carries on after the cut. The platform remembers what it was told."""
    told.lie(Path(stage.url.removeprefix("sqlite:///")), length)
    lines = [line for line in told.seen if line.get("synced", 0) <= length]
    stage.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    ended = stage.run(generation=generation)
    return [*stage.judge(), *([stage.log()] if ended else [])]


def half_moved(told: Told, folder: Path) -> Iterator[bytes]:
    """The file while a checkpoint moves the journal's pages into it: so many pages are there and the rest is not, and
    the last one is torn. The journal is whole all the while."""
    moved = folder / "moved.sqlite3"
    told.lie(moved, len(told.writes))
    with closing(sqlite3.connect(moved)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old, new = told.before.read_bytes(), moved.read_bytes()
    for page in range(len(new) // PAGE + 1):
        for cut in (page * PAGE - 1, page * PAGE, page * PAGE + 1):
            yield new[: max(0, cut)] + old[max(0, cut) :]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_an_acknowledgement_before_the_flush_is_noticed(stage: Stage, tmp_path: Path) -> None:
    assert "acknowledged_before_flush" in BUGS
    told = tell(stage, "acknowledged_before_flush")
    place = tmp_path / "cut.sqlite3"
    found = set()
    for length in {line["synced"] for line in told.seen if "synced" in line}:
        told.lie(place, length)
        found |= set(told.missing(place, length))
    assert any(what.startswith("acknowledged and not there") for what in found)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_a_backup_that_is_put_back_issues_the_same_badges_again(stage: Stage) -> None:
    """The database of ten minutes ago, a platform that was told more since, and everything told once more."""
    told = tell(stage)
    place = Path(stage.url.removeprefix("sqlite:///"))
    issued = identities(place)
    middle = HEADER + FRAME * (len(told.writes) // FRAME // 2)
    for suffix in ("-wal", "-shm"):
        Path(f"{place}{suffix}").unlink(missing_ok=True)
    told.lie(place, middle)
    stage.journal.write_bytes(b"")
    assert stage.run(generation=2) == 0, stage.log()
    assert stage.judge() == []
    assert identities(place) == issued


def identities(place: Path) -> set[tuple[Any, ...]]:
    """Which badge went to whom, under which id."""
    with closing(sqlite3.connect(place)) as connection:
        query = "SELECT a.id, a.achievement_id, a.person_id, c.id FROM awards a JOIN credentials c ON c.award_id = a.id"
        return set(connection.execute(query))
