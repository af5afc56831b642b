"""Registrations and their deployments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.sealing import Sealer
from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables import platform as t
from lti_tool.domain.platform import Registration, RegistrationState

# Columns that are encrypted at rest where a key-encryption secret is set.
SECRETS = ("webhook_secret", "moodle_token")

# Built once, as every launch runs them.
_GET = select(t.registrations).where(t.registrations.c.id == bindparam("registration_id"))
_DEPLOYMENTS = select(t.deployments.c.deployment_id, t.deployments.c.state).where(
    t.deployments.c.registration_id == bindparam("registration_id")
)


class SqlRegistrations(Remembering):
    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self.changed = False

    def _registration(self, row: Row[Any]) -> Registration:
        values = dict(row._mapping)
        lists = {name: tuple(values[name]) for name in ("service_scopes", "differences")}
        opened = {name: self._sealer.open(values[name], _place(values["id"], name)) for name in SECRETS}
        return Registration(**values | lists | opened | {"state": RegistrationState(values["state"])})

    @once
    def get(self, registration_id: str) -> Registration | None:
        row = self._connection.execute(_GET, {"registration_id": registration_id}).first()
        return self._registration(row) if row else None

    def find(self, issuer: str, client_id: str | None) -> list[Registration]:
        query = select(t.registrations).where(t.registrations.c.issuer == issuer)
        if client_id is not None:
            query = query.where(t.registrations.c.client_id == client_id)
        return [self._registration(row) for row in self._connection.execute(query)]

    def all(self) -> list[Registration]:
        rows = self._connection.execute(select(t.registrations).order_by(t.registrations.c.created_at))
        return [self._registration(row) for row in rows]

    def save(self, registration: Registration) -> None:
        self.changed = True
        values = values_of(registration, t.registrations)
        sealed = {name: self._sealer.seal(values[name], _place(registration.id, name)) for name in SECRETS}
        upsert(self._connection, t.registrations, values | sealed)

    def deployments(self, registration_id: str) -> dict[str, str]:
        rows = self._connection.execute(_DEPLOYMENTS, {"registration_id": registration_id})
        return {row.deployment_id: row.state for row in rows}

    def deployment_state(self, registration_id: str, deployment_id: str) -> str | None:
        return self.deployments(registration_id).get(deployment_id)

    def save_deployment(self, registration_id: str, deployment_id: str, state: str) -> None:
        self.changed = True
        row = {"registration_id": registration_id, "deployment_id": deployment_id, "state": state}
        upsert(self._connection, t.deployments, row)

    def touch(
        self, registration_id: str, *, launch_at: datetime | None = None, event_at: datetime | None = None
    ) -> None:
        times = {"last_launch_at": launch_at, "last_event_at": event_at}
        changes = {name: at for name, at in times.items() if at is not None}
        if changes:
            table = t.registrations
            self._connection.execute(update(table).where(table.c.id == registration_id).values(changes))


def _place(registration_id: str, column: str) -> str:
    return f"registrations/{registration_id}/{column}"
