"""The Flask application: what every page shares. Which pages there are is the caller's to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask_bootstrap import Bootstrap5
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from lti_tool.web import pages
from lti_tool.web.api import DESCRIPTION
from lti_tool.web.assets import add_assets
from lti_tool.web.errors import add_error_handlers, unreadable_request
from lti_tool.web.evidence_form import TAKE_FILES
from lti_tool.web.jinja import PageEnvironment
from lti_tool.web.places import image_url
from lti_tool.web.present.sizes import file_size
from lti_tool.web.present.times import ago, at_time, day, day_and_time, seconds, to_the_second, when_due
from lti_tool.web.security.headers import secure
from lti_tool.web.security.limits import add_limits
from lti_tool.web.security.viewer import admit
from lti_tool.web.services import PageServices

MAX_REQUEST_BYTES = 3 * 1024 * 1024
STATIC_MAX_AGE_S = 3600


class Site(OpenAPI):
    """Flask asks every view and hook at every request whether it is a coroutine. None of ours is."""

    jinja_environment = PageEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(
    services: PageServices,
    blueprints: Sequence[Blueprint],
    *,
    rate_limit_storage: str = "memory://",
    trusted_proxies: int = 0,
) -> Flask:
    """`trusted_proxies`: how many reverse proxies of ours stand before it; their X-Forwarded headers are believed."""
    app = Site(
        __name__,
        info=DESCRIPTION,
        security_schemes={"api_key": {"type": "http", "scheme": "bearer"}},
        doc_ui=False,
        validation_error_callback=unreadable_request,
    )
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE_S,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    if trusted_proxies:
        count = trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    Bootstrap5(app)
    for blueprint in (pages.make_blueprint(services), *blueprints):
        if isinstance(blueprint, APIBlueprint):
            app.register_api(blueprint)
        else:
            app.register_blueprint(blueprint)
    add_error_handlers(app)
    app.before_request(partial(_leave_room, services.evidence_bytes))
    app.before_request(partial(admit, services))
    add_limits(app, rate_limit_storage)
    app.after_request(secure)
    app.add_url_rule("/healthz", "healthz", _healthy)
    _add_words(app, services)
    add_assets(app)
    return app


def _leave_room(file_bytes: int) -> None:
    """For a file of evidence, beside the form around it; the gate already reads the form."""
    if request.endpoint in TAKE_FILES:
        request.max_content_length = MAX_REQUEST_BYTES + file_bytes


def _healthy() -> Response:
    return jsonify(status="ok")


def _add_words(app: Flask, services: PageServices) -> None:
    """What templates may call."""

    def ago_now(moment: datetime | None) -> str:
        return ago(moment, services.clock())

    def at_time_now(moment: datetime) -> str:
        return at_time(moment, services.clock())

    def when_due_now(moment: datetime) -> str:
        return when_due(moment, services.clock())

    app.add_template_filter(ago_now, "ago")
    app.add_template_filter(at_time_now, "at_time")
    app.add_template_filter(when_due_now, "when_due")
    app.add_template_filter(seconds, "seconds")
    app.add_template_filter(day, "day")
    app.add_template_filter(day_and_time, "day_and_time")
    app.add_template_filter(to_the_second, "to_the_second")
    app.add_template_filter(file_size, "size")
    app.add_template_global(image_url, "image_url")

    @app.context_processor
    def current_viewer() -> dict[str, object]:
        return {"viewer": g.get("viewer")}
