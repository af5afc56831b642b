"""What was last seen of each platform."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from lti_tool.db.statements import upsert
from lti_tool.db.tables import platform as t
from lti_tool.domain.observation import Observation, Seen

_OUTCOMES = {True: "ok", False: "failed"}
_LONGEST_DETAIL = 1000


class SqlObservations:
    """Implements usecases.ports.Observations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, registration_id: str, observation: Observation) -> None:
        row = {
            "registration_id": registration_id,
            "key": observation.key.value,
            "outcome": _OUTCOMES[observation.ok],
            "code": observation.code,
            "detail": observation.detail[:_LONGEST_DETAIL],
            "at": observation.at,
        }
        upsert(self._connection, t.platform_observations, row)

    def forget(self, registration_id: str, key: Seen) -> None:
        table = t.platform_observations
        named = (table.c.registration_id == registration_id, table.c.key == key.value)
        self._connection.execute(delete(table).where(*named))

    def of_registration(self, registration_id: str) -> dict[Seen, Observation]:
        """Keys of a later version of the tool, which this one does not know, are left out."""
        table = t.platform_observations
        known = set(Seen)
        rows = self._connection.execute(select(table).where(table.c.registration_id == registration_id))
        return {
            Seen(row.key): Observation(Seen(row.key), row.outcome == _OUTCOMES[True], row.at, row.code, row.detail)
            for row in rows
            if row.key in known
        }
