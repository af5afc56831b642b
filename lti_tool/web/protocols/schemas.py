"""The JSON Schema of criteria, where programs and people can fetch it. Its address never means another version."""

from __future__ import annotations

from flask import Blueprint, Response

from lti_tool.domain.criteria import VERSION, schema_text
from lti_tool.web.protocols.open_access import open_to_every_origin

SCHEMA_PATH = f"/schemas/criteria-{VERSION}.json"
MAX_AGE_S = 3600


def schemas_blueprint() -> Blueprint:
    blueprint = Blueprint("schemas", __name__)

    def criteria() -> Response:
        response = Response(schema_text(), mimetype="application/schema+json")
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
        return response

    blueprint.add_url_rule(SCHEMA_PATH, "criteria", criteria)
    blueprint.after_request(open_to_every_origin)
    return blueprint
