"""/xapi/<registration_id>: as much of a Learning Record Store as senders of statements need (docs/reference/xapi.md).

Statements are heard and not given back: what the tool learns of people it tells its own pages only.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request

from lti_tool.sources import xapi
from lti_tool.web.protocols.source_requests import Request, SourceDesk, admit, answer_refusals, known_platform, store

VERSION = "X-Experience-API-Version"
# How many statements of a batch were refused; the log says which and why.
REFUSED = "X-LTI-Badges-Refused"


def xapi_blueprint(desk: SourceDesk) -> Blueprint:
    """Routes without cookies and so without CSRF protection: the credential is the only way in."""
    blueprint = Blueprint("xapi", __name__, url_prefix="/xapi/<registration_id>")

    @blueprint.post("/statements")
    def post(registration_id: str) -> Response:
        """One statement or a list; answers with the ids of all, as xAPI 1.0.3, part three, 2.1.2, asks."""
        heard = _admit(desk, registration_id)
        reading = xapi.parse(heard.body, heard.sender, heard.now)
        receipt = store(desk, heard, reading.batch, tolerant=reading.is_list)
        answer = jsonify(reading.ids)
        if reading.batch.refused or receipt.conflicting:
            answer.headers[REFUSED] = str(len(reading.batch.refused) + receipt.conflicting)
        return answer

    @blueprint.put("/statements")
    def put(registration_id: str) -> tuple[str, int]:
        """One statement, whose id the sender names in the address (part three, 2.1.1)."""
        heard = _admit(desk, registration_id)
        reading = xapi.parse(heard.body, heard.sender, heard.now, request.args.get("statementId", ""))
        store(desk, heard, reading.batch, tolerant=False)
        return "", 204

    @blueprint.get("/about")
    def about(registration_id: str) -> Response:
        """The versions that are understood; open to everybody (part three, 2.8)."""
        known_platform(desk, registration_id)
        return jsonify(version=xapi.versions_told(request.headers.get(VERSION)))

    blueprint.after_request(_name_version)
    answer_refusals(blueprint)
    return blueprint


def _admit(desk: SourceDesk, registration_id: str) -> Request:
    known_platform(desk, registration_id)
    g.xapi_version = xapi.answered_version(request.headers.get(VERSION))
    return admit(desk, registration_id, xapi.SOURCE, xapi.read_basic, xapi.MAX_BODY_BYTES)


def _name_version(response: Response) -> Response:
    response.headers[VERSION] = g.get("xapi_version", xapi.NEWEST_OF_1)
    return response
