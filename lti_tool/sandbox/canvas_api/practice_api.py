"""What an administrator does with the API, and trouble on demand, for programs: beside `api`, with the same token."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox.api import authorize, field
from lti_tool.sandbox.canvas_api import faults, grades, keys
from lti_tool.sandbox.coursework import find_activity
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.times import stamp

blueprint = Blueprint("canvas_practice_api", __name__, url_prefix="/api/practice/canvas")
blueprint.before_request(authorize)


@blueprint.post("/keys")
def add_key() -> tuple[Response, int]:
    """``{redirect_uri, scopes?, includes?}``: a developer key; without scopes they are not enforced."""
    scopes = field("scopes", list, optional=True) or []
    includes = field("includes", bool, optional=True)
    with this_practice().database.transaction() as connection:
        key = keys.add(connection, field("redirect_uri", str), scopes, includes is not False)
    return jsonify(client_id=key.client_id, key=key.secret), 201


@blueprint.post("/tokens/end")
def end_tokens() -> Response:
    """``{refresh?}``: access tokens end now; with ``refresh`` the consent is taken back."""
    refresh = field("refresh", bool, optional=True)
    with this_practice().database.transaction() as connection:
        keys.end(connection, ("access", "refresh") if refresh else ("access",))
    return jsonify(ok=True)


@blueprint.post("/faults")
def plan_faults() -> Response:
    """``{kind, times?, retry_after?}``: the next answers of the API are that (faults.KINDS)."""
    kind = field("kind", str)
    if kind not in faults.KINDS:
        raise PracticeError("fault.unknown", f"Choose one of {', '.join(faults.KINDS)}.")
    times, retry_after = field("times", int, optional=True) or 1, field("retry_after", str, optional=True) or ""
    with this_practice().database.transaction() as connection:
        faults.plan(connection, kind, times, retry_after)
    return jsonify(ok=True)


@blueprint.post("/grades/posted")
def set_posted() -> Response:
    """``{user_id, activity_id, posted}``: whether a learner sees her grade."""
    user_id, activity = field("user_id", str), find_activity(field("activity_id", str))
    practice = this_practice()
    with practice.database.transaction() as connection:
        if field("posted", bool):
            grades.post(connection, user_id, activity.id, stamp(practice.clock()))
        else:
            grades.hide(connection, user_id, activity.id)
    return jsonify(ok=True)
