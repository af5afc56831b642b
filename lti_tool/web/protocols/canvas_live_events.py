"""Live Events of Canvas Data Services (docs/reference/canvas-live-events.md).

POST /canvas-live-events/<registration_id>/<key_id> takes what Canvas signed. With the stream's secret after it the
address takes unsigned events too, where an administrator has chosen that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, g

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.sources import canvas_live_events as live
from lti_tool.sources.batch import Batch
from lti_tool.sources.canvas_live_events.signature import FindKey
from lti_tool.usecases.ports import SourceCredential
from lti_tool.web.protocols.source_requests import (
    JSON,
    Request,
    SourceDesk,
    answer_refusals,
    check_approved,
    check_envelope,
    known_platform,
    read_body,
    receipt_json,
    store,
)

# Canvas does not say as what it sends; a form or a page is none of these.
MEDIA_TYPES = (JSON, "application/jwt", "application/jose", "text/plain", "application/octet-stream", "")
# (registration id, code of the refusal, "" where the event was proven) for the platform's diagnosis.
Note = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class LiveEventsDesk:
    """`find_key(address of the key set, kid)` gives Canvas's key."""

    sources: SourceDesk
    find_key: FindKey
    note: Note


def canvas_live_events_blueprint(desk: LiveEventsDesk) -> Blueprint:
    """Routes without cookies and so without CSRF protection. A refusal stores nothing and is decided in this order:
    platform, size, content type, stream, signature, account, approval, body."""
    blueprint = Blueprint("canvas_live_events", __name__)

    @blueprint.post("/canvas-live-events/<registration_id>/<key_id>")
    def receive(registration_id: str, key_id: str) -> tuple[Response, int]:
        registration = _platform(desk, registration_id)
        credential = desk.sources.check_key.named(registration.id, live.SOURCE, key_id)
        return _take(desk, registration, credential, must_be_signed=True)

    @blueprint.post("/canvas-live-events/<registration_id>/<key_id>/<secret>")
    def receive_unsigned(registration_id: str, key_id: str, secret: str) -> tuple[Response, int]:
        registration = _platform(desk, registration_id)
        credential = desk.sources.check_key(registration.id, live.SOURCE, key_id, secret)
        must_be_signed = live.Stream.from_json(credential.settings).is_signed
        return _take(desk, registration, credential, must_be_signed=must_be_signed)

    answer_refusals(blueprint)
    return blueprint


def _platform(desk: LiveEventsDesk, registration_id: str) -> Registration:
    registration = known_platform(desk.sources, registration_id)
    g.challenge = "Bearer"
    check_envelope(live.MAX_BODY_BYTES, MEDIA_TYPES)
    return registration


def _take(
    desk: LiveEventsDesk, registration: Registration, credential: SourceCredential, *, must_be_signed: bool
) -> tuple[Response, int]:
    heard = Request(registration, credential, read_body(live.MAX_BODY_BYTES), desk.sources.now())
    try:
        batch = _proven(desk, heard, must_be_signed)
    except BadgeToolError as error:
        desk.note(registration.id, error.code)
        raise
    desk.note(registration.id, "")
    return receipt_json(store(desk.sources, heard, batch, tolerant=len(batch.events) != 1), batch)


def _proven(desk: LiveEventsDesk, heard: Request, must_be_signed: bool) -> Batch:
    """What the body says, once it is certain that this platform's Canvas said it."""
    stream = live.Stream.from_json(heard.credential.settings)
    body = heard.body
    if must_be_signed or live.looks_signed(body):
        body = live.verify(body, stream.jwks_url, desk.find_key)
    payload = live.read_payload(body, heard.now)
    live.check_account(payload, stream, heard.registration.platform_guid)
    check_approved(heard.registration)
    return live.parse(payload, stream, heard.now)
