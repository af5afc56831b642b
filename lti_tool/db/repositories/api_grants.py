"""What LMSs let the tool read through their own API, its secrets sealed, and whose turn it is to use it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from lti_tool.db.sealing import Sealer
from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables.sources import api_grants as table
from lti_tool.usecases.ports import ApiGrant

SECRETS = ("client_secret", "access_token", "refresh_token")
_GRANT = [column for column in table.columns if column.name not in ("turn_holder", "turn_until", "rest_until")]


class SqlApiGrants:
    """Implements usecases.ports.ApiGrants."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def get(self, registration_id: str) -> ApiGrant | None:
        row = self._connection.execute(select(*_GRANT).where(table.c.registration_id == registration_id)).first()
        if row is None:
            return None
        values = dict(row._mapping)
        opened = {name: self._sealer.open(values[name], _place(registration_id, name)) for name in SECRETS}
        return ApiGrant(**values | opened)

    def save(self, grant: ApiGrant) -> None:
        values = values_of(grant, table)
        sealed = {name: self._sealer.seal(values[name], _place(grant.registration_id, name)) for name in SECRETS}
        upsert(self._connection, table, values | sealed)

    def forget(self, registration_id: str) -> None:
        self._connection.execute(delete(table).where(table.c.registration_id == registration_id))

    def take_turn(self, registration_id: str, holder: str, now: datetime, until: datetime) -> bool:
        taken = self._connection.execute(
            update(table)
            .where(
                table.c.registration_id == registration_id,
                or_(table.c.turn_until.is_(None), table.c.turn_until <= now, table.c.turn_holder == holder),
                or_(table.c.rest_until.is_(None), table.c.rest_until <= now),
            )
            .values(turn_holder=holder, turn_until=until)
        )
        return taken.rowcount == 1

    def end_turn(self, registration_id: str, holder: str, rest_until: datetime | None) -> None:
        own = (table.c.registration_id == registration_id, table.c.turn_holder == holder)
        ended = {"turn_holder": None, "turn_until": None, "rest_until": rest_until}
        self._connection.execute(update(table).where(*own).values(ended))

    def rests_until(self, registration_id: str) -> datetime | None:
        query = select(table.c.rest_until).where(table.c.registration_id == registration_id)
        return self._connection.execute(query).scalar()


def _place(registration_id: str, column: str) -> str:
    return f"api_grants/{registration_id}/{column}"
