"""Statements of a launch, run without what SQLAlchemy otherwise works out again each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.engine import Dialect

Processor = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`text` for the driver, and what its types make of each value, by name and in the order of the statement."""

    text: str
    processors: tuple[tuple[str, Processor], ...]
    by_place: bool


class Prepared:
    """A statement that changes rows and gives none back, compiled once for each dialect.

    `build` makes it for a dialect's name. Values are turned into the driver's by the types of their columns, and errors
    and events are those of `Connection.exec_driver_sql`.
    """

    def __init__(self, build: Callable[[str], Insert | Update | Delete]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: dict[str, Any]) -> int:
        """How many rows were changed. `values` has one for each parameter."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._build(dialect.name), dialect)
        given = {name: process(values[name]) if process else values[name] for name, process in compiled.processors}
        return connection.exec_driver_sql(compiled.text, tuple(given.values()) if compiled.by_place else given).rowcount


def _compile(statement: Insert | Update | Delete, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    names = compiled.positiontup if compiled.positional else list(compiled.binds)
    processors = ((name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    return _Compiled(compiled.string, tuple(processors), compiled.positional)
