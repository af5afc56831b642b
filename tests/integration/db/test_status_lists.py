"""Places on status lists: random, never twice, the same for the same award."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from lti_tool.db.engine import make_engine
from lti_tool.db.unit_of_work import SqlTransactions
from tests.factories.house import HandClock


def test_many_threads_allocate_without_a_collision(migrated_database_url):
    engine = make_engine(migrated_database_url)
    transactions = SqlTransactions(engine, HandClock())
    with transactions() as unit:
        unit.status_lists.allocate("default", "first")
        unit.commit()

    def allocate(thread: int):
        places = []
        for number in range(50):
            with transactions() as unit:
                places.append(unit.status_lists.allocate("default", f"{thread}-{number}"))
                unit.commit()
        return places

    with ThreadPoolExecutor(4) as pool:
        places = [place for part in pool.map(allocate, range(4)) for place in part]
    assert len(set(places)) == 200
    indexes = sorted(index for _, index in places)
    assert indexes != list(range(indexes[0], indexes[0] + 200)), "indexes in a row tell who was awarded when"
    with transactions() as unit:
        assert unit.status_lists.allocate("default", "2-7") == unit.status_lists.allocate("default", "2-7")
        assert unit.status_lists.revoke("2-7") == places[0][0]
        list_id, index = unit.status_lists.allocate("default", "2-7")
        assert unit.status_lists.revoked_indexes(list_id) == {index}
        assert unit.status_lists.get(list_id).revision == 2
    engine.dispose()


def test_an_older_signature_never_covers_a_newer_one(migrated_database_url):
    engine = make_engine(migrated_database_url)
    clock = HandClock()
    transactions = SqlTransactions(engine, clock)
    with transactions() as unit:
        list_id, _ = unit.status_lists.allocate("default", "a")
        unit.status_lists.save_signed(list_id, 5, "newer", clock.now())
        unit.status_lists.save_signed(list_id, 4, "older", clock.now())
        assert unit.status_lists.get(list_id).document == "newer"
    engine.dispose()
