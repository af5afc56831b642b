"""kill -9 in the middle of the work: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter

import pytest
from sqlalchemy import text

from lti_tool.demo.servers import free_ports
from tests.chaos.lab import awards, make_lab, require_each_once
from tests.chaos.processes import Tool, wait_for
from tests.chaos.sending import LEARNERS, Sender


@pytest.fixture
def lab(migrated_database_url, tmp_path):
    made = make_lab(migrated_database_url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def tool(lab, migrated_database_url, tmp_path):
    made = Tool(migrated_database_url, tmp_path, free_ports(1)[0])
    yield made
    made.stop()


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
    require_each_once(lab)


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
