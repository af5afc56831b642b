"""POST /hooks/<registration_id>: signed events from a platform or a script (docs/reference/webhook.md)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Protocol

import structlog
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Registration, RegistrationState
from lti_tool.sources import webhook
from lti_tool.usecases.ingest_events import Receipt
from lti_tool.usecases.ports import Clock

log = structlog.get_logger(__name__)


class FindRegistration(Protocol):
    def __call__(self, registration_id: str, /) -> Registration | None: ...


class Ingest(Protocol):
    """usecases.ingest_events.IngestEvents: stores events and (context id, activity) pairs, or raises."""

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]],
        /,
    ) -> Receipt: ...


def hooks_blueprint(registration_of: FindRegistration, ingest: Ingest, clock: Clock) -> Blueprint:
    """One route, without cookies and so without CSRF protection: the signature is the only way in.

    A refusal stores nothing and is decided in this order: platform, size, content type, signature, approval, body.
    """
    blueprint = Blueprint("hooks", __name__)

    @blueprint.post("/hooks/<registration_id>")
    def receive(registration_id: str) -> tuple[Response, int]:
        registration = registration_of(registration_id)
        if registration is None:
            raise NotFound("event.platform_unknown", "There is no such platform.")
        body = _body()
        now = clock.now()
        # While a secret is being changed both stand there, with a space between them.
        webhook.verify(dict(request.headers.items()), body, registration.webhook_secret.split(), now)
        if registration.state is not RegistrationState.ACTIVE:
            raise Forbidden("event.platform_inactive", "This platform is not approved.")
        event, activity = webhook.parse(request.headers["webhook-id"], body, now)
        if event is None:
            log.info("event.type_ignored", registration=registration.id)
            return jsonify(accepted=0), 202
        receipt = ingest(registration.id, [event], [(event.context_id, activity)] if activity else [])
        return jsonify(accepted=receipt.accepted), 202 if receipt.accepted else 200

    blueprint.register_error_handler(BadgeToolError, _refused)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _: _refused(_too_large()))
    blueprint.register_error_handler(
        ClientDisconnected,
        lambda _: _refused(BadgeToolError("event.malformed", "The body ended too early.")),
    )
    return blueprint


def _body() -> bytes:
    """The raw bytes, if they are few enough and say that they are JSON."""
    if (request.content_length or 0) > webhook.MAX_BODY_BYTES:
        raise _too_large()
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != "application/json" or charset.lower() != "utf-8":
        raise _content_type("Events are sent as application/json in UTF-8.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        # The signature is over the bytes as sent, and nothing is unpacked for a stranger.
        raise _content_type("Events are sent uncompressed.")
    # A body without a length (chunked) is silently cut at the limit: one byte more tells a whole one from a cut one.
    request.max_content_length = webhook.MAX_BODY_BYTES + 1
    body = request.get_data(cache=False)
    if len(body) > webhook.MAX_BODY_BYTES:
        raise _too_large()
    return body


def _too_large() -> BadgeToolError:
    return BadgeToolError("event.too_large", "An event may have 256 KiB at most.", status=413)


def _content_type(message: str) -> BadgeToolError:
    return BadgeToolError("event.content_type", message, status=415)


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    correlation_id = str(g.get("correlation_id") or secrets.token_hex(8))
    log.warning("event.refused", code=error.code, status=error.status, correlation_id=correlation_id)
    problem = {"code": error.code, "message": error.message, "correlation_id": correlation_id}
    if error.hint:
        problem["hint"] = error.hint
    return jsonify(error=problem), error.status
