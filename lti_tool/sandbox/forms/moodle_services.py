"""Moodle's roster and gradebook services, as measured on 4.4."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lti_tool.sandbox import ags_scores
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.paging import Asked
from lti_tool.sandbox.people import PERSON_IDS, TEST_USER, Person
from lti_tool.sandbox.registrations import Registration

BASIC_OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
_REQUIRED = ("userId", "activityProgress", "gradingProgress", "timestamp")


class ScoreRefused(Exception):
    """A score that Moodle answers with 400 and an empty list."""


class MoodleServices(Form):
    """Everything comes in one page unless a limit is asked for, which only the roster does without a fault."""

    def basic_outcome(self, site: Site, person: Person, link: Link) -> dict[str, str]:
        data = {"instanceid": self.link_id(link.id), "userid": self.subject(person.id)}
        return {
            "lis_result_sourcedid": json.dumps({"data": data}),
            "lis_outcome_service_url": f"{site.base_url}/mod/lti/service.php",
        }

    # Rosters
    def in_roster(self, person: Person) -> bool:
        """Who is suspended is missing. There is no test student: a teacher who looks as one stays herself."""
        return person.enrolled and TEST_USER not in person.roles

    def roster_roles(self, person: Person) -> list[str]:
        """Bare words. A non-editing teacher is an instructor in a launch and a learner here."""
        return ["Instructor" if person.edits_course else "Learner"]

    def has_role(self, person: Person, role: str) -> bool:
        return role.rpartition("#")[2] in self.roster_roles(person)

    def member(self, registration: Registration, person: Person) -> dict[str, Any]:
        member = super().member(registration, person)
        member["lis_person_sourcedid"] = f"S-{PERSON_IDS.index(person.id) + 1}"
        return member | ({"ext_user_username": person.id} if "name" in member else {})

    def member_message(
        self, site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        """Custom parameters are not among it."""
        return {BASIC_OUTCOME: self.basic_outcome(site, person, link)} if link else {}

    def roster_page(self, members: Sequence[Person], asked: Asked) -> tuple[Sequence[Person], dict[str, str]]:
        limit, begin = asked.limit, asked.number("from") or 0
        if limit is None:
            return members, {}
        end = begin + limit
        # A full page leads to another one, even to an empty one.
        full = len(members[begin:end]) == limit
        headers = {"Link": f'<{asked.with_query(limit=limit, **{"from": end})}>; rel="next"'} if full else {}
        return members[begin:end], headers

    # Grades
    def check_accept(self, accept: str, media_types: Sequence[str], path: str) -> None:
        """Compared as text: no other types, no weights."""
        first = accept.split(",")[0].strip() or "*/*"
        if first not in media_types:
            raise PracticeError("accept.unknown", f"No handler found for {path} {accept}", 400)

    def wrong_media_type(self, wanted: str, given: str, path: str) -> PracticeError:
        return PracticeError("request.media_type", f"No handler found for {path} {given}", 400)

    def column_page(self, rows: Sequence[Any], asked: Asked) -> tuple[Sequence[Any], dict[str, str]]:
        """With a limit, the header is spelt so that no parser finds the next page."""
        limit, begin = asked.limit, asked.number("from") or 0
        if limit is None:
            return rows, {}
        headers: dict[str, str] = {}
        if begin + limit < len(rows):
            address = asked.with_query(limit=limit, **{"from": begin + limit}).replace("&", "&amp;")
            # WSGI carries headers as Latin-1; on the wire the quotes are UTF-8.
            headers["Link"] = f"<{address}>; rel=“next”".encode().decode("latin-1")
        return rows[begin : begin + limit], headers

    def result_page(self, rows: Sequence[Any], asked: Asked) -> tuple[Sequence[Any], dict[str, str]]:
        if asked.limit is not None and "type_id" in asked.query:
            raise PracticeError("results.crash", "Call to a member function out() on null", 404)
        return rows, {}

    def take_score(
        self, connection: sqlite3.Connection, site: Site, item: LineItem, value: Any, now: datetime
    ) -> tuple[int, Any]:
        try:
            return self._take(connection, item, value, now)
        except ScoreRefused:
            return 400, []

    def _take(self, connection: sqlite3.Connection, item: LineItem, value: Any, now: datetime) -> tuple[int, Any]:
        if not isinstance(value, dict) or any(value.get(name) is None for name in _REQUIRED):
            raise ScoreRefused
        given = _number(value, "scoreGiven")
        maximum = _number(value, "scoreMaximum")
        if given is not None and maximum is None:
            raise ScoreRefused
        moment = _seconds(value["timestamp"])
        if not str(value["userId"]).isdigit():
            raise PracticeError("score.user", "Bad Gateway", 502)
        person = self.person_of(connection, str(value["userId"]))
        if person is None or not person.learns:
            raise ScoreRefused
        # The moment of the last write may have been kept to the second, and so may this one.
        if not ags_scores.is_newer(connection, item, person.id, moment):
            return 409, []
        points = given
        if given is not None and maximum:
            points = given / maximum * item.maximum
        if points is not None:
            points = min(max(points, 0.0), item.maximum)
        if value["gradingProgress"] != "FullyGraded":
            points = None  # and a grade that was there is gone
        # A column of an activity keeps when it was written, one of its own what the tool says.
        kept = now.replace(microsecond=0) if item.resource_link_id else moment
        ags_scores.keep(connection, item, person.id, points, str(value.get("comment") or ""), kept)
        return 200, None

    def service_error(self, error: PracticeError, method: str, address: str) -> Any:
        return {"status": error.status, "reason": error.message, "request": {"method": method, "url": address}}

    def token_error(self, error: str, description: str) -> dict[str, str]:
        return {"error": description if error == "invalid_client" and "JWT" in description else error}


def _number(value: dict[str, Any], name: str) -> float | None:
    """A number, also one written as text."""
    if value.get(name) is None:
        return None
    try:
        return float(value[name])
    except (TypeError, ValueError) as error:
        raise ScoreRefused from error


def _seconds(text: Any) -> datetime:
    """A time in whole seconds; without a zone it is UTC, and an epoch number is none."""
    if not isinstance(text, str):
        raise ScoreRefused
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T"))
    except ValueError as error:
        raise ScoreRefused from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)
