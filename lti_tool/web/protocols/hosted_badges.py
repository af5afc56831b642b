"""Open Badges 2.0 at addresses of this tool: what a backpack of that version fetches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.host_badge import HostBadge
from lti_tool.web.protocols.open_access import open_to_every_origin

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_AGE_S = 300
_GONE = 410


def hosted_badges_blueprint(host: HostBadge) -> Blueprint:
    """An assertion ends with the sharing of its badge; classes and issuers stay."""
    blueprint = Blueprint("hosted_badges", __name__)

    @blueprint.get("/b/<token>/assertion.json")
    def assertion(token: str) -> Response:
        if not _TOKEN.fullmatch(token):
            raise NotFound("page.unknown", "This badge is not shared, or no longer.")
        document, withdrawn = host.assertion(token)
        response = _document(document)
        # Whoever asks again shall hear of a withdrawal, or that the learner shares it no more.
        response.headers["Cache-Control"] = "no-store"
        response.status_code = _GONE if withdrawn else response.status_code
        return response

    @blueprint.get("/achievements/<achievement_id>/versions/<int:version>.json")
    def badge_class(achievement_id: str, version: int) -> Response:
        if not _NAME.fullmatch(achievement_id) or version > 1_000_000:
            raise NotFound("achievement.unknown", "There is no such badge.")
        return _document(host.badge_class(achievement_id, version))

    @blueprint.get("/issuers/<slug>/profile-2.json")
    def issuer(slug: str) -> Response:
        if not _NAME.fullmatch(slug):
            raise NotFound("issuer.unknown", "There is no such issuer here.")
        return _document(host.issuer(slug))

    blueprint.after_request(open_to_every_origin)
    blueprint.register_error_handler(BadgeToolError, _refused)
    return blueprint


def _document(document: Mapping[str, Any]) -> Response:
    response = jsonify(document)
    response.content_type = "application/ld+json"
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE_S}"
    return response


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    response = jsonify(error=error.code, error_description=error.message)
    response.headers["Cache-Control"] = "no-store"
    return response, error.status
