"""The keys that sign data streams, and the streams for programs."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import streams
from lti_tool.sandbox.api import authorize
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import this_practice

KEYS = "/data-services/jwks"
STREAMS = "/api/practice/streams"
blueprint = Blueprint("data_services", __name__)


@blueprint.before_request
def _check() -> None:
    """Only what behaves like Canvas has streams; all but the keys is for who has the token of the data folder."""
    if not this_practice().form.has_streams:
        raise PracticeError("http.404", "This LMS has no data streams.", 404)
    if request.path != KEYS:
        authorize()


@blueprint.get(KEYS)
def keys() -> Response:
    """Not the keys of launches; the old ones are listed beside the new one."""
    return jsonify(this_practice().streams.keys.jwks())


@blueprint.get(STREAMS)
def list_streams() -> Response:
    with this_practice().database.reading() as connection:
        return jsonify(streams=[dict(row) for row in streams.listing(connection)])


@blueprint.post(STREAMS)
def add_stream() -> tuple[Response, int]:
    """``{url, format?, signed?}``: canvas and signed where nothing else is said."""
    practice, body = this_practice(), request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("url"), str):
        raise PracticeError("request.malformed", "url must be of type str.")
    with practice.database.transaction() as connection:
        signed, format_ = bool(body.get("signed", True)), str(body.get("format", streams.FORMATS[0]))
        number = streams.add(connection, body["url"], format_, signed, practice.clock())
    return jsonify(id=number), 201


@blueprint.post(f"{STREAMS}/<int:number>/remove")
def remove_stream(number: int) -> Response:
    with this_practice().database.transaction() as connection:
        streams.remove(connection, number)
    return jsonify(ok=True)


@blueprint.post(f"{STREAMS}/keys/rotate")
def rotate() -> Response:
    """Signs streams with a new key from now on."""
    return jsonify(kid=this_practice().streams.keys.rotate())
