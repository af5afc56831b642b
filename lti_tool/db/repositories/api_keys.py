"""Keys of other systems, by the hash of their secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables.sources import api_keys as table
from lti_tool.usecases.ports import ApiKey


class SqlApiKeys:
    """Implements usecases.ports.ApiKeys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: ApiKey) -> None:
        insert_new(self._connection, table, values_of(key, table))

    def of_tenant(self, tenant_id: str) -> list[ApiKey]:
        query = select(table).where(table.c.tenant_id == tenant_id).order_by(table.c.created_at, table.c.id)
        return [ApiKey(**row._mapping) for row in self._connection.execute(query)]

    def by_hash(self, secret_hash: str) -> ApiKey | None:
        row = self._connection.execute(select(table).where(table.c.secret_hash == secret_hash)).first()
        return ApiKey(**row._mapping) if row else None

    def retire(self, tenant_id: str, key_id: str, at: datetime) -> bool:
        mine = (table.c.tenant_id == tenant_id) & (table.c.id == key_id) & table.c.retired_at.is_(None)
        return self._connection.execute(update(table).where(mine).values(retired_at=at)).rowcount == 1
