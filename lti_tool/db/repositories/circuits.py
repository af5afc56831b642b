"""How the services of each platform fare."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables.work import circuits
from lti_tool.domain.circuit import Circuit


class SqlCircuits:
    """Implements usecases.ports.Circuits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, registration_id: str, *, lock: bool = False) -> Circuit | None:
        query = select(circuits).where(circuits.c.registration_id == registration_id)
        row = self._connection.execute(query.with_for_update() if lock else query).first()
        return Circuit(**row._mapping) if row else None

    def resting(self) -> set[str]:
        query = select(circuits.c.registration_id).where(circuits.c.retry_at.is_not(None))
        return set(self._connection.execute(query).scalars())

    def save(self, circuit: Circuit) -> None:
        upsert(self._connection, circuits, values_of(circuit, circuits))

    def close(self, registration_id: str) -> None:
        self._connection.execute(delete(circuits).where(circuits.c.registration_id == registration_id))
