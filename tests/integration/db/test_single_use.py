"""Single-use values: of many takers one gets it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from lti_tool.db.engine import make_engine
from lti_tool.db.unit_of_work import SqlTransactions
from tests.factories.house import HandClock


def test_of_twenty_takers_one_gets_it(migrated_database_url):
    engine = make_engine(migrated_database_url)
    clock = HandClock()
    transactions = SqlTransactions(engine, clock)
    with transactions() as unit:
        unit.nonces.put("launch", "n1", {"state": "s"}, clock.now() + timedelta(minutes=5))
        unit.commit()

    def take(_):
        with transactions() as unit:
            value = unit.nonces.take("launch", "n1", clock.now())
            unit.commit()
        return value

    with ThreadPoolExecutor(10) as pool:
        taken = [value for value in pool.map(take, range(20)) if value is not None]
    assert taken == [{"state": "s"}]
    engine.dispose()


def test_what_has_expired_is_gone_for_taking_and_is_swept(migrated_database_url):
    engine = make_engine(migrated_database_url)
    clock = HandClock()
    with SqlTransactions(engine, clock)() as unit:
        for key in ("a", "b"):
            unit.nonces.put("launch", key, {}, clock.now() + timedelta(minutes=5))
        clock.pass_time(minutes=5)
        assert unit.nonces.peek("launch", "a", clock.now()) is None
        assert unit.nonces.take("launch", "a", clock.now()) is None
        assert unit.nonces.sweep(clock.now()) == 1
    engine.dispose()


def test_of_those_who_name_a_key_one_is_the_first(migrated_database_url):
    engine = make_engine(migrated_database_url)
    clock = HandClock()
    with SqlTransactions(engine, clock)() as unit:
        until = clock.now() + timedelta(minutes=5)
        assert [unit.nonces.claim(purpose, "a", until) for purpose in ("login", "login", "reply")] == [
            True,
            False,
            True,
        ]
        assert unit.nonces.peek("login", "a", clock.now()) == {}
        clock.pass_time(minutes=5)
        assert unit.nonces.peek("login", "a", clock.now()) is None
    engine.dispose()
