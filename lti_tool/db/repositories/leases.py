"""Who leads what, and when it is due next. Time is the database's."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, or_, update

from lti_tool.db.statements import insert_into
from lti_tool.db.tables.work import leases
from lti_tool.db.work_time import WorkTime


class SqlLeases:
    """Implements usecases.ports.Leases."""

    def __init__(self, connection: Connection, time: WorkTime) -> None:
        self._connection = connection
        self._time = time

    def lead(self, name: str, holder: str, lease: timedelta) -> bool:
        until = self._time.after(lease)
        values = {"name": name, "holder": holder, "until": until, "next_at": self._time.after()}
        statement = insert_into(self._connection, leases).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=or_(leases.c.holder == holder, leases.c.until <= self._time.after()),
        )
        return self._connection.execute(statement.returning(leases.c.name)).first() is not None

    def leave(self, name: str, holder: str) -> None:
        self._connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))

    def is_due(self, name: str, every: timedelta) -> bool:
        due = update(leases).where(leases.c.name == name, leases.c.next_at <= self._time.after())
        return self._connection.execute(due.values(next_at=self._time.after(every))).rowcount == 1
