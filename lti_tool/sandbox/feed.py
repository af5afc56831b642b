"""The log of what happened, for tools that would rather ask than be told."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import copies, events, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("feed", __name__)


@blueprint.get("/lti/events")
def read() -> Response:
    """The activities of a course and the events after a cursor, at most 200; ``next`` is the new cursor. Of a copy
    nothing is told: nothing is done there."""
    registration = authorize(scopes.EVENTS)
    practice = this_practice()
    context_id = request.args.get("context_id", "")
    after = request.args.get("after") or "0"
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise PracticeError("feed.cursor", "after must be a cursor that this feed has given.")
    with practice.database.reading() as connection:
        if context_id != practice.form.context_id:
            if not copies.exists(connection, context_id):
                raise PracticeError("feed.context_unknown", "There is no such course.", 404)
            return jsonify(activities=[], events=[], next=after)
        rows = events.since(connection, int(after))
    return jsonify(
        activities=events.activities_json(practice.base_url),
        events=[
            {"id": row["id"], **events.body_of(row, registration.id, practice.form, practice.site)} for row in rows
        ],
        next=str(rows[-1]["seq"]) if rows else after,
    )
