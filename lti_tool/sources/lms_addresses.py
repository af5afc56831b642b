"""What an LMS's own addresses name: a course, an activity, a section, a person.

xAPI and Caliper name everything by an address (IRI). Where it is one of Moodle's or Canvas's pages, the number in it is
the name by which their other services know the same thing. No address is ever opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.values import identifier

_MOODLE_ACTIVITY = re.compile(r"/mod/[a-z0-9_]+/view\.php$")
_CANVAS_COURSE = re.compile(r"/courses/([0-9]{1,20})/?$")
_NUMBER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class NamedCourse:
    """`kind`: which name of the course `id` is, as in LearningEvent.context_kind."""

    kind: str
    id: str


def course_of(address: str) -> NamedCourse:
    """Moodle's LTI context id is its course number; of Canvas the number is another name; else the address itself."""
    path, number = _path_and_id(address)
    if path.endswith("/course/view.php") and number:
        return NamedCourse("lti", number)
    canvas = _CANVAS_COURSE.search(path)
    if canvas:
        return NamedCourse("lms_course_id", canvas[1])
    return NamedCourse("lti", identifier(address, "A course's id"))


def is_moodle_course(address: str) -> bool:
    path, number = _path_and_id(address)
    return path.endswith("/course/view.php") and bool(number)


def activity_of(address: str) -> str:
    """Of a Moodle activity the course-module number, else the address without what follows "#".

    Moodle names a submission by its assignment's address and a fragment; the grade is the assignment's.
    """
    path, number = _path_and_id(address)
    if number and _MOODLE_ACTIVITY.search(path):
        return number
    return identifier(address.partition("#")[0], "An activity's id")


def moodle_section_of(address: str) -> str | None:
    """The section's name as the reading of Moodle's course contents gives it."""
    path, number = _path_and_id(address)
    return f"section-{number}" if number and path.endswith("/course/section.php") else None


def person_of(address: str, home_page: str) -> str:
    """The person's id within her site: the `id` of the query, else the last part of the path (…/user/7).

    Raises `event.person_elsewhere` for an address that is not below `home_page`: another site's number 7 is somebody
    else.
    """
    home = home_page.rstrip("/")
    inside = address.removeprefix(home)
    if inside == address or inside[:1] not in ("/", ":", "?", "#"):
        raise person_elsewhere()
    _, number = _path_and_id(address)
    last = re.split(r"[/:]", inside.partition("?")[0].partition("#")[0].rstrip("/"))[-1]
    return identifier(number or last, "A person's id")


def same_site(one: str, other: str) -> bool:
    """Whether two addresses of home pages mean the same site: the case of the host and a last "/" say nothing."""
    return _plain_site(one) == _plain_site(other)


def person_elsewhere() -> BadgeToolError:
    return BadgeToolError(
        "event.person_elsewhere",
        "The learner belongs to another site.",
        status=422,
        hint="Enter the home page of this site's accounts where the credential was made.",
    )


def _plain_site(address: str) -> str:
    scheme, found, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{found}{host.lower()}{slash}{path}".rstrip("/")


def _path_and_id(address: str) -> tuple[str, str]:
    """The path, and the query's one `id` where that is a number."""
    try:
        parts = urlsplit(address)
        found = parse_qs(parts.query, max_num_fields=50).get("id", [])
    except ValueError:
        return "", ""
    number = found[0] if len(found) == 1 and _NUMBER.fullmatch(found[0]) else ""
    return parts.path, number
