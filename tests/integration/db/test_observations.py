"""What was last seen of a platform: one row a key, in its own registration, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from lti_tool.bootstrap.watching import KeyFetches
from lti_tool.db.tables import platform as t
from lti_tool.domain.observation import Observation, Seen
from tests.factories.house import REGISTRATION, make_house


def test_the_newest_stands_for_its_key_and_registration(database_url: str, tmp_path: Path) -> None:
    made = make_house(database_url, tmp_path)
    now = made.clock.now()
    first = Observation(Seen.TOKEN, False, now, "token.refused", "It said no.")
    second = Observation(Seen.TOKEN, True, now + timedelta(hours=1))
    keys = Observation(Seen.KEYS, True, now, detail="k" * 5000)
    with made.house.transactions() as unit:
        for one in (first, keys, second):
            unit.observations.note(REGISTRATION, one)
        # As a later version of the tool may write it.
        later = {"key": "of-tomorrow", "outcome": "ok", "code": "", "detail": "", "at": now}
        unit._connection.execute(insert(t.platform_observations).values(registration_id=REGISTRATION, **later))
        unit.commit()
    with made.house.transactions(write=False) as unit:
        seen = unit.observations.of_registration(REGISTRATION)
        assert unit.observations.of_registration("another") == {}
    assert set(seen) == {Seen.TOKEN, Seen.KEYS}
    assert seen[Seen.TOKEN] == second
    assert seen[Seen.KEYS].detail == "k" * 1000


def test_many_processes_that_serve_our_keys_at_once_all_serve_them(database_url: str, tmp_path: Path) -> None:
    made = make_house(database_url, tmp_path)
    asked = made.clock.now()
    serves = [KeyFetches(made.house.transactions, made.clock).noting(lambda: {"keys": []}) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(lambda serve: serve(), serves)) == [{"keys": []}] * 12
    assert KeyFetches(made.house.transactions, made.clock).since(asked)
