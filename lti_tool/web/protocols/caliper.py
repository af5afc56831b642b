"""POST /caliper/<registration_id>: envelopes of a Caliper sensor (docs/reference/caliper.md)."""

from __future__ import annotations

from flask import Blueprint, Response, g

from lti_tool.sources import caliper
from lti_tool.web.protocols.source_requests import SourceDesk, admit, answer_refusals, receipt_json, store


def caliper_blueprint(desk: SourceDesk) -> Blueprint:
    """One route, without cookies and so without CSRF protection: the API key is the only way in."""
    blueprint = Blueprint("caliper", __name__)

    @blueprint.post("/caliper/<registration_id>")
    def receive(registration_id: str) -> tuple[Response, int]:
        g.challenge = "Bearer"
        heard = admit(desk, registration_id, caliper.SOURCE, caliper.read_bearer, caliper.MAX_BODY_BYTES)
        batch = caliper.parse(heard.body, heard.sender, heard.now)
        return receipt_json(store(desk, heard, batch, tolerant=len(batch.events) != 1), batch)

    answer_refusals(blueprint)
    return blueprint
