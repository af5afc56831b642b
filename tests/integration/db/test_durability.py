"""What waits for the disk, and what need not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from lti_tool.db.engine import make_engine
from tests.services.databases import SqliteDatabases

# SQLite's PRAGMA synchronous; PostgreSQL's setting is off in the tests' own cluster, so it is switched on first.
_NORMAL, _FULL = 1, 2


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    url = sqlite_databases.empty()
    yield url
    sqlite_databases.drop(url)


def test_sqlite_flushes_its_journal_only_for_what_must_survive_a_power_cut(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    for durable in (True, False, True, False):  # one pooled connection serves both kinds in turn
        with engine.connect().execution_options(write=True, durable=durable) as connection:
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        assert level == (_FULL if durable else _NORMAL)
    engine.dispose()


@pytest.mark.peer("postgresql")
@pytest.mark.parametrize(("durable", "setting"), [(True, "on"), (False, "off")])
def test_postgresql_waits_only_for_what_must_survive_a_power_cut(
    postgres_url: str, durable: bool, setting: str
) -> None:
    engine = make_engine(postgres_url)
    with engine.connect() as connection:
        database = connection.execute(text("SELECT current_database()")).scalar()
        connection.exec_driver_sql(f'ALTER DATABASE "{database}" SET synchronous_commit TO on')
        connection.commit()
    engine.dispose()
    with engine.connect().execution_options(durable=durable) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == setting
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    engine.dispose()
