"""What the API answers: a course's assignments, modules, learners, submissions and progress, page by page.

https://developerdocs.instructure.com/services/canvas/basics/file.pagination
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, jsonify, request
from werkzeug.exceptions import HTTPException

from lti_tool.sandbox.canvas_api import course, faults, keys
from lti_tool.sandbox.forms.canvas_people import local_id
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("canvas_rest", __name__, url_prefix="/api/v1/courses/<int:number>")
ROWS, MOST_ROWS = 10, 100
_THIS_COURSE = 1


class Refused(HTTPException):
    """In Canvas's own words."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        answer = jsonify(errors=[{"message": message}])
        answer.status_code = status
        answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        super().__init__(response=answer)


@blueprint.errorhandler(Refused)
def _refused(refusal: Refused) -> Response:
    assert isinstance(refusal.response, Response)
    return refusal.response


@blueprint.before_request
def admit() -> Response | None:
    """Planned trouble comes first; then a token, its scope, and whether the person may see the course's grades."""
    practice = this_practice()
    if not practice.form.has_api:
        abort(404)
    with practice.database.transaction() as connection:
        fault = faults.next_fault(connection)
        if fault is not None:
            return fault
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        given = keys.look_up(connection, "access", token.strip(), practice.clock())
        key = keys.find(connection, given["client_id"]) if given else None
    if given is None or key is None:
        raise Refused(401, "Invalid access token.", WWW_Authenticate='Bearer realm="canvas-lms"')
    asked = f"url:GET|{request.path.replace(f'/{_THIS_COURSE}/', '/:course_id/', 1)}"
    if key.scopes and asked not in given["scopes"]:
        raise Refused(401, "Insufficient scopes on access token.")
    if (request.view_args or {}).get("number") != _THIS_COURSE:
        raise Refused(404, "The specified resource does not exist.")
    # Of a key with scopes Canvas drops the parameter silently unless the key allows it.
    g.includes = request.args.getlist("include[]") if key.includes or not key.scopes else []
    return None


def _rows(find: Callable[[sqlite3.Connection], list[Any]]) -> Response:
    """One page of what is found, and the way to the next."""
    with this_practice().database.reading() as connection:
        rows = find(connection)
    size = min(int(request.args.get("per_page", ROWS)), MOST_ROWS)
    start = _place(request.args.get("page", ""))
    answer = jsonify(rows[start : start + size])
    answer.headers["X-Rate-Limit-Remaining"] = "600.0"
    if start + size < len(rows):
        query = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        following = urlencode([*query, ("page", _bookmark(start + size))])
        answer.headers["Link"] = f'<{this_practice().base_url}{request.path}?{following}>; rel="next"'
    return answer


def _bookmark(start: int) -> str:
    return f"bookmark:{base64.urlsafe_b64encode(json.dumps(['Aa', start]).encode()).decode()}"


def _place(page: str) -> int:
    if not page.startswith("bookmark:"):
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(page.removeprefix("bookmark:")))[1]
        return int(start)
    except (ValueError, IndexError, TypeError):
        raise Refused(400, "bookmark is invalid") from None


@blueprint.get("/assignment_groups")
def assignment_groups(number: int) -> Response:
    base_url = this_practice().base_url
    return _rows(lambda _: course.assignment_groups(base_url, "assignments" in g.includes))


@blueprint.get("/modules")
def modules(number: int) -> Response:
    """With ``student_id`` also what that learner has done."""

    def find(connection: sqlite3.Connection) -> list[Any]:
        asked = request.args.get("student_id")
        learner = next((each for each in course.learners(connection) if str(local_id(each)) == asked), None)
        if asked is not None and learner is None:
            raise Refused(404, "The specified resource does not exist.")
        return course.modules(connection, this_practice().base_url, "items" in g.includes, learner)

    return _rows(find)


@blueprint.get("/enrollments")
def enrollments(number: int) -> Response:
    return _rows(lambda connection: course.enrollments(connection, request.args.getlist("type[]")))


@blueprint.get("/groups")
def groups(number: int) -> Response:
    return _rows(lambda connection: course.groups(connection, "users" in g.includes))


@blueprint.get("/content_migrations")
def content_migrations(number: int) -> Response:
    """Nothing was ever copied into the course."""
    return _rows(lambda _: [])


@blueprint.get("/students/submissions")
def submissions(number: int) -> Response:
    """Of all students: one by one, or grouped by student."""
    if request.args.get("grouped"):
        return _rows(course.grouped)
    since = [request.args.get(name, "") for name in ("graded_since", "submitted_since")]
    return _rows(lambda connection: course.submissions(connection, *since))


@blueprint.get("/bulk_user_progress")
def bulk_user_progress(number: int) -> Response:
    return _rows(course.progress)


@blueprint.get("/outcome_results")
def outcome_results(number: int) -> Response:
    """The course measures no outcomes."""
    return jsonify(outcome_results=[], linked={"outcomes": []})
