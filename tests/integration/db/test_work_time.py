"""Work goes by the database's clock: workers whose own clocks disagree do no harm (F31), nor one that jumps (F30)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.db.engine import make_engine
from lti_tool.db.fence import TakenOver
from lti_tool.db.job_queue import SqlJobQueue
from lti_tool.db.tables.work import outbox
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.usecases.lead_sweeps import LeadSweeps
from tests.factories.house import HandClock

LEASE = timedelta(seconds=10)


@pytest.fixture
def engine(migrated_database_url):
    made = make_engine(migrated_database_url)
    yield made
    made.dispose()


def wrong_by(minutes):
    return HandClock(datetime.now(UTC) + timedelta(minutes=minutes))


def add(transactions, kind):
    with transactions() as unit:
        unit.outbox.add(kind, {})
        unit.commit()


@pytest.mark.parametrize("minutes", [-65, -5, 0, 5, 65])
def test_work_is_due_and_stays_leased_whatever_the_worker_thinks_the_time_is(engine, minutes):
    clock = wrong_by(minutes)
    queue, transactions = SqlJobQueue(engine), SqlTransactions(engine, clock)
    with transactions() as unit:
        unit.outbox.add("k", {"n": 1})
        unit.outbox.add("k", {"n": 2}, due_at=clock.now() + timedelta(seconds=60))
        unit.outbox.add("k", {"n": 3}, due_at=clock.now() - timedelta(seconds=60))
        unit.commit()
    claimed = queue.claim(LEASE, 10, {"k"})
    assert {job.payload["n"] for job in claimed} == {1, 3}
    # Another worker, whose clock is an hour off in the other direction, takes nothing away.
    assert SqlJobQueue(engine).claim(LEASE, 10, {"k"}) == []
    assert queue.renew(claimed, LEASE) == {job.id for job in claimed}
    assert queue.retry(claimed[0], timedelta(seconds=30), "later")
    with engine.connect().execution_options(write=False) as connection:
        due = dict(connection.execute(select(outbox.c.payload["n"].as_integer(), outbox.c.due_at)).all())
    now = datetime.now(UTC)
    assert timedelta(seconds=50) < due[2] - now < timedelta(seconds=70)


def test_a_lease_of_the_database_runs_out(engine):
    queue, transactions = SqlJobQueue(engine), SqlTransactions(engine, wrong_by(0))
    add(transactions, "k")
    [first] = queue.claim(timedelta(milliseconds=-1), 1, {"k"})
    [second] = queue.claim(LEASE, 1, {"k"})
    assert (second.id, second.fence) == (first.id, first.fence + 1)
    assert queue.oldest_waiting() is not None


def test_who_was_overtaken_stores_nothing_more(engine):
    """The result and the fence are one transaction, so that no time is left between looking and storing."""
    clock = wrong_by(0)
    queue, transactions = SqlJobQueue(engine), SqlTransactions(engine, clock)
    add(transactions, "k")
    [stale] = queue.claim(timedelta(milliseconds=-1), 1, {"k"})
    with queue.holding(stale):
        add(transactions, "before")
        [fresh] = queue.claim(LEASE, 1, {"k"})
        with pytest.raises(TakenOver):
            add(transactions, "after")
    with queue.holding(fresh):
        add(transactions, "by the new one")
    add(transactions, "by nobody's work")  # who does no claimed work is not asked
    assert set(queue.waiting()) == {"k", "before", "by the new one", "by nobody's work"}
    assert queue.done(fresh)
    with queue.holding(stale), pytest.raises(TakenOver):
        add(transactions, "after the end")


def test_two_schedulers_have_the_effect_of_one(engine):
    """F40: they lead in turn, and each sweep is added once."""
    clocks = [wrong_by(-5), wrong_by(5)]
    leaders = [LeadSweeps(SqlTransactions(engine, clock), f"host:{n}") for n, clock in enumerate(clocks)]
    assert [leader() for leader in leaders * 3] == [True, False] * 3
    with engine.connect().execution_options(write=False) as connection:
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 1
