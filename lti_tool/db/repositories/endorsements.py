"""Endorsements."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.tables.endorsements import endorsements as table
from lti_tool.domain.identity import Actor
from lti_tool.usecases.ports import StoredEndorsement

_PLAIN = ("id", "tenant_id", "endorser_slug", "about", "comment", "document", "made_at", "withdrawn_at")


class SqlEndorsements(Remembering):
    """Implements usecases.ports.Endorsements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, endorsement: StoredEndorsement) -> None:
        actor = endorsement.actor
        values = {name: getattr(endorsement, name) for name in _PLAIN}
        values |= {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name}
        self._connection.execute(insert(table).values(values))

    def all(self, tenant_id: str) -> list[StoredEndorsement]:
        query = select(table).where(table.c.tenant_id == tenant_id).order_by(table.c.made_at.desc(), table.c.id)
        return [_endorsement(row) for row in self._connection.execute(query)]

    @once
    def standing(self, about: Collection[str]) -> dict[str, list[str]]:
        query = select(table.c.about, table.c.document).where(table.c.about.in_(about), table.c.withdrawn_at.is_(None))
        found: dict[str, list[str]] = {}
        for row in self._connection.execute(query.order_by(table.c.made_at, table.c.id)):
            found.setdefault(row.about, []).append(row.document)
        return found

    def sign_anew(self, endorsement: StoredEndorsement) -> None:
        signed = update(table).where(table.c.id == endorsement.id).values(document=endorsement.document)
        self._connection.execute(signed)

    def withdraw(self, tenant_id: str, endorsement_id: str, at: datetime) -> bool:
        standing = (table.c.tenant_id == tenant_id, table.c.id == endorsement_id, table.c.withdrawn_at.is_(None))
        return self._connection.execute(update(table).where(*standing).values(withdrawn_at=at)).rowcount == 1


def _endorsement(row: Row[Any]) -> StoredEndorsement:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return StoredEndorsement(**plain, actor=Actor(row.actor_kind, row.actor_id, row.actor_name))
