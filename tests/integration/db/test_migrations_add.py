"""F37: what a version wrote and read before a migration, it can write and read after it, so that an update needs no
pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect

from lti_tool.db import migrate
from lti_tool.db.engine import make_engine
from tests.factories.beginnings import migrated
from tests.services.databases import PostgresDatabases, SqliteDatabases

# Before that one the schema was made over now and then, and nobody ran an older version.
FIRST = "0021"


class Column(NamedTuple):
    type: str
    nullable: bool
    filled: bool  # where a writer does not name it


class Schema(NamedTuple):
    """`rules` are what a row has to fulfil, of each table: its key, what is unique in it, what it refers to."""

    columns: dict[tuple[str, str], Column]
    rules: dict[str, set[Any]]


def schema_of(connection: Connection) -> Schema:
    seen = inspect(connection)
    columns, rules = {}, {}
    for table in seen.get_table_names():
        for one in seen.get_columns(table):
            filled = one["default"] is not None or bool(one.get("autoincrement") is True)
            columns[table, one["name"]] = Column(repr(one["type"]), one["nullable"], one["nullable"] or filled)
        unique = {tuple(one["column_names"]) for one in seen.get_unique_constraints(table)}
        unique |= {tuple(one["column_names"]) for one in seen.get_indexes(table) if one["unique"]}
        refers = {tuple(one["constrained_columns"]) for one in seen.get_foreign_keys(table)}
        key = tuple(seen.get_pk_constraint(table)["constrained_columns"])
        checks = {one["sqltext"] for one in seen.get_check_constraints(table)}
        rules[table] = {("key", key), *(("unique", u) for u in unique), *(("refers", r) for r in refers), *checks}
    return Schema(columns, rules)


def not_tolerated(before: Schema, after: Schema) -> list[str]:
    """What a version that knows only the schema before would stumble over."""
    found = []
    for (table, name), column in before.columns.items():
        now = after.columns.get((table, name))
        if now is None:
            found.append(f"{table}.{name} is gone")
        elif now.type != column.type or (column.nullable and not now.nullable) or (column.filled and not now.filled):
            found.append(f"{table}.{name} is stricter, or of another type")
    for (table, name), column in after.columns.items():
        if table in before.rules and (table, name) not in before.columns and not column.filled:
            found.append(f"{table}.{name} must be filled by a version that does not know it")
    for table, rules in before.rules.items():
        # A rule that is taken away hinders no writer; one that finds rows by its key needs the key.
        found += [f"{table} has a new rule: {rule}" for rule in after.rules.get(table, set()) - rules]
    return found


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def revisions() -> list[str]:
    return sorted(path.name[:4] for path in (migrate.MIGRATIONS / "versions").glob("[0-9]*.py"))


def test_no_migration_takes_anything_from_the_version_before(engine: Engine) -> None:
    found = {}
    steps = revisions()[revisions().index(FIRST) + 1 :]
    with engine.begin() as connection:
        config = migrate.alembic_config(connection)
        command.upgrade(config, FIRST)
        before = schema_of(connection)
        # Step by step on one kind of database; looking at all tables of the other takes long.
        for revision in steps if connection.dialect.name == "sqlite" else steps[-1:]:
            command.upgrade(config, revision)
            after = schema_of(connection)
            found[revision] = not_tolerated(before, after)
            before = after
    assert {revision: what for revision, what in found.items() if what} == {}


def test_what_would_be_taken_is_noticed(sqlite_databases: SqliteDatabases) -> None:
    """The 20th gave two columns other names, the 4th another key to a table."""
    engine = make_engine(sqlite_databases.empty())
    seen = {}
    with engine.begin() as connection:
        config = migrate.alembic_config(connection)
        for revision in ("0003", "0004", "0019", "0020"):
            command.upgrade(config, revision)
            seen[revision] = schema_of(connection)
    engine.dispose()
    taken = not_tolerated(seen["0019"], seen["0020"])
    assert "credentials.ed25519_kid is gone" in taken
    assert "credentials.proof_kid must be filled by a version that does not know it" in taken
    assert [what for what in not_tolerated(seen["0003"], seen["0004"]) if what.startswith("facts has a new rule")]


def test_a_migration_lets_others_through_and_begins_anew(
    postgres_databases: PostgresDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds a table that it needs for longer than it waits: who comes meanwhile is not held up with it."""
    monkeypatch.setattr(migrate, "LONGEST_WAIT_MS", 100)
    url = postgres_databases.copy_of(migrated)
    engine = make_engine(url)
    with engine.begin() as connection:
        command.downgrade(migrate.alembic_config(connection), "0028")
    other = psycopg.connect(url)
    other.execute("SELECT count(*) FROM courses")
    upgrading = threading.Thread(target=migrate.upgrade, args=(engine,))
    upgrading.start()
    with psycopg.connect(url) as third:
        third.execute("SET lock_timeout TO 3000")
        for _ in range(3):
            third.execute("SELECT count(*) FROM courses")
            third.commit()
    upgrading.join(0.5)
    assert upgrading.is_alive()
    other.close()
    upgrading.join(10)
    assert not upgrading.is_alive()
    with engine.connect() as connection:
        assert "groups_url" in {one["name"] for one in inspect(connection).get_columns("courses")}
    engine.dispose()
    postgres_databases.drop(url)


def test_a_version_works_with_a_schema_that_it_does_not_know_yet(migrated_database_url: str) -> None:
    engine = make_engine(migrated_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    migrate.upgrade(engine)
    engine.dispose()
