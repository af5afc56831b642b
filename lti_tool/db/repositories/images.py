"""Pictures of badges and issuers, each once, by the hash of its content."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from lti_tool.db.statements import insert_into
from lti_tool.db.tables import badges as t
from lti_tool.db.tables.platform import issuers

_NAMED = select(t.achievement_versions.c.image_id).union(select(issuers.c.image_id))


class SqlImages:
    """Implements usecases.ports.Images."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, png: bytes, *, lasting: bool = False) -> str:
        table = t.images
        image_id = hashlib.sha256(png).hexdigest()
        statement = insert_into(self._connection, table).values(id=image_id, png=png, lasting=lasting)
        # The update takes hold of a picture that was idle: a sweep at the same time finds it in use.
        kept = {"idle_since": None, "lasting": or_(table.c.lasting, statement.excluded.lasting)}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=kept))
        return image_id

    def get(self, image_id: str) -> bytes | None:
        return self._connection.execute(select(t.images.c.png).where(t.images.c.id == image_id)).scalar()

    def sweep(self, now: datetime, idle_before: datetime) -> int:
        table = t.images
        unnamed = (~table.c.lasting, table.c.id.not_in(_NAMED))
        again = update(table).where(table.c.idle_since.is_not(None), table.c.id.in_(_NAMED))
        self._connection.execute(again.values(idle_since=None))
        gone = self._connection.execute(delete(table).where(table.c.idle_since <= idle_before, *unnamed))
        newly = update(table).where(table.c.idle_since.is_(None), *unnamed)
        self._connection.execute(newly.values(idle_since=now))
        return gone.rowcount
