"""Third-party initiated login: the first of the three steps of a launch (Security Framework 1.0, 5.1.1)."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.sandbox import links
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.practice import Practice
from lti_tool.sandbox.registrations import Registration, origin_of
from lti_tool.sandbox.times import stamp

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
HINT_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class LoginInitiation:
    """The form a browser posts to the tool to begin a launch."""

    url: str
    params: dict[str, str]


@dataclass(frozen=True)
class Hint:
    """What this LMS remembered when the launch began; `registration_id` is whom it was meant for,
    `context_id` "" for the course itself."""

    registration_id: int
    user_id: str
    message_type: str
    resource_link_id: str
    target_link_uri: str
    document_target: str
    context_id: str


def start(
    practice: Practice,
    registration: Registration,
    person: Person,
    link: links.Link | None,
    document_target: str = "iframe",
    target_link_uri: str = "",
    context_id: str = "",
) -> LoginInitiation:
    """Begins a launch of a link, or (with None) a Deep Linking request.

    `document_target` is iframe or window; `context_id` a copy of the course. PracticeError if the tool is not active or
    the person may not.
    """
    _check(registration, person, link)
    message_type = DEEP_LINKING if link is None else RESOURCE_LINK
    target = target_link_uri or (link.url if link else "") or registration.target_for(message_type)
    if origin_of(target) not in registration.origins:
        raise PracticeError("launch.target_foreign", "This link does not lead to the tool.")
    hint = practice.form.message_hint(secrets.token_urlsafe(24), link)
    now = practice.clock()
    with practice.database.transaction() as connection:
        connection.execute("DELETE FROM begun_launches WHERE expires_at <= ?", (stamp(now),))
        connection.execute(
            "INSERT INTO begun_launches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                hint,
                registration.id,
                person.id,
                message_type,
                link.id if link else "",
                target,
                document_target,
                context_id,
                stamp(now + HINT_LIFETIME),
            ),
        )
    params = {
        "iss": practice.site.issuer,
        "target_link_uri": target,
        "login_hint": practice.form.login_hint(person.id),
        "lti_message_hint": hint,
        "client_id": registration.client_id,
        **practice.form.login_params(registration.id, document_target),
    }
    return LoginInitiation(str(registration.metadata["initiate_login_uri"]), params)


def _check(registration: Registration, person: Person, link: links.Link | None) -> None:
    if registration.state != "active":
        raise PracticeError("registration.inactive", "This tool is waiting for the administrator.", 409)
    if not person.active:
        raise PracticeError("person.suspended", f"{person.name} is suspended from this course.", 403)
    if link is None and not person.edits_course:
        raise PracticeError("person.role", "Only a teacher can add links to the course.", 403)


def take_hint(connection: sqlite3.Connection, hint: str, now: datetime) -> Hint | None:
    """What was remembered under a hint; a hint answers once."""
    row = connection.execute(
        "DELETE FROM begun_launches WHERE hint = ? AND expires_at > ? RETURNING registration_id, user_id,"
        " message_type, resource_link_id, target_link_uri, document_target, context_id",
        (hint, stamp(now)),
    ).fetchone()
    return None if row is None else Hint(*row)
