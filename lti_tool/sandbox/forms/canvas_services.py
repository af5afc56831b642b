"""Canvas's roster and gradebook services, as its public source describes them."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lti_tool.sandbox import ags_scores
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.canvas_people import CanvasPeople, sis_id
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.paging import Asked, Page, Row
from lti_tool.sandbox.people import MEMBERSHIP, TEST_USER, Person
from lti_tool.sandbox.registrations import Registration
from lti_tool.sandbox.times import parse_stamp

_SUBMISSION = "https://canvas.instructure.com/lti/submission"
_REQUIRED = ("userId", "activityProgress", "gradingProgress", "timestamp")
_IGNORED = frozenset({"NotReady", "Failed", "Pending"})
_COLUMNS = 10
_MOST = 100


class CanvasServices(CanvasPeople):
    """Pages are led to by bookmarks; a score makes a submission unless it says not to."""

    # Rosters
    def roster_roles(self, person: Person) -> list[str]:
        """Only what one is in this course, and that one is the test student."""
        in_course = (MEMBERSHIP, MEMBERSHIP.removesuffix("#") + "/", TEST_USER)
        return [role for role in person.roles if role.startswith(in_course)]

    def member(self, registration: Registration, person: Person) -> dict[str, Any]:
        member = super().member(registration, person)
        member["lti11_legacy_user_id"] = self.login_hint(person.id)
        if "name" in member:
            member["lis_person_sourcedid"] = sis_id(person)
        return member

    def roster_link(self, connection: sqlite3.Connection, registration: Registration, given: str) -> Link | None:
        """The id of the course asks for the tool itself."""
        if given == self.context_id:
            return None
        link = self.asked_link(connection, registration, given)
        if link is None:
            message = "Tool does not have access to rlid or rlid does not exist"
            raise PracticeError("nrps.link_unknown", message, 400)
        return link

    def member_message(
        self, site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        """Custom fields of the tool and of the link, as far as their variables are about the person."""
        variables = self.variables_of_person(registration, person)
        given = {**(registration.tool.get("custom_parameters") or {}), **(link.custom if link else {})}
        found = {key: variables.get(str(value)) for key, value in given.items()}
        custom = {key: str(value) if found[key] is None else str(found[key]) for key, value in given.items()}
        return {CLAIM + "custom": custom, "locale": "en"}

    def roster_page(self, members: Sequence[Person], asked: Asked) -> Page[Person]:
        return _bookmarked(members, asked, self.largest_roster_page, self.largest_roster_page)

    # Grades
    def column_page(self, rows: Sequence[Any], asked: Asked) -> Page[Any]:
        return _bookmarked(rows, asked, _COLUMNS, _MOST)

    def result_page(self, rows: Sequence[Any], asked: Asked) -> Page[Any]:
        return _bookmarked(rows, asked, _COLUMNS, _MOST)

    def take_score(
        self, connection: sqlite3.Connection, site: Site, item: LineItem, value: Any, now: datetime
    ) -> tuple[int, Any]:
        if not isinstance(value, dict) or any(value.get(name) is None for name in _REQUIRED):
            raise PracticeError("score.malformed", f"{', '.join(_REQUIRED)} must be there.")
        person = self.person_of(connection, str(value["userId"]))
        if person is None or not person.learns or not person.active:
            raise PracticeError("score.user", "User not found in course or is not a student", 422)
        moment = _moment(value["timestamp"])
        # One with the very time of the last is taken.
        if not ags_scores.is_newer(connection, item, person.id, moment + timedelta(microseconds=1)):
            raise PracticeError("score.not_newer", "timestamp is older than the result's updated_at")
        points = None if value["gradingProgress"] in _IGNORED else _points(value, item)
        ags_scores.keep(connection, item, person.id, points, str(value.get("comment") or ""), moment)
        extension = value.get(_SUBMISSION)
        if not isinstance(extension, dict) or extension.get("new_submission", True):
            ags_scores.count_submission(connection, item, person.id)
        address = self.line_item_url(site, item.registration_id, item.id, "/results")
        return 200, {"resultUrl": f"{address}/{self.subject(person.id)}"}

    def service_error(self, error: PracticeError, method: str, address: str) -> Any:
        return {"errors": {"type": error.code, "message": error.message}}


def _points(value: dict[str, Any], item: LineItem) -> float | None:
    given, maximum = value.get("scoreGiven"), value.get("scoreMaximum")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise PracticeError("score.malformed", "scoreGiven must be a number.")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or maximum < 0:
        raise PracticeError("score.maximum", "ScoreMaximum must be greater than 0", 422)
    return given / maximum * item.maximum if maximum else float(given)


def _moment(text: Any) -> datetime:
    try:
        return parse_stamp(str(text)).astimezone(UTC)
    except ValueError as error:
        raise PracticeError("score.timestamp", "Provided timestamp is not valid.") from error


def _bookmarked(rows: Sequence[Row], asked: Asked, usual: int, most: int) -> Page[Row]:
    """A page; where the next one begins stands in a bookmark that loses its sense in another spelling."""
    limit = min(asked.number("per_page") or asked.limit or usual, most)
    begin = _begin(asked.query.get("page", ""))
    headers = {}
    if begin + limit < len(rows):
        bookmark = "bookmark:" + base64.urlsafe_b64encode(f'[{begin + limit},"id"]'.encode()).decode().rstrip("=")
        query = {key: value for key, value in asked.query.items() if key != "limit"}
        next_page = Asked(asked.address, query).with_query(page=bookmark, per_page=limit)
        headers["Link"] = f'<{next_page}>; rel="next"'
    return rows[begin : begin + limit], headers


def _begin(bookmark: str) -> int:
    if not bookmark.startswith("bookmark:"):
        return 0
    try:
        text = base64.urlsafe_b64decode(bookmark.removeprefix("bookmark:") + "==").decode()
        return int(text.strip("[]").split(",")[0])
    except (ValueError, binascii.Error) as error:
        raise PracticeError("paging.bookmark", "This bookmark is not one of ours.") from error
