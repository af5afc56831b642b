"""Badges of other platforms that learners handed in."""

from __future__ import annotations

from sqlalchemy import Connection, select

from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables import reviews as t
from lti_tool.usecases.ports import HandedInBadge


class SqlHandedInBadges:
    """Implements usecases.ports.HandedInBadges."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, course_id: str, person_id: str, achievement: str) -> HandedInBadge | None:
        table = t.handed_in_badges
        one = (table.c.course_id == course_id, table.c.person_id == person_id, table.c.achievement == achievement)
        row = self._connection.execute(select(table).where(*one)).first()
        return HandedInBadge(**row._mapping) if row else None

    def save(self, badge: HandedInBadge) -> None:
        upsert(self._connection, t.handed_in_badges, values_of(badge, t.handed_in_badges))
