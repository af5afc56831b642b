"""People and their enrolments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables import course as t
from lti_tool.domain.identity import Person
from lti_tool.domain.platform import Enrolment


def _roles(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _enrolment(row: Row[Any]) -> Enrolment:
    return Enrolment(row.course_id, row.person_id, _roles(row.launch_roles), _roles(row.roster_roles), row.active)


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, person_id: str) -> Person | None:
        row = self._connection.execute(select(t.people).where(t.people.c.id == person_id)).first()
        return Person(**row._mapping) if row else None

    def find(self, registration_id: str, deployment_id: str, subject: str) -> Person | None:
        query = select(t.people).where(
            t.people.c.registration_id == registration_id,
            t.people.c.deployment_id == deployment_id,
            t.people.c.subject == subject,
        )
        row = self._connection.execute(query).first()
        return Person(**row._mapping) if row else None

    def save(self, person: Person) -> None:
        upsert(self._connection, t.people, values_of(person, t.people))

    def enrolment(self, course_id: str, person_id: str) -> Enrolment | None:
        row = self._connection.execute(self._enrolments(course_id, person_id)).first()
        return _enrolment(row) if row else None

    def lock(self, course_id: str, person_id: str) -> None:
        """Holds this learner until the end of the transaction. SQLite's writer holds everything already."""
        self._connection.execute(self._enrolments(course_id, person_id).with_for_update())

    def save_enrolment(self, enrolment: Enrolment) -> None:
        upsert(self._connection, t.enrolments, values_of(enrolment, t.enrolments))

    def enrolled(self, course_id: str) -> list[tuple[Person, Enrolment]]:
        query = (
            select(t.people, t.enrolments)
            .join_from(t.enrolments, t.people, t.people.c.id == t.enrolments.c.person_id)
            .where(t.enrolments.c.course_id == course_id)
            .order_by(t.people.c.name, t.people.c.subject)
        )
        people_columns = [column.name for column in t.people.columns]
        return [
            (Person(**{name: row._mapping[t.people.c[name]] for name in people_columns}), _enrolment(row))
            for row in self._connection.execute(query)
        ]

    @staticmethod
    def _enrolments(course_id: str, person_id: str) -> Any:
        return select(t.enrolments).where(t.enrolments.c.course_id == course_id, t.enrolments.c.person_id == person_id)
