"""Who is in this LMS, and what they are in the course."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from lti_tool.sandbox.errors import PracticeError

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

INSTRUCTOR = MEMBERSHIP + "Instructor"
LEARNER = MEMBERSHIP + "Learner"
# A sub-role is sent together with its principal role (LTI Core 1.3, A.2.3.1).
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"

ROLES_OF_KIND: dict[str, tuple[str, ...]] = {
    "admin": (SYSTEM + "Administrator", INSTITUTION + "Administrator", MEMBERSHIP + "Administrator"),
    "teacher": (INSTITUTION + "Instructor", INSTRUCTOR),
    "assistant": (INSTRUCTOR, ASSISTANT),
    "test-student": (TEST_USER, LEARNER),
    "learner": (INSTITUTION + "Student", LEARNER),
}
WORDS_FOR_KIND = {
    "admin": "Administrator",
    "teacher": "Teacher",
    "assistant": "Non-editing teacher",
    "test-student": "Student view",
    "learner": "Learner",
}

_SEED = (
    ("admin", "admin", "Ada", "Admin"),
    ("teacher", "teacher", "Tess", "Teacher"),
    ("assistant", "assistant", "Theo", "Tutor"),
    ("test-student", "test-student", "Test", "Student"),
    ("learner-1", "learner", "Lena", "Lichen"),
    ("learner-2", "learner", "Milo", "Moss"),
    ("learner-3", "learner", "Nora", "Nettle"),
    ("learner-4", "learner", "Oskar", "Oak"),
    ("learner-5", "learner", "Petra", "Pebble"),
)

PERSON_IDS = tuple(row[0] for row in _SEED)


@dataclass(frozen=True)
class Person:
    """`id` is the LTI ``sub``; `roles` are full URIs; a person who is not `active` is suspended."""

    id: str
    kind: str
    given_name: str
    family_name: str
    email: str
    roles: tuple[str, ...]
    active: bool

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def role_words(self) -> str:
        return WORDS_FOR_KIND[self.kind]

    @property
    def is_admin(self) -> bool:
        return SYSTEM + "Administrator" in self.roles

    @property
    def edits_course(self) -> bool:
        return self.is_admin or (INSTRUCTOR in self.roles and ASSISTANT not in self.roles)

    @property
    def grades(self) -> bool:
        return self.is_admin or INSTRUCTOR in self.roles

    @property
    def learns(self) -> bool:
        return LEARNER in self.roles and not self.grades

    @property
    def enrolled(self) -> bool:
        """In the course's roster: everybody but a site administrator, while active."""
        return self.active and not self.is_admin


def seed(connection: sqlite3.Connection) -> None:
    """Puts the first people in; leaves those alone who are there."""
    for position, (person_id, kind, given, family) in enumerate(_SEED):
        email = f"{given}.{family}@school.example".lower()
        connection.execute(
            "INSERT OR IGNORE INTO people (id, kind, given_name, family_name, email, roles, position)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (person_id, kind, given, family, email, json.dumps(ROLES_OF_KIND[kind]), position),
        )


def _person(row: sqlite3.Row) -> Person:
    return Person(
        row["id"],
        row["kind"],
        row["given_name"],
        row["family_name"],
        row["email"],
        tuple(json.loads(row["roles"])),
        bool(row["active"]),
    )


def everyone(connection: sqlite3.Connection) -> list[Person]:
    """All people, staff first."""
    return [_person(row) for row in connection.execute("SELECT * FROM people ORDER BY position")]


def find(connection: sqlite3.Connection, person_id: str) -> Person:
    """One person; PracticeError 404 if there is none."""
    row = connection.execute("SELECT * FROM people WHERE id = ?", (person_id,)).fetchone()
    if row is None:
        raise PracticeError("person.unknown", "There is no such person.", 404)
    return _person(row)


def find_learner(connection: sqlite3.Connection, person_id: str) -> Person:
    """One active learner (the test student is one); PracticeError otherwise."""
    person = find(connection, person_id)
    if not person.learns:
        raise PracticeError("person.not_a_learner", f"{person.name} is not a learner in this course.")
    if not person.active:
        raise PracticeError("person.suspended", f"{person.name} is suspended from this course.")
    return person


def set_enrolment(
    connection: sqlite3.Connection, person_id: str, active: bool | None, roles: list[str] | None
) -> Person:
    """Suspends or restores a person, or gives other roles; what is None stays as it is."""
    person = find(connection, person_id)
    connection.execute(
        "UPDATE people SET active = ?, roles = ? WHERE id = ?",
        (
            person.active if active is None else active,
            json.dumps(person.roles if roles is None else roles),
            person_id,
        ),
    )
    return find(connection, person_id)
