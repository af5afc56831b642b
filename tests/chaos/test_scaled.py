"""The scaled form as an operator runs it: gunicorn, Celery workers, PostgreSQL and Redis, each a process of its own."""

from __future__ import annotations

import random
import time

import pytest
from redis import Redis
from sqlalchemy import text

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.demo.servers import free_ports
from tests.chaos.lab import issued, make_lab, require_each_once
from tests.chaos.processes import Tool, wait_for
from tests.chaos.sending import Sender
from tests.services.peers import require_peer
from tests.services.redis import running_redis

LEARNERS = [f"learner-{number:03}" for number in range(60)]
# Ours alone, as it is wiped and killed.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def lab(postgres_url, tmp_path):
    engine = make_engine(postgres_url)
    upgrade(engine)
    engine.dispose()
    made = make_lab(postgres_url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def own_redis(tmp_path):
    with running_redis(require_peer("redis-server"), tmp_path) as url:
        yield url


@pytest.fixture
def tool(lab, postgres_url, tmp_path, own_redis):
    made = Tool(postgres_url, tmp_path, free_ports(1)[0], own_redis)
    yield made
    made.stop()


def test_events_over_http_become_badges(lab, tool, own_redis):
    tool.start("worker")
    tool.start("serve")
    sender = Sender(tool, LEARNERS)
    sender.rest.set()
    sender.start()
    sender.join(60)
    assert (sender.waiting, sender.refused) == ([], [])
    wait_for(lambda: issued(lab) == len(LEARNERS), 60, f"issuing every badge ({tool.log('worker')})")
    require_each_once(lab)
    # Web processes spoke of work and the worker listened: nothing is left, and nobody fell back to looking by himself.
    with Redis.from_url(own_redis) as client:
        wait_for(lambda: client.llen("lti-badges") == 0, 10, "fetching every message")
    assert "wake_up.not_sent" not in tool.log("serve") + tool.log("worker")
    # F07: asked to end, it does.
    assert tool.terminate("worker", 30) == 0
    assert tool.terminate("serve", 30) == 0


def test_nothing_is_lost_or_done_twice_while_workers_die_and_redis_is_wiped(lab, tool, own_redis):
    chance = random.Random(5)
    names = ["worker", "worker-2"]
    for name in [*names, "serve"]:
        tool.start(name)
    sender = Sender(tool, LEARNERS)
    sender.start()
    with Redis.from_url(own_redis) as client:
        for number in range(6):
            time.sleep(chance.uniform(0.2, 1.5))
            client.flushall()
            tool.kill(names[number % 2])
            tool.start(names[number % 2])
            if number == 2:
                sender.rest.set()
    sender.join(60)
    assert (sender.waiting, sender.refused) == ([], [])
    wait_for(lambda: issued(lab) == len(LEARNERS), 60, f"issuing every badge ({tool.log('worker')})")
    require_each_once(lab)


def test_a_frozen_worker_is_overtaken_within_15_seconds_and_changes_nothing_when_it_wakes(lab, tool):
    """F06: it stands still in the middle of its work, wherever that is, and goes on when another has done it."""
    tool.start("worker")
    claimed = text("SELECT id, fence FROM outbox WHERE lease_until IS NOT NULL AND state = 'ready'")

    def held() -> set[tuple[int, int]]:
        """Work that was claimed and not finished, whether its lease has run out or not."""
        with lab.house.engine.connect() as connection:
            return {(row.id, row.fence) for row in connection.execute(claimed)}

    wait_for(lambda: "ready" in tool.log("worker"), 30, "the start of the worker")
    lab.hear(*[event for name in LEARNERS for event in (lab.score(name, 90), lab.module(name))])
    tool.freeze_while("worker", held)
    frozen, of_the_frozen = time.monotonic(), held()
    tool.start("worker-2")
    wait_for(lambda: not held() & of_the_frozen, 15, f"taking over ({tool.log('worker-2')})")
    assert time.monotonic() - frozen <= 15
    wait_for(lambda: issued(lab) == len(LEARNERS) and not held(), 30, f"the work of the other ({tool.log('worker-2')})")
    tool.thaw("worker")
    time.sleep(3)
    require_each_once(lab)
    assert tool.terminate("worker", 30) == 0
