"""What instructors entrusted to people of their courses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from lti_tool.db.tables.course import duties
from lti_tool.domain.duty import Duty, Grant
from lti_tool.domain.identity import Actor


class SqlDuties:
    """Implements usecases.ports.Duties."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_person(self, course_id: str, person_id: str) -> frozenset[Duty]:
        return frozenset(one.duty for one in self.of_course(course_id, person_id))

    def of_course(self, course_id: str, person_id: str = "") -> list[Grant]:
        query = select(duties).where(duties.c.course_id == course_id, duties.c.withdrawn_at.is_(None))
        if person_id:
            query = query.where(duties.c.person_id == person_id)
        return [
            Grant(
                row.course_id,
                row.person_id,
                Duty(row.duty),
                row.granted_at,
                Actor("person", row.granted_by_id, row.granted_by_name),
            )
            for row in self._connection.execute(query.order_by(duties.c.id))
        ]

    def grant(self, grant: Grant) -> None:
        values = {"course_id": grant.course_id, "person_id": grant.person_id, "duty": grant.duty.value}
        by = {"granted_by_id": grant.granted_by.id, "granted_by_name": grant.granted_by.name}
        nobody = {"withdrawn_by_id": "", "withdrawn_by_name": ""}
        self._connection.execute(insert(duties).values(granted_at=grant.granted_at, **values, **by, **nobody))

    def withdraw(self, course_id: str, person_id: str, duty: Duty, by: Actor, at: datetime) -> None:
        statement = update(duties).where(
            duties.c.course_id == course_id,
            duties.c.person_id == person_id,
            duties.c.duty == duty.value,
            duties.c.withdrawn_at.is_(None),
        )
        self._connection.execute(statement.values(withdrawn_at=at, withdrawn_by_id=by.id, withdrawn_by_name=by.name))
