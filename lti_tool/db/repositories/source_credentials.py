"""Credentials of senders, their secrets sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from lti_tool.db.sealing import Sealer
from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables.sources import source_credentials as table
from lti_tool.usecases.ports import SourceCredential


class SqlSourceCredentials:
    """Implements usecases.ports.SourceCredentials."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def add(self, credential: SourceCredential) -> None:
        sealed = self._sealer.seal(credential.secret, _place(credential.id))
        upsert(self._connection, table, values_of(credential, table) | {"secret": sealed})

    def of_registration(self, registration_id: str) -> list[SourceCredential]:
        query = select(table).where(table.c.registration_id == registration_id)
        return [self._opened(row) for row in self._connection.execute(query.order_by(table.c.created_at))]

    def find(self, source: str, key_id: str) -> SourceCredential | None:
        query = select(table).where(table.c.source == source, table.c.key_id == key_id)
        row = self._connection.execute(query).first()
        return self._opened(row) if row else None

    def touch(self, credential_id: str, heard_at: datetime) -> None:
        self._change(credential_id, last_heard_at=heard_at)

    def retire(self, credential_id: str, at: datetime) -> None:
        self._change(credential_id, retired_at=at)

    def _change(self, credential_id: str, **values: datetime) -> None:
        self._connection.execute(update(table).where(table.c.id == credential_id).values(values))

    def _opened(self, row: Row[Any]) -> SourceCredential:
        values = dict(row._mapping)
        return SourceCredential(**values | {"secret": self._sealer.open(values["secret"], _place(row.id))})


def _place(credential_id: str) -> str:
    return f"source_credentials/{credential_id}/secret"
