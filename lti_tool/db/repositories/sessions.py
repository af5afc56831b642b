"""Single-use values and launch sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables import platform as t
from lti_tool.usecases.ports import LaunchSession


class SqlNonces:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, purpose: str, key: str, value: dict[str, Any], expires_at: datetime) -> None:
        row = {"purpose": purpose, "key": key, "value": value, "expires_at": expires_at}
        self._connection.execute(insert(t.nonces).values(row))

    def claim(self, purpose: str, key: str, expires_at: datetime) -> bool:
        row = {"purpose": purpose, "key": key, "value": {}, "expires_at": expires_at}
        return insert_new(self._connection, t.nonces, row)

    def take(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        table = t.nonces
        statement = delete(table).where(table.c.purpose == purpose, table.c.key == key)
        row = self._connection.execute(statement.returning(table.c.value, table.c.expires_at)).first()
        return row.value if row and row.expires_at > now else None

    def peek(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        table = t.nonces
        query = select(table.c.value).where(table.c.purpose == purpose, table.c.key == key, table.c.expires_at > now)
        return self._connection.execute(query).scalar()

    def sweep(self, now: datetime) -> int:
        return self._connection.execute(delete(t.nonces).where(t.nonces.c.expires_at <= now)).rowcount


class SqlLaunchSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: LaunchSession) -> None:
        self._connection.execute(insert(t.launch_sessions).values(values_of(session, t.launch_sessions)))

    def get(self, session_id: str, now: datetime) -> LaunchSession | None:
        table = t.launch_sessions
        row = self._connection.execute(select(table).where(table.c.id == session_id, table.c.expires_at > now)).first()
        if row is None:
            return None
        values = dict(row._mapping)
        return LaunchSession(**values | {"roles": tuple(values["roles"])})

    def end_of_others(self, session: LaunchSession) -> int:
        table = t.launch_sessions
        same_browser = delete(table).where(
            table.c.browser_hash == session.browser_hash,
            table.c.registration_id == session.registration_id,
            table.c.deployment_id == session.deployment_id,
            table.c.person_id != session.person_id,
        )
        return self._connection.execute(same_browser).rowcount if session.browser_hash else 0

    def sweep(self, now: datetime) -> int:
        table = t.launch_sessions
        return self._connection.execute(delete(table).where(table.c.expires_at <= now)).rowcount
