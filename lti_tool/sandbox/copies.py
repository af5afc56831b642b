"""Copies of the course: a context of its own with the same people, from which tools can be opened.

Nothing is done or graded in a copy, and it offers tools no gradebook: it is there to see what they make of a copy.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from lti_tool.sandbox import course
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.registrations import Registration

TITLE, LABEL = f"{course.TITLE} (copy)", f"{course.LABEL}-2"
_AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_BOOKS = ("course_section_sourcedid", "course_offering_sourcedid")


@dataclass(frozen=True)
class Copy:
    """`number` counts from 1; `context_id` is what tools know it by."""

    number: int
    context_id: str


def make(connection: sqlite3.Connection, form: Form) -> Copy:
    number = connection.execute("SELECT count(*) FROM course_copies").fetchone()[0] + 1
    # An LMS that numbers its courses goes on counting.
    numbered = form.context_id.isdigit()
    context_id = str(int(form.context_id) + number) if numbered else secrets.token_hex(20)
    connection.execute("INSERT INTO course_copies VALUES (?, ?)", (number, context_id))
    return Copy(number, context_id)


def exists(connection: sqlite3.Connection, context_id: str) -> bool:
    query = "SELECT 1 FROM course_copies WHERE context_id = ?"
    return connection.execute(query, (context_id,)).fetchone() is not None


def find(connection: sqlite3.Connection, context_id: str) -> Copy:
    """PracticeError for what is no copy."""
    row = connection.execute("SELECT * FROM course_copies WHERE context_id = ?", (context_id,)).fetchone()
    if row is None:
        raise PracticeError("course.unknown", "There is no such copy of the course.", 404)
    return Copy(*row)


def retold(
    claims: dict[str, Any], copy: Copy, form: Form, registration: Registration, link: Link | None
) -> dict[str, Any]:
    """A launch's claims, as the copy says them. Its custom parameters name the course that it was made of."""
    told = _variables(copy, form)
    given = {**(registration.tool.get("custom_parameters") or {}), **(link.custom if link else {})}
    custom = claims[CLAIM + "custom"] | {key: told[value] for key, value in given.items() if value in told}
    named = {"id": copy.context_id, "label": LABEL, "title": TITLE}
    changed = claims | {CLAIM + "custom": custom, CLAIM + "context": claims[CLAIM + "context"] | named}
    changed.pop(_AGS_CLAIM, None)
    if CLAIM + "lis" in claims:
        changed[CLAIM + "lis"] = {key: value for key, value in claims[CLAIM + "lis"].items() if key not in _BOOKS}
    menu = claims.get(CLAIM + "resource_link", {})
    if menu.get("id") == form.context_id:
        changed[CLAIM + "resource_link"] = menu | {"id": copy.context_id}
    return changed


def _variables(copy: Copy, form: Form) -> dict[str, str]:
    """What differs from the course; the school's books do not know the copy."""
    return {
        "$Context.id": copy.context_id,
        "$Context.id.history": form.context_id,
        "$Context.title": TITLE,
        "$Context.label": LABEL,
        "$Context.sourcedId": "",
        "$CourseSection.sourcedId": "",
        "$CourseSection.title": TITLE,
        "$CourseSection.label": LABEL,
        "$Canvas.course.id": str(copy.number + 1),
        "$Canvas.course.name": TITLE,
        "$Canvas.course.sisSourceId": "",
        "$vnd.instructure.Course.uuid": copy.context_id,
        "$com.instructure.Context.globalId": "",
    }
