"""Single-use values and launch sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from lti_tool.db.prepared import Prepared
from lti_tool.db.statements import insert_of, values_of
from lti_tool.db.tables import platform as t
from lti_tool.usecases.ports import LaunchSession

# Statements of a launch are built once: SQLAlchemy takes longer to put one together than SQLite to run it.
_NAMED = (t.nonces.c.purpose == bindparam("of_purpose"), t.nonces.c.key == bindparam("of_key"))
_PUT = insert(t.nonces)
_CLAIM = Prepared(lambda dialect: insert_of(dialect, t.nonces).on_conflict_do_nothing())
_TAKE = delete(t.nonces).where(*_NAMED).returning(t.nonces.c.value, t.nonces.c.expires_at)
_PEEK = select(t.nonces.c.value).where(*_NAMED, t.nonces.c.expires_at > bindparam("now"))
_ADD = Prepared(lambda _: insert(t.launch_sessions))
_GET = select(t.launch_sessions).where(
    t.launch_sessions.c.id == bindparam("session_id"), t.launch_sessions.c.expires_at > bindparam("now")
)
_END_OF_OTHERS = Prepared(
    lambda _: delete(t.launch_sessions).where(
        t.launch_sessions.c.browser_hash == bindparam("of_browser"),
        t.launch_sessions.c.registration_id == bindparam("of_registration"),
        t.launch_sessions.c.deployment_id == bindparam("of_deployment"),
        t.launch_sessions.c.person_id != bindparam("not_of_person"),
    )
)


class SqlNonces:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, purpose: str, key: str, value: dict[str, Any], expires_at: datetime) -> None:
        row = {"purpose": purpose, "key": key, "value": value, "expires_at": expires_at}
        self._connection.execute(_PUT, row)

    def claim(self, purpose: str, key: str, expires_at: datetime) -> bool:
        row = {"purpose": purpose, "key": key, "value": {}, "expires_at": expires_at}
        return _CLAIM.run(self._connection, row) == 1

    def take(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        row = self._connection.execute(_TAKE, {"of_purpose": purpose, "of_key": key}).first()
        return row.value if row and row.expires_at > now else None

    def peek(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        found: dict[str, Any] | None
        found = self._connection.execute(_PEEK, {"of_purpose": purpose, "of_key": key, "now": now}).scalar()
        return found

    def sweep(self, now: datetime) -> int:
        return self._connection.execute(delete(t.nonces).where(t.nonces.c.expires_at <= now)).rowcount


class SqlLaunchSessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: LaunchSession) -> None:
        _ADD.run(self._connection, values_of(session, t.launch_sessions))

    def get(self, session_id: str, now: datetime) -> LaunchSession | None:
        row = self._connection.execute(_GET, {"session_id": session_id, "now": now}).first()
        if row is None:
            return None
        values = dict(row._mapping)
        return LaunchSession(**values | {"roles": tuple(values["roles"])})

    def end_of_others(self, session: LaunchSession) -> int:
        if not session.browser_hash:
            return 0
        whose = {
            "of_browser": session.browser_hash,
            "of_registration": session.registration_id,
            "of_deployment": session.deployment_id,
            "not_of_person": session.person_id,
        }
        return _END_OF_OTHERS.run(self._connection, whose)

    def sweep(self, now: datetime) -> int:
        table = t.launch_sessions
        return self._connection.execute(delete(table).where(table.c.expires_at <= now)).rowcount
