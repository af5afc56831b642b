"""Rows that a transaction writes together, each statement once for all of them, at the latest when it commits."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, Update

from lti_tool.db.statements import execute_all
from lti_tool.db.tables import metadata

Statement = Insert | Update


class Pending:
    """Only for what nobody needs an answer of. Whoever reads one of these tables in the same transaction calls `write`
    before."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[Statement, list[dict[str, Any]]] = {}

    def add(self, statement: Statement, row: dict[str, Any]) -> None:
        self._rows.setdefault(statement, []).append(row)

    def write(self) -> None:
        """What is referred to comes before what refers to it, and what is new before what changes."""
        rows, self._rows = self._rows, {}
        for statement in sorted(rows, key=_place):
            execute_all(self._connection, statement, rows[statement])


_ORDER = {table.name: place for place, table in enumerate(metadata.sorted_tables)}


def _place(statement: Statement) -> tuple[int, bool]:
    return _ORDER[cast(Table, statement.table).name], isinstance(statement, Update)
