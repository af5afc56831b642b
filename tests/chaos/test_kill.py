"""kill -9 in the middle of the work: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests
from sqlalchemy import text
from standardwebhooks import Webhook

from lti_tool.demo.servers import free_ports
from tests.chaos.processes import Tool, wait_for
from tests.factories.house import CONTEXT, REGISTRATION, TestHouse, make_house

LEARNERS = [f"learner-{number:03}" for number in range(200)]
SECRET = "whsec_" + "c2VjcmV0LWZvci10ZXN0cy1vbmx5LW5vdC1yZWFsIQ=="


@pytest.fixture
def lab(migrated_database_url, tmp_path):
    made = make_house(migrated_database_url, tmp_path, LEARNERS)
    with made.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        unit.registrations.save(replace(held, webhook_secret=SECRET))
        # No gradebook here: this test is about awards, and nobody answers at the example addresses.
        unit.courses.save(replace(made.course, lineitems_url="", memberships_url=""))
        unit.commit()
    made.publish()
    yield made
    made.house.engine.dispose()


@pytest.fixture
def tool(lab, migrated_database_url, tmp_path):
    made = Tool(migrated_database_url, tmp_path, free_ports(1)[0])
    yield made
    made.stop()


def bodies():
    """Both events of every learner, in an order of their own: (webhook id, body)."""
    at = datetime.now(UTC).isoformat()
    events = []
    for subject in LEARNERS:
        common = {"context_id": CONTEXT, "user_id": subject, "deployment_id": "1"}
        quiz = {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 100}
        module = {"id": "module-1", "type": "module", "title": "Module 1"}
        scored = common | {"activity": quiz, "score": {"given": 90, "maximum": 100}}
        done = common | {"activity": module, "completed": True}
        events.append((f"{subject}-s", {"type": "item.scored", "timestamp": at, "data": scored}))
        events.append((f"{subject}-m", {"type": "module.completed", "timestamp": at, "data": done}))
    random.Random(7).shuffle(events)
    return [(webhook_id, json.dumps(body)) for webhook_id, body in events]


class Sender(threading.Thread):
    """Sends every event until it is acknowledged, as a platform does: again after any failure.

    The last half waits for `rest`, so that there is work left when somebody is killed.
    """

    def __init__(self, tool: Tool) -> None:
        super().__init__(daemon=True)
        self._tool = tool
        self.waiting = bodies()
        self.refused: list[tuple[str, int]] = []
        self.rest = threading.Event()

    def run(self) -> None:
        while self.waiting:
            if len(self.waiting) <= len(LEARNERS):
                self.rest.wait()
            webhook_id, body = self.waiting[-1]
            now = datetime.now(UTC)
            headers = {
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(SECRET).sign(webhook_id, now, body),
                "content-type": "application/json",
            }
            try:
                answer = requests.post(f"{self._tool.url}/hooks/{REGISTRATION}", body, headers=headers, timeout=5)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.status_code >= 500:
                continue
            if answer.status_code not in (200, 202):
                self.refused.append((answer.text, answer.status_code))
            self.waiting.pop()


def awards(lab: TestHouse):
    with lab.house.transactions(write=False) as unit:
        return unit.awards.of_course(lab.course.id)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_hundred_awards_survive_the_death_of_web_and_worker(lab, tool):
    chance = random.Random(11)
    tool.start("serve")
    tool.start("worker")
    sender = Sender(tool)
    sender.start()
    kills = Counter()
    # Turn by turn: drawn by lot, a fast machine is done before each had its turn.
    turns = itertools.cycle(["serve", "worker"])
    while sender.is_alive() or len(awards(lab)) < 150:
        time.sleep(chance.uniform(0.1, 1.0))
        if sum(kills.values()) >= 12:
            break
        name = next(turns) if sender.is_alive() else "worker"
        tool.kill(name)
        kills[name] += 1
        tool.start(name)
        if len(kills) == 2:
            sender.rest.set()
    sender.join(60)
    assert not sender.is_alive(), f"{len(sender.waiting)} events were never acknowledged\n{tool.log('serve')}"
    assert sender.refused == []
    wait_for(
        lambda: sum(award.state == "issued" for award in awards(lab)) == len(LEARNERS),
        60,
        f"issuing every badge ({tool.log('worker')})",
    )
    assert kills["serve"] >= 1
    assert kills["worker"] >= 1
    assert Counter(award.person_id for award in awards(lab)) == dict.fromkeys(
        (person.id for person in lab.people.values()), 1
    )
    with lab.house.engine.connect() as connection:
        signed = connection.execute(text("SELECT count(*), count(document) FROM credentials")).one()
        places = connection.execute(text('SELECT count(*), count(DISTINCT "index") FROM status_entries')).one()
        issued = connection.execute(text("SELECT count(*) FROM award_history WHERE action = 'issued'")).scalar()
    assert tuple(signed) == tuple(places) == (len(LEARNERS), len(LEARNERS))
    assert issued == len(LEARNERS)
    lab.clock.at = datetime.now(UTC)
    with lab.house.transactions(write=False) as unit:
        sample = [unit.credentials.get(award.id) for award in chance.sample(awards(lab), 5)]
    assert all(lab.house.verifier.verify(credential.document).valid for credential in sample)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_work_of_a_killed_worker_is_taken_over_within_15_seconds(lab, tool):
    with lab.house.transactions() as unit:
        for person in lab.people.values():
            unit.outbox.add("evaluate_learner", {"course_id": lab.course.id, "person_id": person.id})
        unit.commit()
    lab.hear(*[event for name in LEARNERS for event in (lab.score(name, 90), lab.module(name))])

    def leased() -> int:
        # Reading only: a halted worker may hold SQLite's one write lock.
        with lab.house.engine.connect().execution_options(write=False) as connection:
            query = "SELECT count(*) FROM outbox WHERE lease_until IS NOT NULL AND state = 'ready'"
            return connection.execute(text(query)).scalar_one()

    tool.start("worker")
    tool.kill_while("worker", leased)
    assert leased() > 0
    died = time.monotonic()
    tool.start("worker")

    def taken_over() -> bool:
        with lab.house.engine.connect().execution_options(write=False) as connection:
            query = "SELECT count(*) FROM outbox WHERE fence >= 1 AND attempts >= 1 AND kind <> 'keep_house'"
            return connection.execute(text(query)).scalar_one() == 0

    wait_for(taken_over, 15, "taking over what the dead worker held")
    assert time.monotonic() - died <= 15
