"""A mass award of 100,000 signed badges is undone as one: from the teacher's yes to the lists that strangers fetch.

The badges are there already, put in by plain statements. One worker does the work meanwhile, as in an installation of
one process. The clock runs until every badge is marked on the lists as they are served; the other ends of it (each
award with its history, its learner's notice and its gradebook column) go on for a quarter of an hour afterwards.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, insert

from bench._results import Row
from lti_tool.bootstrap.site import create_site
from lti_tool.credentials.status_list import decode, is_set
from lti_tool.db.statements import values_of
from lti_tool.db.tables.badges import awards, status_entries, status_lists
from lti_tool.db.tables.course import people
from lti_tool.domain.award import PERIOD_ONCE, Award, AwardState
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.identity import Actor, Person, derived_id
from lti_tool.usecases.mass_awards import DecideMassAward
from tests.factories.house import BASE_URL, DEPLOYMENT, REGISTRATION, TestHouse, make_house
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster

BADGES, PROMISE_S, ISSUER = 100_000, 60.0, "default"
_PLACES, _A_LIST = 131_072, 65_536
_ROWS_AT_ONCE = 5_000


def run(rounds: int = 1) -> list[Row]:
    """Seconds, on a database of their own for each round."""
    found = []
    for backend in ("sqlite", "postgresql"):
        seconds = statistics.median(_measured(backend) for _ in range(rounds))
        found.append(
            Row(
                name=f"mass_revocation_{BADGES}_{backend}",
                ours=seconds,
                peer=PROMISE_S,
                ratio=seconds / PROMISE_S,
                unit="s",
                peer_name="target",
                runs=rounds,
            )
        )
    return found


def _measured(backend: str) -> float:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        lab = make_house(_database(backend, folder, stack), folder, ())
        batch_id, places = _fill(lab)
        for list_id in places:
            lab.house.publish_status_list(list_id)
        client = create_site(lab.house).test_client()
        if _shown(client, places):
            raise RuntimeError("a list tells of revocations that were never asked for")
        workers = lab.workers
        workers.start()
        begun = time.perf_counter()
        DecideMassAward(lab.house.transactions, lab.clock).undo(
            lab.course.id, batch_id, Actor("person", "ines", "Ines"), "The quiz was too easy."
        )
        while _shown(client, places) < BADGES:
            if time.perf_counter() - begun > 10 * PROMISE_S:
                raise RuntimeError(f"only {_shown(client, places)} of {BADGES} badges are shown as withdrawn")
            time.sleep(0.1)
        seconds = time.perf_counter() - begun
        workers.stop()
        lab.house.engine.dispose()
    return seconds


def _database(backend: str, folder: Path, stack: ExitStack) -> str:
    if backend == "sqlite":
        return f"sqlite:///{folder / 'bench.sqlite3'}"
    program = PEERS["postgresql"].find()
    if program is None:
        raise RuntimeError(f"PostgreSQL is missing: {PEERS['postgresql'].remedy}")
    return stack.enter_context(running_cluster(program, DURABLE)).create("bench")


def _shown(client: FlaskClient, places: Mapping[str, set[int]]) -> int:
    """How many badges the lists mark, as they are served."""
    found = 0
    for list_id, indexes in places.items():
        answer = client.get(f"/issuers/{ISSUER}/status/{list_id}", base_url=BASE_URL)
        bits = decode(json.loads(answer.text)["credentialSubject"]["encodedList"])
        found += sum(is_set(bits, index) for index in indexes)
    return found


def _fill(lab: TestHouse) -> tuple[str, dict[str, set[int]]]:
    """The mass award's id, and the places of its badges by list."""
    badge, now = lab.publish(), lab.clock.now()
    lab.work()
    batch = AwardBatch("batch", badge.id, lab.course.id, BatchState.AWARDED, now)
    with lab.house.transactions() as unit:
        unit.award_batches.save(batch)
        unit.commit()
    learners = [derived_id("person", f"learner-{number}") for number in range(BADGES)]
    made = [
        Award(
            Award.id_for(badge.id, person_id, PERIOD_ONCE), badge.id, 1, lab.course.id, person_id, PERIOD_ONCE, now, {},
            AwardState.ISSUED, issued_at=now, batch_id=batch.id,
        )
        for person_id in learners
    ]  # fmt: skip
    with lab.house.engine.begin() as connection:
        _insert(connection, people, (_person(number, one) for number, one in enumerate(learners)))
        _insert(connection, awards, (values_of(award, awards) for award in made))
        places = _lists(connection, lab, [award.id for award in made])
    return batch.id, places


def _person(number: int, person_id: str) -> dict[str, Any]:
    return values_of(Person(person_id, REGISTRATION, DEPLOYMENT, f"learner-{number}"), people)


def _lists(connection: Connection, lab: TestHouse, award_ids: list[str]) -> dict[str, set[int]]:
    lots, places = random.Random(7), dict[str, set[int]]()
    for start in range(0, len(award_ids), _A_LIST):
        some, list_id = award_ids[start : start + _A_LIST], f"list-{start}"
        indexes = lots.sample(range(_PLACES), len(some))
        row: dict[str, Any] = {
            "id": list_id,
            "tenant_id": lab.house.settings.tenant,
            "purpose": "revocation",
            "issuer_slug": ISSUER,
        }
        row |= {"size": _PLACES, "allocated": len(some), "revision": 1, "signed_revision": 0}
        connection.execute(insert(status_lists).values(row))
        entries = (
            {"list_id": list_id, "index": index, "award_id": award_id, "revoked": False}
            for index, award_id in zip(indexes, some, strict=True)
        )
        _insert(connection, status_entries, entries)
        places[list_id] = set(indexes)
    return places


def _insert(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    waiting = list(rows)
    for start in range(0, len(waiting), _ROWS_AT_ONCE):
        connection.execute(insert(table), waiting[start : start + _ROWS_AT_ONCE])
