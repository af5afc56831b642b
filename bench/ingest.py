"""Signed events a second over HTTP, each on disk before it is acknowledged; on SQLite and on PostgreSQL.

Ours: ``lti-badges serve`` with two processes (gunicorn), each with the eight threads that it has by itself. An event of
some 350 bytes, each with an id of its own, is verified, parsed, and stored with the work that it makes due, in one
durable transaction; then it is acknowledged. The peer is the very same server, which verifies and parses the same and
stores nothing (see _verifying_server.py). Sixteen connections, one for each thread, send as fast as they are answered,
from this process, on the same cores.

A minute of each in rounds that take turns; ``BENCH_SECONDS`` shortens it for trying. No worker runs: it would be
another process on another core. PostgreSQL is as Debian ships it, with fsync and synchronous_commit on. The rows
``*_ack_p99`` are the 99th percentile of the time to the acknowledgement, against the promised milliseconds.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from bench._load import SECRET, Sent, scored, send_for
from bench._process import process
from bench._results import Row
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.demo.servers import free_ports
from tests.factories.house import BASE_URL, REGISTRATION, make_house
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster

SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
PROCESSES, THREADS = 2, 8
MOST_A_SECOND = 4000
LEARNERS = [f"learner-{number}" for number in range(500)]
PROMISED_MS = {"sqlite": 250.0, "postgresql": 50.0}
PEER = "the same server, verifying the same and storing nothing"


def run(rounds: int = 5) -> list[Row]:
    """Two rows for each database that is there: events a second, and milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        rows = _measure("sqlite", f"sqlite:///{name}/ours.sqlite3", Path(name), rounds)
    pg_ctl = PEERS["postgresql"].find()
    if pg_ctl is None:
        print("PostgreSQL is not on this machine; its rows are left as they were.")
        return rows
    with tempfile.TemporaryDirectory() as name, running_cluster(pg_ctl, DURABLE) as cluster:
        return rows + _measure("postgresql", cluster.create("bench"), Path(name), rounds)


def _measure(kind: str, url: str, folder: Path, rounds: int) -> list[Row]:
    _prepare(url, folder)
    numbers = itertools.count()
    ours: list[Sent] = []
    theirs: list[Sent] = []
    with (
        _server(["lti_tool.cli", "serve"], url, folder) as mine,
        _server(["bench._verifying_server"], url, folder) as peer,
    ):
        for number in range(rounds + 1):
            # The first round warms both up.
            seconds = SECONDS / rounds if number else min(3.0, SECONDS / rounds)
            for port, into in ((mine, ours), (peer, theirs)):
                into.append(send_for(port, seconds, _requests(numbers, seconds)))
    acknowledged = sum(len(sent.seconds) for sent in ours)
    refused = sum(sent.refused for sent in [*ours, *theirs])
    stored = _stored(url)
    if refused or stored != acknowledged:
        raise RuntimeError(f"{acknowledged} events were acknowledged, {refused} refused and {stored} stored")
    rates = [[len(sent.seconds) / sent.took for sent in side[1:]] for side in (ours, theirs)]
    p99 = statistics.quantiles([s * 1000 for sent in ours[1:] for s in sent.seconds], n=100, method="inclusive")[98]
    return [
        Row(
            name=f"ingest_{kind}",
            ours=statistics.median(rates[0]),
            peer=statistics.median(rates[1]),
            ratio=statistics.median(mine / other for mine, other in zip(*rates, strict=True)),
            unit="events/s",
            peer_name=PEER,
            runs=rounds,
        ),
        Row(
            name=f"ingest_{kind}_ack_p99",
            ours=p99,
            peer=PROMISED_MS[kind],
            ratio=p99 / PROMISED_MS[kind],
            unit="ms",
            peer_name="the promise, which is a limit",
            runs=rounds,
        ),
    ]


def _prepare(url: str, folder: Path) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    lab = make_house(url, folder, LEARNERS)
    with lab.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, webhook_secret=SECRET))
        unit.commit()
    lab.house.engine.dispose()


def _requests(numbers: Iterator[int], seconds: float) -> list[bytes]:
    """As many as can be sent in that time, signed before the clock runs."""
    made = itertools.islice(numbers, int(seconds * MOST_A_SECOND))
    return [scored(f"event-{n}", LEARNERS[n % len(LEARNERS)], n % 100).request() for n in made]


def _stored(url: str) -> int:
    engine = make_engine(url)
    with engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM inbox_events")).scalar_one()
    engine.dispose()
    return count


@contextmanager
def _server(module: list[str], url: str, folder: Path) -> Iterator[int]:
    [port] = free_ports(1)
    more = ["--port", str(port), "--processes", str(PROCESSES), "--threads", str(THREADS)]
    arguments = [*module, *more] if module[-1] == "serve" else [*module, str(port), str(PROCESSES), str(THREADS)]
    environment = os.environ | {
        "LTI_BADGES_BASE_URL": BASE_URL,
        "LTI_BADGES_DATABASE_URL": url,
        "LTI_BADGES_DATA_DIR": str(folder),
        "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
        "LTI_BADGES_EMBEDDED_WORKER": "false",
        "LTI_BADGES_LOG_FORMAT": "json",
    }
    with process([sys.executable, "-m", *arguments], f"http://127.0.0.1:{port}/healthz", environment):
        yield port
