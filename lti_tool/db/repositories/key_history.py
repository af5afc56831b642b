"""Every key that ever signed a badge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables.platform import key_history
from lti_tool.usecases.ports import PublishedKey

_ALL = select(key_history).order_by(key_history.c.published_at.desc(), key_history.c.kid)


class SqlKeyHistory(Remembering):
    """Implements usecases.ports.KeyHistory. Nothing is ever deleted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # A class of badges that is signed by one key asks for it once for each.
        self._added: set[str] = set()

    def add(self, keys: Iterable[PublishedKey]) -> None:
        for key in keys:
            if key.kid not in self._added:
                insert_new(self._connection, key_history, values_of(key, key_history))
                self._added.add(key.kid)

    @once
    def all(self) -> list[PublishedKey]:
        return [PublishedKey(**row._mapping) for row in self._connection.execute(_ALL)]

    def withdraw(self, kid: str, at: datetime, reason: str) -> None:
        table = key_history
        statement = update(table).where(table.c.kid == kid, table.c.withdrawn_at.is_(None))
        self._connection.execute(statement.values(withdrawn_at=at, reason=reason))
