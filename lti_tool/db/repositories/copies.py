"""Where courses were copied from, and the badges that came over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from lti_tool.db.statements import insert_new
from lti_tool.db.tables import copies as t
from lti_tool.domain import criteria
from lti_tool.domain.course_copy import Key
from lti_tool.usecases.ports import CopiedBadge


class SqlCopies:
    """Implements usecases.ports.Copies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note_origins(self, place: tuple[str, str, str], origins: Sequence[str], told_by: str, at: datetime) -> None:
        registration_id, deployment_id, context_id = place
        of_course = {"registration_id": registration_id, "deployment_id": deployment_id, "context_id": context_id}
        for origin in origins:
            row = of_course | {"origin": origin[:255], "told_by": told_by, "told_at": at}
            insert_new(self._connection, t.course_origins, row)

    def origins(self, place: tuple[str, str, str]) -> list[str]:
        table = t.course_origins
        query = select(table.c.origin).where(
            table.c.registration_id == place[0], table.c.deployment_id == place[1], table.c.context_id == place[2]
        )
        return list(self._connection.execute(query.order_by(table.c.told_at.desc(), table.c.origin)).scalars())

    def add(self, copied: CopiedBadge) -> bool:
        row = {
            "course_id": copied.course_id,
            "source_id": copied.source_id,
            "achievement_id": copied.achievement_id,
            "source_course_id": copied.source_course_id,
            "criteria": None if copied.criteria is None else criteria.to_document(copied.criteria),
            "choices": _stored(copied.choices),
            "copied_at": copied.copied_at,
        }
        return insert_new(self._connection, t.copied_badges, row)

    def save_choices(self, copied: CopiedBadge) -> None:
        table = t.copied_badges
        which = (table.c.course_id == copied.course_id, table.c.source_id == copied.source_id)
        self._connection.execute(update(table).where(*which).values(choices=_stored(copied.choices)))

    def of_course(self, course_id: str) -> list[CopiedBadge]:
        table = t.copied_badges
        query = select(table).where(table.c.course_id == course_id).order_by(table.c.copied_at, table.c.source_id)
        return [_copied(row) for row in self._connection.execute(query)]


def _stored(choices: dict[Key, str]) -> list[list[str]]:
    return [[kind, name, here] for (kind, name), here in sorted(choices.items())]


def _copied(row: Row[Any]) -> CopiedBadge:
    values = dict(row._mapping)
    tree = None if values["criteria"] is None else criteria.from_document(values["criteria"])
    choices = {(kind, name): here for kind, name, here in values["choices"]}
    return CopiedBadge(**values | {"criteria": tree, "choices": choices})
