"""The outbox as workers see it: claim once, lease, fence, and no lost wake-up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.db.engine import make_engine
from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.unit_of_work import SqlTransactions
from tests.factories.house import HandClock

LEASE = timedelta(seconds=10)
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(migrated_database_url):
    made = make_engine(migrated_database_url)
    yield made
    made.dispose()


@pytest.fixture
def clock():
    return HandClock(NOW)


@pytest.fixture
def transactions(engine, clock):
    return SqlTransactions(engine, clock)


@pytest.fixture
def queue(engine):
    return SqlJobQueue(engine)


def add(transactions, count=1, kind="k", **options):
    with transactions() as unit:
        for number in range(count):
            unit.outbox.add(kind, {"number": number}, **options)
        unit.commit()


def test_work_that_was_not_committed_does_not_exist(transactions, queue):
    with transactions() as unit:
        unit.outbox.add("k", {})
    assert queue.claim(NOW, LEASE, 10, {"k"}) == []


def test_many_workers_share_the_work_without_doing_any_twice(transactions, queue):
    add(transactions, 100)

    def claim_all(_):
        taken = []
        while jobs := queue.claim(NOW, LEASE, 7, {"k"}):
            taken += [job.id for job in jobs]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for part in pool.map(claim_all, range(4)) for job_id in part]
    assert len(taken) == len(set(taken)) == 100


def test_only_the_kinds_asked_for_are_claimed(transactions, queue):
    add(transactions, kind="slow")
    assert queue.claim(NOW, LEASE, 10, {"fast"}) == []
    assert len(queue.claim(NOW, LEASE, 10, {"slow"})) == 1


def test_work_is_not_claimed_before_it_is_due(transactions, queue):
    add(transactions, due_at=NOW + timedelta(minutes=1))
    assert queue.claim(NOW, LEASE, 10, {"k"}) == []
    assert len(queue.claim(NOW + timedelta(minutes=1), LEASE, 10, {"k"})) == 1


def test_a_lease_runs_out_and_the_fence_keeps_the_sleeper_from_finishing(transactions, queue):
    add(transactions)
    [first] = queue.claim(NOW, LEASE, 1, {"k"})
    assert queue.claim(NOW + LEASE - timedelta(seconds=1), LEASE, 1, {"k"}) == []
    [second] = queue.claim(NOW + LEASE, LEASE, 1, {"k"})
    assert (second.id, second.attempts) == (first.id, 2)
    assert not queue.renew(first, NOW + 9 * LEASE)
    assert not queue.retry(first, NOW, "late")
    assert not queue.bury(first, "late")
    assert not queue.done(first)
    assert queue.done(second)
    assert queue.depth() == {}


def test_a_renewed_lease_is_not_taken_over(transactions, queue):
    add(transactions)
    [job] = queue.claim(NOW, LEASE, 1, {"k"})
    assert queue.renew(job, NOW + 3 * LEASE)
    assert queue.claim(NOW + 2 * LEASE, LEASE, 1, {"k"}) == []


def test_waiting_work_is_not_doubled_and_running_work_is_done_again(transactions, queue):
    add(transactions, 3, dedupe_key="one")
    [job] = queue.claim(NOW, LEASE, 10, {"k"})
    add(transactions, 2, dedupe_key="one")
    [again] = queue.claim(NOW, LEASE, 10, {"k"})
    assert again.id != job.id


def test_the_earlier_of_two_due_times_counts(transactions, queue):
    add(transactions, dedupe_key="one", due_at=NOW + timedelta(hours=1))
    add(transactions, dedupe_key="one")
    assert len(queue.claim(NOW, LEASE, 10, {"k"})) == 1


def test_work_set_aside_waits_for_a_person(transactions, queue):
    add(transactions)
    [job] = queue.claim(NOW, LEASE, 1, {"k"})
    assert queue.bury(job, "award.unknown: gone")
    assert queue.claim(NOW + 9 * LEASE, LEASE, 1, {"k"}) == []
    [dead] = queue.dead()
    assert (dead.id, dead.last_error) == (job.id, "award.unknown: gone")
    assert queue.revive(dead.id, NOW)
    assert len(queue.claim(NOW, LEASE, 1, {"k"})) == 1


def test_no_wake_up_is_lost_between_waiting_work_and_a_claim(transactions, queue):
    """A transaction that finds its work waiting, and commits after a worker looked: somebody must still do it."""
    add(transactions, dedupe_key="one")
    claimed, seen = [], threading.Event()

    def worker():
        seen.wait(5)
        claimed.extend(queue.claim(NOW, LEASE, 10, {"k"}))

    thread = threading.Thread(target=worker)
    thread.start()
    with transactions() as unit:
        unit.outbox.add("k", {"number": 0}, dedupe_key="one")
        seen.set()
        thread.join(0.5)
        # The worker waits (SQLite) or passes over (PostgreSQL) what this transaction holds.
        assert claimed == []
        unit.commit()
    thread.join(20)
    assert len(claimed) + len(queue.claim(NOW, LEASE, 10, {"k"})) == 1
