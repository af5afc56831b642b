"""POST /hooks/<registration_id>: signed events from a platform or a script (docs/reference/webhook.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from flask import Blueprint, Response, g, jsonify, request

from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Registration, RegistrationState
from lti_tool.sources import webhook
from lti_tool.usecases.ingest_events import Receipt
from lti_tool.usecases.ports import RefusedEvent, SourceCredential
from lti_tool.web.protocols.source_requests import answer_refusals, check_envelope, read_body

log = structlog.get_logger(__name__)


class Ingest(Protocol):
    """usecases.ingest_events.IngestEvents: stores events and (context id, activity) pairs, or raises; `refuse` keeps
    what cannot be used. `ignored` counts what there is no use for."""

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Sequence[tuple[str, Activity]],
        /,
    ) -> Receipt: ...
    def refuse(self, registration_id: str, refused: Sequence[RefusedEvent], /) -> None: ...
    def ignored(self, source: str, count: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class HookDesk:
    """What the route calls. `keys_of(registration id, source)`: credentials that were made for its senders, retired
    ones too. `heard(credential, moment)` notes that one was used."""

    registration_of: Callable[[str], Registration | None]
    keys_of: Callable[[str, str], Sequence[SourceCredential]]
    ingest: Ingest
    heard: Callable[[SourceCredential, datetime], None]
    now: Callable[[], datetime]


def hooks_blueprint(desk: HookDesk) -> Blueprint:
    """One route, without cookies and so without CSRF protection: the signature is the only way in.

    A refusal is decided in this order: platform, size, content type, signature, approval, body. What a proven sender
    said and nobody can use is kept for the administrator; any other refusal stores nothing.
    """
    blueprint = Blueprint("hooks", __name__)

    @blueprint.post("/hooks/<registration_id>")
    def receive(registration_id: str) -> tuple[Response, int]:
        registration = desk.registration_of(registration_id)
        if registration is None:
            raise NotFound("event.platform_unknown", "There is no such platform.")
        g.challenge = "HMAC-SHA256"
        check_envelope(webhook.MAX_BODY_BYTES)
        body, now = read_body(webhook.MAX_BODY_BYTES), desk.now()
        used = _prove(desk, registration, body, now)
        if registration.state is not RegistrationState.ACTIVE:
            raise Forbidden("event.platform_inactive", "This platform is not approved.")
        answer = _take_in(desk, registration.id, body, now)
        if used is not None:
            desk.heard(used, now)
        return answer

    answer_refusals(blueprint)
    return blueprint


def _prove(desk: HookDesk, registration: Registration, body: bytes, now: datetime) -> SourceCredential | None:
    """Whose secret signed it: the credential, or None for the secret that was agreed on at registration."""
    headers = dict(request.headers.items())
    try:
        # While that secret is being changed both stand there, with a space between them.
        webhook.verify(headers, body, registration.webhook_secret.split(), now)
        return None
    except BadgeToolError as error:
        if error.code != webhook.NOT_THE_SECRET:
            raise
        keys = {webhook.signing_secret(one.secret): one for one in desk.keys_of(registration.id, webhook.SOURCE)}
        if not keys:
            raise
    used = keys[webhook.verify(headers, body, list(keys), now)]
    if used.retired_at is not None:
        raise BadgeToolError("event.key_unknown", "The secret does not count any more.", status=401)
    return used


def _take_in(desk: HookDesk, registration_id: str, body: bytes, now: datetime) -> tuple[Response, int]:
    message_id = request.headers["webhook-id"]
    try:
        event, activity = webhook.parse(message_id, body, now)
    except BadgeToolError as error:
        said = body.decode(errors="replace")
        kept = RefusedEvent(webhook.SOURCE, message_id, error.code, error.message, said)
        desk.ingest.refuse(registration_id, [kept])
        raise
    if event is None:
        desk.ingest.ignored(webhook.SOURCE, 1)
        log.info("event.type_ignored", registration=registration_id)
        return jsonify(accepted=0), 202
    receipt = desk.ingest(registration_id, [event], [(event.context_id, activity)] if activity else [])
    return jsonify(accepted=receipt.accepted), 202 if receipt.accepted else 200
