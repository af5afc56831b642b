"""People, their other names and their enrolments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Result, Row, and_, bindparam, select, tuple_

from lti_tool.db.statements import insert_new, upsert, values_of
from lti_tool.db.tables import course as t
from lti_tool.domain.aliases import Alias
from lti_tool.domain.identity import Person
from lti_tool.domain.platform import Enrolment

_IDS_A_QUERY = 500
# Built once, as every launch runs them.
_FIND = select(t.people).where(
    t.people.c.registration_id == bindparam("registration_id"),
    t.people.c.deployment_id == bindparam("deployment_id"),
    t.people.c.subject == bindparam("subject"),
)
_IN_COURSE = (
    select(t.people, t.enrolments)
    .join_from(
        t.people,
        t.enrolments,
        and_(t.enrolments.c.person_id == t.people.c.id, t.enrolments.c.course_id == bindparam("course_id")),
        isouter=True,
    )
    .where(
        t.people.c.registration_id == bindparam("registration_id"),
        t.people.c.deployment_id == bindparam("deployment_id"),
        t.people.c.subject == bindparam("subject"),
    )
)
_OF_PERSON, _OF_ENROLMENT = tuple(t.people.columns.keys()), tuple(t.enrolments.columns.keys())
_ENROLMENT = select(t.enrolments).where(
    t.enrolments.c.course_id == bindparam("course_id"), t.enrolments.c.person_id == bindparam("person_id")
)
_ENROLMENT_LOCKED = _ENROLMENT.with_for_update()
# In one order for all, so that those who hold several wait for each other and never block.
_ALL_LOCKED = select(t.enrolments).order_by(t.enrolments.c.course_id, t.enrolments.c.person_id).with_for_update()
_OF_COURSE_LOCKED = _ALL_LOCKED.where(
    t.enrolments.c.course_id == bindparam("course_id"),
    t.enrolments.c.person_id.in_(bindparam("person_ids", expanding=True)),
)
# A list of pairs PostgreSQL looks up one by one.
_OF_COURSES_LOCKED = _ALL_LOCKED.where(
    tuple_(t.enrolments.c.course_id, t.enrolments.c.person_id).in_(bindparam("learners", expanding=True)),
)


def _roles(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _enrolment(row: Row[Any]) -> Enrolment:
    return _enrolled(row._mapping)


def _enrolled(row: Mapping[Any, Any]) -> Enrolment:
    roles = _roles(row["launch_roles"]), _roles(row["roster_roles"])
    return Enrolment(row["course_id"], row["person_id"], *roles, row["active"], row["is_gone"])


class SqlPeople:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # (course, person) of those whom this transaction holds.
        self._locked: set[tuple[str, str]] = set()
        # What those have who were locked together or read ahead.
        self._enrolments: dict[tuple[str, str], Enrolment | None] = {}
        self._found: dict[tuple[str, str, str], Person | None] = {}

    def get(self, person_id: str) -> Person | None:
        row = self._connection.execute(select(t.people).where(t.people.c.id == person_id)).first()
        return Person(**row._mapping) if row else None

    def find(self, registration_id: str, deployment_id: str, subject: str) -> Person | None:
        if (registration_id, deployment_id, subject) in self._found:
            return self._found[registration_id, deployment_id, subject]
        whose = {"registration_id": registration_id, "deployment_id": deployment_id, "subject": subject}
        row = self._connection.execute(_FIND, whose).first()
        return Person(**row._mapping) if row else None

    def read_ahead(self, registration_id: str, deployment_id: str, subject: str, course_id: str) -> None:
        whose = {"registration_id": registration_id, "deployment_id": deployment_id, "subject": subject}
        row = self._connection.execute(_IN_COURSE, whose | {"course_id": course_id}).first()
        found = None
        if row is not None:
            found = Person(**dict(zip(_OF_PERSON, row[: len(_OF_PERSON)], strict=True)))
            enrolled = dict(zip(_OF_ENROLMENT, row[len(_OF_PERSON) :], strict=True))
            self._enrolments[course_id, found.id] = _enrolled(enrolled) if enrolled["person_id"] else None
        self._found[registration_id, deployment_id, subject] = found

    def save(self, person: Person) -> None:
        self._found.clear()
        upsert(self._connection, t.people, values_of(person, t.people))

    def enrolment(self, course_id: str, person_id: str) -> Enrolment | None:
        if (course_id, person_id) in self._enrolments:
            return self._enrolments[course_id, person_id]
        row = self._connection.execute(_ENROLMENT, {"course_id": course_id, "person_id": person_id}).first()
        return _enrolment(row) if row else None

    def lock(self, course_id: str, person_id: str) -> None:
        """Holds this learner until the end of the transaction. SQLite's writer holds everything already."""
        if (course_id, person_id) not in self._locked:
            self._connection.execute(_ENROLMENT_LOCKED, {"course_id": course_id, "person_id": person_id})
            self._locked.add((course_id, person_id))

    def lock_all(self, learners: Collection[tuple[str, str]]) -> None:
        found = {(row.course_id, row.person_id): _enrolment(row) for row in self._rows_locked(learners)}
        self._locked |= set(learners)
        self._enrolments |= {learner: found.get(learner) for learner in learners}

    def _rows_locked(self, learners: Collection[tuple[str, str]]) -> Result[Any]:
        course_ids = {course_id for course_id, _ in learners}
        if len(course_ids) != 1:
            return self._connection.execute(_OF_COURSES_LOCKED, {"learners": sorted(learners)})
        person_ids = sorted(person_id for _, person_id in learners)
        return self._connection.execute(_OF_COURSE_LOCKED, {"course_id": course_ids.pop(), "person_ids": person_ids})

    def save_enrolment(self, enrolment: Enrolment) -> None:
        self._enrolments.pop((enrolment.course_id, enrolment.person_id), None)
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

    def by_alias(self, registration_id: str, deployment_id: str, kind: str, value: str) -> Person | None:
        aliases = t.person_aliases
        query = select(t.people).join_from(t.people, aliases, aliases.c.person_id == t.people.c.id)
        query = query.where(
            aliases.c.registration_id == registration_id,
            aliases.c.deployment_id == deployment_id,
            aliases.c.kind == kind,
            aliases.c.value == value,
        )
        row = self._connection.execute(query).first()
        return Person(**row._mapping) if row else None

    def save_aliases(self, pairs: Sequence[tuple[Person, Alias]], seen_at: datetime, *, take_over: bool) -> bool:
        held = self._aliases_of(sorted({person.id for person, _ in pairs}))
        changed = False
        # In one order for all, so that two rosters with the same people wait for each other and never block.
        for person, alias in sorted(pairs, key=lambda pair: pair[1].key):
            if alias.key in held.get(person.id, ()):
                continue
            row = {
                "registration_id": person.registration_id,
                "deployment_id": person.deployment_id,
                "kind": alias.kind.value,
                "value": alias.value,
                "person_id": person.id,
                "seen_at": seen_at,
            }
            if take_over and alias.is_told:
                upsert(self._connection, t.person_aliases, row)
                changed = True
            else:
                changed |= insert_new(self._connection, t.person_aliases, row)
        return changed

    def _aliases_of(self, person_ids: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
        """(kind, value) by person: what a roster brings is known already, but for a few."""
        held: dict[str, set[tuple[str, str]]] = {}
        table = t.person_aliases
        for start in range(0, len(person_ids), _IDS_A_QUERY):
            some = person_ids[start : start + _IDS_A_QUERY]
            for row in self._connection.execute(select(table).where(table.c.person_id.in_(some))):
                held.setdefault(row.person_id, set()).add((row.kind, row.value))
        return held
