"""The address that a Canvas administrator names in place of pasting JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from lti_tool.domain.errors import NotFound
from lti_tool.domain.platform import Registration


def developer_key_blueprint(
    registration_of: Callable[[str], Registration | None], developer_key: Callable[[str], dict[str, Any]]
) -> Blueprint:
    """`developer_key(registration id) -> JSON object`; it is public, as Canvas fetches it without signing in."""
    blueprint = Blueprint("developer_key", __name__)

    def canvas_json(registration_id: str) -> Response:
        if registration_of(registration_id) is None:
            raise NotFound("platform.unknown", "There is no such platform.")
        response = jsonify(developer_key(registration_id))
        response.headers["Cache-Control"] = "no-store"
        return response

    blueprint.add_url_rule("/lti/<registration_id>/canvas.json", "canvas_json", canvas_json)
    return blueprint
