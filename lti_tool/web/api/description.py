"""Where the description of the interface is, and what it says of the whole."""

from __future__ import annotations

from importlib.metadata import version
from typing import cast

from flask import Blueprint, Response, current_app, jsonify
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from lti_tool.web.protocols.open_access import open_to_every_origin

PREFIX = "/api/v1"
DESCRIPTION = Info(
    title="LTI Badges",
    version=version("lti-badges"),
    description="Checks Open Badges 3.0 of any issuer, and hosted ones of 2.0. Nothing that is sent is kept.",
)


def description_blueprint() -> Blueprint:
    """/api/v1/openapi.json, made from the same models that read the requests."""
    blueprint = Blueprint("api_v1_description", __name__)

    @blueprint.get(f"{PREFIX}/openapi.json")
    def description() -> Response:
        return jsonify(cast(OpenAPI, current_app).api_doc)

    blueprint.after_request(open_to_every_origin)
    return blueprint
