"""Statements that SQLAlchemy spells differently for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> Any:
    """The dialect's INSERT, which has ON CONFLICT and RETURNING on both."""
    return insert_of(connection.dialect.name, table)


def insert_of(name: str, table: Table) -> Any:
    """The same for a dialect's name, for statements that are built once."""
    dialect: Any = sqlite if name == "sqlite" else postgresql
    return dialect.insert(table)


def execute_all(connection: Connection, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Once for each row. Of one row it costs less than a list of one."""
    connection.execute(statement, rows if len(rows) > 1 else rows[0])


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Inserts a row or replaces the one with the same primary key."""
    connection.execute(_upsert_of(connection.dialect.name, table, tuple(values)), values)


@cache
def _upsert_of(name: str, table: Table, columns: tuple[str, ...]) -> Any:
    """Built once for each set of columns: naming what is `excluded` copies the whole table each time."""
    keys = [column.name for column in table.primary_key]
    statement = insert_of(name, table)
    changes = {column: statement.excluded[column] for column in columns if column not in keys}
    if not changes:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Inserts a row unless any unique key of it is taken; True when it was inserted."""
    statement = insert_into(connection, table).values(values).on_conflict_do_nothing()
    return bool(connection.execute(statement.returning(*table.primary_key)).first())


def values_of(instance: Any, table: Table, *, without: Sequence[str] = ()) -> dict[str, Any]:
    """Those fields of a dataclass that are columns of the table; tuples become JSON lists."""
    assert is_dataclass(instance)
    kind: Any = type(instance)
    found = ((name, getattr(instance, name)) for name in _shared(kind, table) if name not in without)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found}


@cache
def _shared(kind: Any, table: Table) -> tuple[str, ...]:
    """The fields of a dataclass that are columns of the table."""
    return tuple(field.name for field in fields(kind) if field.name in table.columns)
