"""One answer for every refusal: a page for people, JSON for scripts; nothing inner leaks."""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, Response, abort, g, jsonify, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from lti_tool.db.engine import StorageError, is_away
from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.security.viewer import PROOF_HEADER

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 10
_PROBLEM_PATHS = ("/credentials/", "/presentations/")

# HTTP status -> (code, sentence, hint) of refusals that Flask itself makes.
_HTTP = {
    400: ("request.malformed", "The browser sent something that could not be read.", ""),
    404: ("request.not_found", "There is no such page.", "The link may be incomplete or out of date."),
    405: ("request.not_found", "There is no such page.", "Open LTI Badges again from your course."),
    413: (
        "request.too_large",
        "What was sent is too large.",
        "A picture may have 2 MB; send fewer badges.",
    ),
    429: ("request.too_many", "Too many requests in a short time.", "Wait a minute, then try again."),
}


def add_error_handlers(app: Flask) -> None:
    """Registers the handlers and gives each request an id that pages and logs share."""

    @app.before_request
    def name_request() -> None:
        g.correlation_id = secrets.token_hex(8)
        # No id has this sign, and PostgreSQL refuses it in a text.
        if "\x00" in request.path or "%00" in request.query_string.decode("latin-1"):
            abort(404)

    app.register_error_handler(BadgeToolError, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(StorageError, _not_stored)
    app.register_error_handler(Exception, _crashed)


def _refused(error: BadgeToolError) -> Response:
    log.info("page.refused", code=error.code, status=error.status, correlation_id=correlation_id())
    return _answer(error)


def _http_refused(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    code, message, hint = _HTTP.get(status, ("request.refused", "The request could not be answered.", ""))
    response = _answer(BadgeToolError(code, message, status=status, hint=hint))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def unreadable_request(error: ValidationError) -> Response:
    """For a body that does not have the form that the interface's description asks for."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"])) or "the body"
    code = "request.malformed"
    return _answer(BadgeToolError(code, f"The request cannot be read at {where}: {first['msg']}.", status=422))


def _not_stored(error: StorageError) -> Response:
    """503 while the database is away: whoever sends us something keeps it and sends it again."""
    if not is_away(error):
        return _crashed(error)
    log.error("page.not_stored", error=type(error).__name__, correlation_id=correlation_id())
    message = "The tool's database does not answer at present."
    response = _answer(BadgeToolError("storage.unavailable", message, status=503, hint="Try again in a moment."))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _crashed(error: Exception) -> Response:
    log.error("page.crashed", exc_info=error, correlation_id=correlation_id())
    message = "Something went wrong on our side."
    return _answer(BadgeToolError("internal", message, status=500, hint="Try again in a moment."))


def _answer(error: BadgeToolError) -> Response:
    if request.path.startswith(_PROBLEM_PATHS):
        return _problem(error)
    if wants_json():
        problem = {"code": error.code, "message": error.message, "correlation_id": correlation_id()}
        response = jsonify(error=problem | ({"hint": error.hint} if error.hint else {}))
    else:
        response = make_response(render_template("error.html", error=error, correlation_id=correlation_id()))
    response.status_code = error.status
    return response


def _problem(error: BadgeToolError) -> Response:
    """Problem details (RFC 9457), as the VC API has them."""
    # What other interfaces here call unprocessable is malformed there.
    status = 400 if error.status == 422 else error.status
    told = {"type": f"urn:lti-badges:{error.code}", "title": error.code, "status": status}
    detail = f"{error.message} {error.hint}".strip()
    response = jsonify(told | {"detail": detail, "correlation_id": correlation_id()})
    response.mimetype = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    response.status_code = status
    return response


def wants_json() -> bool:
    """Whether a script asks: by its Accept header, by where it asks, or because it sends the token in a header."""
    if PROOF_HEADER in request.headers or request.path.endswith(".json") or request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"


def correlation_id() -> str:
    return str(g.get("correlation_id") or secrets.token_hex(8))
