"""A class of 1,000 learners, from the decision to badges that they can download, on PostgreSQL.

Ours: everybody has done all that a badge asks for; the teacher publishes it, and the clock runs until each learner's
credential is signed (embedded proof and JWT), schema-checked, on a status list, stored, in the ledger, and there as a
file. Two `lti-badges worker` do it, as on a machine with two cores, woken through Redis, against a durable PostgreSQL;
mass awards of this size need no second confirmation there, and its platform offers no gradebook: what goes to a
platform is not part of this, and waits for the platform. The peer only signs: ``vc.issue()`` of @digitalbazaar/vc, of
which a fifth is measured and scaled; it stores nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from bench._node_peer import ask, node_peer, peer_name
from bench._process import process
from bench._results import Row
from bench.credential_issue import badges_of
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.db.tables.badges import credentials
from lti_tool.delivery.download import files_for
from lti_tool.demo.servers import free_ports
from tests.factories.credentials import Issuer
from tests.factories.house import TestHouse, make_house
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster
from tests.services.redis import running_redis

LEARNERS, WORKERS, TARGET_S = 1_000, 2, 2.0
_OF_PEER = LEARNERS // 5


def run(rounds: int = 3) -> list[Row]:
    """Seconds; medians of `rounds` interleaved rounds."""
    program, redis_server = PEERS["postgresql"].find(), PEERS["redis-server"].find()
    if program is None or redis_server is None:
        raise RuntimeError(f"PostgreSQL or Redis is missing: {PEERS['postgresql'].remedy}")
    ours: list[float] = []
    theirs: list[float] = []
    issuer = Issuer()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = stack.enter_context(running_cluster(program, DURABLE))
        redis_url = stack.enter_context(running_redis(redis_server, folder))
        peer = stack.enter_context(node_peer("issue_bench.mjs"))
        ask(peer, badges_of(issuer, 0, 1))
        for number in range(rounds):
            ours.append(_measured(cluster.create(f"class{number}"), redis_url, LEARNERS))
            answer = ask(peer, badges_of(issuer, 1 + number * _OF_PEER, _OF_PEER))
            theirs.append(float(answer["seconds"]) * LEARNERS / _OF_PEER)
    seconds, other = statistics.median(ours), statistics.median(theirs)
    return [
        _row("issue_class_of_1000", seconds, other, f"{peer_name()}, signing alone", rounds),
        _row("issue_class_of_1000_target", seconds, TARGET_S, "target", rounds),
    ]


def _row(name: str, ours: float, peer: float, peer_name: str, runs: int) -> Row:
    return Row(name=name, ours=ours, peer=peer, ratio=ours / peer, unit="s", peer_name=peer_name, runs=runs)


def _measured(url: str, redis_url: str, learners: int) -> float:
    """From the teacher's button to the last badge that can be downloaded."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= {
            "LTI_BADGES_MASS_AWARD_SIZE": str(learners),
            "LTI_BADGES_ENGINE": "celery",
            "LTI_BADGES_REDIS_URL": redis_url,
        }
        lab = _prepare(url, folder, [f"learner-{number:04}" for number in range(learners)])
        _start_workers(stack, lab)
        lab.publish()
        begun = time.perf_counter()
        _wait_for_all(lab, learners)
        seconds = time.perf_counter() - begun
        _require_all(lab, learners)
        lab.house.engine.dispose()
    return seconds


def _prepare(url: str, folder: Path, subjects: list[str]) -> TestHouse:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    lab = make_house(url, folder, subjects)
    with lab.house.transactions() as unit:
        unit.courses.save(replace(lab.course, lineitems_url=""))
        unit.commit()
    lab.hear(*(lab.score(subject, 91.0) for subject in subjects))
    lab.hear(*(lab.module(subject) for subject in subjects))
    lab.work()
    return lab


def _start_workers(stack: ExitStack, lab: TestHouse) -> None:
    settings = lab.house.settings
    environment = os.environ | {
        "LTI_BADGES_BASE_URL": settings.base_url,
        "LTI_BADGES_DATABASE_URL": settings.database,
        "LTI_BADGES_DATA_DIR": str(settings.data_dir),
        "LTI_BADGES_KEYS_DIR": str(settings.keys_dir),
    }
    for metrics in free_ports(WORKERS):
        address = f"127.0.0.1:{metrics}"
        command = [sys.executable, "-m", "lti_tool.cli", "worker", "--metrics", address]
        stack.enter_context(process(command, f"http://{address}/", environment))


def _wait_for_all(lab: TestHouse, learners: int) -> None:
    query = select(func.count()).select_from(credentials).where(credentials.c.document.is_not(None))
    with lab.house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(query).scalar_one() < learners:
            time.sleep(0.02)


def _require_all(lab: TestHouse, learners: int) -> None:
    """Each learner's badge as a file, or the time means nothing."""
    with lab.house.transactions(write=False) as unit:
        held = [unit.credentials.get(award.id) for award in unit.awards.of_course(lab.course.id)]
    files = [files_for(one, b"", "Lab safety")["json"] for one in held if one and one.document and one.jwt]
    ids = {json.loads(file.content)["id"] for file in files}
    if len(ids) != learners:
        raise RuntimeError(f"only {len(ids)} of {learners} learners have their badge")
