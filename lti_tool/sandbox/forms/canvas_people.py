"""What Canvas calls people: the ``sub``, the older opaque id, the number in its database, the number of the school."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from typing import Any

from lti_tool.sandbox import people
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.people import PERSON_IDS, Person
from lti_tool.sandbox.registrations import Registration

# Numbers are global where they carry that of the database; this one is the first.
SHARD = 10_000_000_000_000
_FIRST_USER = 101


def opaque(*names: str) -> str:
    """The 40 hexadecimal digits by which Canvas calls things."""
    return hashlib.sha1("/".join(("practice", *names)).encode(), usedforsecurity=False).hexdigest()


def local_id(person: Person) -> int:
    """The number of a person in Canvas."""
    return _FIRST_USER + PERSON_IDS.index(person.id)


def sis_id(person: Person) -> str:
    """The number of a person in the school's own books."""
    return f"SIS-{PERSON_IDS.index(person.id) + 1}"


class CanvasPeople(Form):
    """The names, and the variables that give them."""

    def subject(self, person_id: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"practice/{person_id}"))

    def login_hint(self, person_id: str) -> str:
        """Another id than the ``sub`` of the launch that follows."""
        return opaque("user", person_id)

    def variables_of_person(self, registration: Registration, person: Person) -> dict[str, Any]:
        """The variables that rosters know too."""
        local = local_id(person)
        personal = self.personal(registration, person)
        return {
            "$User.id": str(local),
            "$Canvas.user.id": str(local),
            "$Canvas.user.globalId": str(SHARD + local),
            "$vnd.instructure.User.uuid": opaque("user-uuid", person.id),
            "$Canvas.user.sisSourceId": sis_id(person),
            "$Person.sourcedId": sis_id(person),
            "$User.username": person.id,
            "$Canvas.user.loginId": person.id,
            "$Person.name.full": personal.get("name"),
            "$Person.name.given": personal.get("given_name"),
            "$Person.name.family": personal.get("family_name"),
            "$Person.email.primary": personal.get("email"),
        }

    def person_of(self, connection: sqlite3.Connection, subject: str) -> Person | None:
        """By the ``sub`` or by the number of the person in Canvas."""
        return super().person_of(connection, subject) or next(
            (each for each in people.everyone(connection) if str(local_id(each)) == subject), None
        )
