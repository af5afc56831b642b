"""``make soak-status``: places on status lists for 100,000 badges, taken by 8 processes that are killed again and
again; then all of them withdrawn at once.

Judged at the end: no two badges have one place, each badge has the place that the process which committed it noted, and
every withdrawn badge is marked on the signed list as strangers fetch it. ``BADGES``, ``PROCESSES`` and ``BACKEND``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from lti_tool.bootstrap.clock import SystemClock
from lti_tool.credentials.status_list import decode, is_set
from lti_tool.db.engine import make_engine
from lti_tool.db.tables.badges import status_entries, status_lists
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.usecases.publish_status_list import PublishStatusList
from tests.factories.house import BASE_URL, make_house
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster

TENANT, ISSUER = "default", "default"
# Withdrawn in one transaction: what a mass award is undone in, and short enough that others come in between.
AT_ONCE = 500
_FORK = get_context("fork")


@dataclass
class Outcome:
    """What was done, and what is wrong with it."""

    badges: int
    kills: int = 0
    allocating_s: float = 0.0
    withdrawing_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def soak(url: str, folder: Path, badges: int, processes: int, kill_every_s: float, seed: int = 1) -> Outcome:
    """On a database in the newest schema."""
    outcome = Outcome(badges)
    shares = [range(first, badges, processes) for first in range(processes)]
    begun = time.monotonic()
    outcome.kills = _killed_again_and_again(url, folder, shares, kill_every_s, random.Random(seed))
    outcome.allocating_s = time.monotonic() - begun
    _judge_places(url, folder, badges, outcome)
    begun = time.monotonic()
    workers = [_FORK.Process(target=_withdraw, args=(url, share)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    _publish_and_judge(url, folder, badges, outcome)
    outcome.withdrawing_s = time.monotonic() - begun
    return outcome


def _killed_again_and_again(url: str, folder: Path, shares: list[range], every_s: float, lots: random.Random) -> int:
    """Runs a process for each share until all are done; gives how many were killed in between. Only those are killed
    that have done something since they began, so that there is an end."""
    running: dict[int, tuple[BaseProcess, int]] = {}

    def noted(number: int) -> int:
        journal = folder / f"journal-{number}"
        return journal.stat().st_size if journal.exists() else 0

    def begin(number: int) -> None:
        worker = _FORK.Process(target=_allocate, args=(url, folder / f"journal-{number}", shares[number]))
        worker.start()
        running[number] = worker, noted(number)

    for number in range(len(shares)):
        begin(number)
    kills = 0
    while running:
        time.sleep(every_s)
        for number, (worker, _) in list(running.items()):
            if worker.exitcode is not None:
                del running[number]
                if worker.exitcode != 0:
                    begin(number)
        victims = [worker for number, (worker, at_first) in running.items() if noted(number) > at_first]
        if victims:
            victim = lots.choice(victims)
            victim.kill()
            victim.join()
            kills += 1
    return kills


def _allocate(url: str, journal: Path, share: range) -> None:
    """A place for each badge of a share, each in a transaction of its own; goes on where one before it was killed."""
    engine = make_engine(url)
    transactions = SqlTransactions(engine, SystemClock())
    done = len(journal.read_bytes().splitlines()) if journal.exists() else 0
    with journal.open("ab", buffering=0) as notes:
        # The last line may be a half one, or one may be missing: the badge before is asked for again.
        for number in share[max(0, done - 1) :]:
            with transactions() as unit:
                place = unit.status_lists.allocate(TENANT, f"badge-{number}", "revocation", ISSUER)
                unit.commit()
            notes.write(json.dumps([number, *place]).encode() + b"\n")
    engine.dispose()
    os._exit(0)


def _withdraw(url: str, share: range) -> None:
    engine = make_engine(url)
    transactions = SqlTransactions(engine, SystemClock())
    waiting = [share[first : first + AT_ONCE] for first in range(0, len(share), AT_ONCE)]
    while waiting:
        # Two that touch two lists in turn may wait for each other; like any work, what the database breaks off is
        # done again.
        with suppress(OperationalError), transactions() as unit:
            for number in waiting[-1]:
                unit.status_lists.revoke(f"badge-{number}")
            unit.commit()
            waiting.pop()
    engine.dispose()
    os._exit(0)


def _noted(folder: Path) -> Iterator[tuple[str, str, int]]:
    for journal in folder.glob("journal-*"):
        for line in journal.read_text().splitlines():
            try:
                number, list_id, index = json.loads(line)
            except ValueError:
                continue  # a process was killed while it wrote this line
            yield f"badge-{number}", list_id, index


def _judge_places(url: str, folder: Path, badges: int, outcome: Outcome) -> None:
    engine = make_engine(url)
    with engine.connect() as connection:
        columns = (status_entries.c.award_id, status_entries.c.list_id, status_entries.c["index"].label("place"))
        rows = connection.execute(select(*columns)).all()
        counted = connection.execute(select(func.sum(status_lists.c.allocated))).scalar_one()
    engine.dispose()
    held = {award_id: (list_id, place) for award_id, list_id, place in rows}
    if len(held) != badges or len(rows) != badges:
        outcome.faults.append(f"{len(rows)} places for {len(held)} of {badges} badges")
    twice = [place for place, times in Counter(held.values()).items() if times > 1]
    if twice:
        outcome.faults.append(f"{len(twice)} places were given twice")
    if counted != badges:
        outcome.faults.append(f"{counted} places are counted for {badges} badges")
    moved = [award_id for award_id, list_id, index in _noted(folder) if held.get(award_id) != (list_id, index)]
    if moved:
        outcome.faults.append(f"{len(moved)} badges are at another place than was noted")


def _publish_and_judge(url: str, folder: Path, badges: int, outcome: Outcome) -> None:
    """Signs every list as the work of publishing does, and reads it as strangers do."""
    house = make_house(url, folder, ()).house
    publish = PublishStatusList(house.transactions, house.clock, house.signer, BASE_URL)
    with house.transactions(write=False) as unit:
        lists = [one.id for one in unit.status_lists.all()]
    found = 0
    for list_id in lists:
        publish(list_id)
        with house.transactions(write=False) as unit:
            signed = unit.status_lists.get(list_id)
            withdrawn = unit.status_lists.revoked_indexes(list_id)
        assert signed is not None
        assert signed.document is not None
        bits = decode(json.loads(signed.document)["credentialSubject"]["encodedList"])
        found += sum(is_set(bits, index) for index in withdrawn)
    house.engine.dispose()
    if found != badges:
        outcome.faults.append(f"{found} of {badges} withdrawn badges are marked on the signed lists")


@contextmanager
def _database(backend: str, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        if backend == "sqlite":
            yield f"sqlite:///{folder / 'soak.sqlite3'}"
            return
        program = PEERS["postgresql"].find()
        if program is None:
            raise SystemExit(f"PostgreSQL is missing: {PEERS['postgresql'].remedy}")
        yield stack.enter_context(running_cluster(program, DURABLE)).create("soak")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--badges", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    is_bad = False
    for backend in [asked.backend] if asked.backend else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as name, _database(backend, Path(name)) as url:
            make_house(url, Path(name), ()).house.engine.dispose()
            outcome = soak(url, Path(name), asked.badges, asked.processes, kill_every_s=1.0)
        print(
            f"{backend}: {outcome.badges} places in {outcome.allocating_s:.0f} s under {outcome.kills} kills; "
            f"all withdrawn and on the signed lists in {outcome.withdrawing_s:.1f} s"
        )
        for fault in outcome.faults:
            print(f"  FAULT: {fault}")
        is_bad |= bool(outcome.faults) or outcome.withdrawing_s > 60
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
