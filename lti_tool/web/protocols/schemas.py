"""JSON Schemas of criteria and of events, where programs and people can fetch them. An address never means another
version."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.domain.criteria import VERSION, schema_text
from lti_tool.sources import webhook
from lti_tool.web.protocols.open_access import open_to_every_origin

SCHEMA_PATH = f"/schemas/criteria-{VERSION}.json"
EVENT_SCHEMA_PATH = f"/schemas/webhook-event-{webhook.SCHEMA_VERSION}.json"
MAX_AGE_S = 3600


def schemas_blueprint() -> Blueprint:
    blueprint = Blueprint("schemas", __name__)

    def serve(text: str) -> Response:
        response = Response(text, mimetype="application/schema+json")
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
        return response

    blueprint.add_url_rule(SCHEMA_PATH, "criteria", lambda: serve(schema_text()))
    blueprint.add_url_rule(EVENT_SCHEMA_PATH, "event", lambda: serve(webhook.schema_text()))
    blueprint.after_request(open_to_every_origin)
    return blueprint
