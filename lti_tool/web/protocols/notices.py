"""POST /lti/<registration_id>/notices: what a platform tells without being asked (LTI PNS 1.0)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.notice import Notice
from lti_tool.domain.platform import Registration, RegistrationState

MAX_BODY_BYTES = 512 * 1024
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """What the route calls. `read_body` gives the tokens of a message; `read` verifies one of them; `receive` stores
    a notice and says whether it is news. All raise BadgeToolError."""

    registration_of: Callable[[str], Registration | None]
    read_body: Callable[[bytes], list[Any]]
    read: Callable[[str, Registration, datetime], Notice]
    receive: Callable[[Notice], bool]
    now: Callable[[], datetime]


def notices_blueprint(desk: NoticeDesk) -> Blueprint:
    """One route, without cookies and so without CSRF protection: each notice is signed by the platform.

    Notices are judged one by one, so that a bad one does not cost the others; platforms do not send them again.
    """
    blueprint = Blueprint("notices", __name__)

    @blueprint.post("/lti/<registration_id>/notices")
    def receive(registration_id: str) -> tuple[Response, int]:
        registration = desk.registration_of(registration_id)
        if registration is None:
            raise NotFound("notice.platform_unknown", "There is no such platform.")
        if registration.state is not RegistrationState.ACTIVE:
            raise Forbidden("notice.platform_inactive", "This platform is not approved.")
        outcomes = [_take(desk, registration, token) for token in desk.read_body(_body())]
        errors = [error for error in outcomes if error is not None]
        if errors and len(errors) == len(outcomes):
            raise errors[0]
        return jsonify(accepted=len(outcomes) - len(errors), refused=[error.code for error in errors]), 200

    blueprint.register_error_handler(BadgeToolError, _refused)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _: _refused(_too_large()))
    blueprint.register_error_handler(
        ClientDisconnected,
        lambda _: _refused(BadgeToolError("notice.malformed", "The message ended too early.")),
    )
    return blueprint


def _take(desk: NoticeDesk, registration: Registration, token: Any) -> BadgeToolError | None:
    """Stores one notice; gives why not."""
    try:
        if not isinstance(token, str):
            raise BadgeToolError("notice.malformed", "An entry of the message holds no notice.")
        notice = desk.read(token, registration, desk.now())
        is_new = desk.receive(notice)
    except BadgeToolError as error:
        log.warning("notice.refused", registration=registration.id, code=error.code, correlation_id=_correlation_id())
        return error
    log.info("notice.accepted", registration=registration.id, id=notice.notice_id, type=notice.type.value, new=is_new)
    return None


def _body() -> bytes:
    """The raw bytes, if they are few enough and say that they are JSON."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise _too_large()
    if request.mimetype != "application/json":
        raise BadgeToolError("notice.content_type", "Notices are sent as application/json.", status=415)
    # A body without a length (chunked) is silently cut at the limit: one byte more tells a whole one from a cut one.
    request.max_content_length = MAX_BODY_BYTES + 1
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY_BYTES:
        raise _too_large()
    return body


def _too_large() -> BadgeToolError:
    return BadgeToolError("notice.too_large", "A message of notices may have 512 KiB at most.", status=413)


def _correlation_id() -> str:
    return str(g.get("correlation_id") or secrets.token_hex(8))


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    correlation_id = _correlation_id()
    log.warning("notice.message_refused", code=error.code, status=error.status, correlation_id=correlation_id)
    return jsonify(error={"code": error.code, "message": error.message, "correlation_id": correlation_id}), error.status
