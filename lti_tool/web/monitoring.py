"""/metrics for Prometheus, with the operator's token; and the times of all requests."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from flask import Blueprint, Response, g, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.observability.metrics import CONTENT_TYPE, Metrics


def monitoring_blueprint(
    metrics: Metrics, exposition: Callable[[], bytes], token_matches: Callable[[str], bool]
) -> Blueprint:
    """`token_matches` compares the bearer token with the operator's."""
    blueprint = Blueprint("monitoring", __name__)

    @blueprint.get("/metrics")
    def show() -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token_matches(token):
            raise BadgeToolError("metrics.token_invalid", "This needs the operator's token as Bearer.", status=401)
        return Response(exposition(), content_type=CONTENT_TYPE)

    @blueprint.before_app_request
    def start() -> None:
        g.started = perf_counter()

    @blueprint.after_app_request
    def end(response: Response) -> Response:
        if "started" in g:
            metrics.request_ended(request.endpoint or "none", response.status_code, perf_counter() - g.started)
        return response

    return blueprint
