"""The switch that halts issuing."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables.work import halts
from lti_tool.usecases.ports import Halt

# Built once, as every award asks for it.
_GET = select(halts).where(halts.c.tenant_id == bindparam("tenant_id"))


class SqlHalts(Remembering):
    """Implements usecases.ports.Halts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @once
    def get(self, tenant_id: str) -> Halt | None:
        row = self._connection.execute(_GET, {"tenant_id": tenant_id}).first()
        return Halt(**row._mapping) if row else None

    def begin(self, halt: Halt) -> None:
        insert_new(self._connection, halts, values_of(halt, halts))

    def end(self, tenant_id: str) -> bool:
        return self._connection.execute(delete(halts).where(halts.c.tenant_id == tenant_id)).rowcount == 1
