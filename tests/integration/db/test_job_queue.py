"""The outbox as workers see it: claim once, lease, fence, and no lost wake-up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.db.engine import make_engine
from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.db.work_time import ClockTime
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
    return SqlTransactions(engine, clock, time=ClockTime(clock))


@pytest.fixture
def queue(engine, clock):
    return SqlJobQueue(engine, ClockTime(clock))


def add(transactions, count=1, kind="k", **options):
    with transactions() as unit:
        for number in range(count):
            unit.outbox.add(kind, {"number": number}, **options)
        unit.commit()


def test_work_that_was_not_committed_does_not_exist(transactions, queue):
    with transactions() as unit:
        unit.outbox.add("k", {})
    assert queue.claim(LEASE, 10, {"k"}) == []


def test_many_workers_share_the_work_without_doing_any_twice(transactions, queue):
    add(transactions, 100)

    def claim_all(_):
        taken = []
        while jobs := queue.claim(LEASE, 7, {"k"}):
            taken += [job.id for job in jobs]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for part in pool.map(claim_all, range(4)) for job_id in part]
    assert len(taken) == len(set(taken)) == 100


def test_only_the_kinds_asked_for_are_claimed(transactions, queue):
    add(transactions, kind="slow")
    assert queue.claim(LEASE, 10, {"fast"}) == []
    assert len(queue.claim(LEASE, 10, {"slow"})) == 1


def test_work_is_not_claimed_before_it_is_due(transactions, queue, clock):
    add(transactions, due_at=NOW + timedelta(minutes=1))
    assert queue.claim(LEASE, 10, {"k"}) == []
    clock.pass_time(minutes=1)
    assert len(queue.claim(LEASE, 10, {"k"})) == 1


def test_a_lease_runs_out_and_the_fence_keeps_the_sleeper_from_finishing(transactions, queue, clock):
    add(transactions)
    [first] = queue.claim(LEASE, 1, {"k"})
    clock.pass_time(seconds=9)
    assert queue.claim(LEASE, 1, {"k"}) == []
    clock.pass_time(seconds=1)
    [second] = queue.claim(LEASE, 1, {"k"})
    assert (second.id, second.attempts) == (first.id, 2)
    assert queue.renew([first, second], LEASE) == {second.id}
    assert not queue.retry(first, LEASE, "late")
    assert not queue.release(first)
    assert not queue.bury(first, "late")
    assert not queue.done(first)
    assert queue.done(second)
    assert queue.renew([first, second], LEASE) == set()
    assert queue.depth() == {}


def test_a_renewed_lease_is_not_taken_over(transactions, queue, clock):
    add(transactions)
    [job] = queue.claim(LEASE, 1, {"k"})
    clock.pass_time(seconds=9)
    assert queue.renew([job], LEASE) == {job.id}
    clock.pass_time(seconds=9)
    assert queue.claim(LEASE, 1, {"k"}) == []


def test_what_was_not_begun_is_given_back_and_what_only_waited_was_no_try(transactions, queue, clock):
    add(transactions)
    [job] = queue.claim(LEASE, 1, {"k"})
    assert queue.release(job)
    [again] = queue.claim(LEASE, 1, {"k"})
    assert (again.attempts, again.fence) == (1, 2)
    assert queue.retry(again, timedelta(seconds=5), "platform.resting: later", counted=False)
    assert queue.claim(LEASE, 1, {"k"}) == []
    clock.pass_time(seconds=5)
    assert [job.attempts for job in queue.claim(LEASE, 1, {"k"})] == [1]


def test_waiting_work_is_not_doubled_and_running_work_is_done_again(transactions, queue):
    add(transactions, 3, dedupe_key="one")
    [job] = queue.claim(LEASE, 10, {"k"})
    add(transactions, 2, dedupe_key="one")
    [again] = queue.claim(LEASE, 10, {"k"})
    assert again.id != job.id


def test_the_earlier_of_two_due_times_counts(transactions, queue):
    add(transactions, dedupe_key="one", due_at=NOW + timedelta(hours=1))
    add(transactions, dedupe_key="one")
    assert len(queue.claim(LEASE, 10, {"k"})) == 1


def test_work_set_aside_waits_for_a_person(transactions, queue, clock):
    add(transactions)
    [job] = queue.claim(LEASE, 1, {"k"})
    assert queue.bury(job, "award.unknown: gone")
    clock.pass_time(minutes=9)
    assert queue.claim(LEASE, 1, {"k"}) == []
    [dead] = queue.dead()
    assert (dead.id, dead.last_error) == (job.id, "award.unknown: gone")
    assert queue.revive(dead.id)
    assert len(queue.claim(LEASE, 1, {"k"})) == 1


def test_no_wake_up_is_lost_between_waiting_work_and_a_claim(transactions, queue):
    """A transaction that finds its work waiting, and commits after a worker looked: somebody must still do it."""
    add(transactions, dedupe_key="one")
    claimed, seen = [], threading.Event()

    def worker():
        seen.wait(5)
        claimed.extend(queue.claim(LEASE, 10, {"k"}))

    thread = threading.Thread(target=worker)
    thread.start()
    with transactions() as unit:
        unit.outbox.add("k", {"number": 0}, dedupe_key="one")
        # What the commit does first.
        unit.outbox.write()
        seen.set()
        thread.join(0.5)
        # The worker waits (SQLite) or passes over (PostgreSQL) what this transaction holds.
        assert claimed == []
        unit.commit()
    thread.join(20)
    assert len(claimed) + len(queue.claim(LEASE, 10, {"k"})) == 1


def test_work_that_is_claimed_before_a_transaction_commits_is_due_again(transactions, queue):
    """Who claimed it cannot have seen what the transaction brings."""
    add(transactions, dedupe_key="one")
    with transactions() as unit:
        unit.outbox.add("k", {"number": 0}, dedupe_key="one")
        assert len(queue.claim(LEASE, 10, {"k"})) == 1
        unit.commit()
    assert len(queue.claim(LEASE, 10, {"k"})) == 1
