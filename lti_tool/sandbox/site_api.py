"""What is done to this LMS as a whole, for programs: beside `api`, with the same token."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from lti_tool.sandbox import notices
from lti_tool.sandbox.api import authorize
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("site_api", __name__, url_prefix="/api/practice")
blueprint.before_request(authorize)


@blueprint.post("/keys/rotate")
def rotate_keys() -> Response:
    """Signs with a new key from now on; the old ones stay in the key set."""
    return jsonify(kid=this_practice().keys.rotate())


@blueprint.post("/course-copy")
def copy_course() -> Response:
    """Tells the tools that asked for it that the course was copied; ``told`` is how many."""
    context_id, told = notices.tell_of_copy(this_practice())
    return jsonify(context_id=context_id, told=told)


@blueprint.get("/submissions")
def list_submissions() -> Response:
    """How many submissions the scores of tools made, by column and person."""
    with this_practice().database.reading() as connection:
        rows = connection.execute("SELECT line_item_id, user_id, attempts FROM tool_submissions").fetchall()
    return jsonify(submissions=[dict(row) for row in rows])
