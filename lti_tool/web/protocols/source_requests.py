"""What the addresses share to which senders with a credential of ours post their events."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Registration, RegistrationState
from lti_tool.sources.batch import Batch
from lti_tool.sources.sender import Sender
from lti_tool.usecases.ingest_events import Receipt
from lti_tool.usecases.ports import RefusedEvent, SourceCredential

log = structlog.get_logger(__name__)
JSON = "application/json"
# More of them in one line would tell nothing more.
MOST_TOLD = 20


class CheckKey(Protocol):
    """usecases.source_keys.CheckSourceKey."""

    def __call__(self, registration_id: str, source: str, key_id: str, secret: str, /) -> SourceCredential: ...
    def named(self, registration_id: str, source: str, key_id: str, /) -> SourceCredential: ...


class IngestBatch(Protocol):
    """usecases.ingest_events.IngestEvents: stores events and (context id, activity) pairs, or raises; `refuse` keeps
    what cannot be used; `changed` names courses to be read. `ignored` counts what there is no use for."""

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]],
        /,
        *,
        tolerant: bool,
        refused: Sequence[RefusedEvent],
        changed: Iterable[str],
    ) -> Receipt: ...
    def refuse(self, registration_id: str, refused: Sequence[RefusedEvent], /) -> None: ...
    def ignored(self, source: str, count: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class SourceDesk:
    """What the routes call. `heard(credential, moment)` notes that it was used."""

    registration_of: Callable[[str], Registration | None]
    check_key: CheckKey
    ingest: IngestBatch
    heard: Callable[[SourceCredential, datetime], None]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a sender that may tell something."""

    registration: Registration
    credential: SourceCredential
    body: bytes
    now: datetime

    @property
    def sender(self) -> Sender:
        """How the statements of a sender of xAPI or Caliper are meant."""
        return Sender.from_json(self.credential.settings)


def known_platform(desk: SourceDesk, registration_id: str) -> Registration:
    registration = desk.registration_of(registration_id)
    if registration is None:
        raise NotFound("event.platform_unknown", "There is no such platform.")
    return registration


def admit(
    desk: SourceDesk, registration_id: str, source: str, key: Callable[[str | None], tuple[str, str]], most_bytes: int
) -> Request:
    """The request, if it may be heard. A refusal stores nothing and is decided in this order: platform, size, content
    type, credential, approval, body. `key` reads the Authorization header; the address is never looked at for secrets.
    """
    registration = known_platform(desk, registration_id)
    check_envelope(most_bytes)
    credential = desk.check_key(registration.id, source, *key(request.headers.get("Authorization")))
    check_approved(registration)
    return Request(registration, credential, read_body(most_bytes), desk.now())


def check_approved(registration: Registration) -> None:
    if registration.state is not RegistrationState.ACTIVE:
        raise Forbidden("event.platform_inactive", "This platform is not approved.")


def store(desk: SourceDesk, heard: Request, batch: Batch, *, tolerant: bool) -> Receipt:
    """Stores what was read before it is acknowledged, and tells in one line what came of it.

    What cannot be used is kept for the administrator. A request that holds nothing else is refused as its first is."""
    refused = [
        RefusedEvent(heard.credential.source, one.event_id, one.error.code, one.error.message, one.said)
        for one in batch.refused
    ]
    if batch.is_refused:
        desk.ingest.refuse(heard.registration.id, refused)
        raise batch.refused[0].error
    receipt = desk.ingest(
        heard.registration.id,
        batch.events,
        batch.activities,
        tolerant=tolerant,
        refused=refused,
        changed=batch.changed,
    )
    desk.heard(heard.credential, heard.now)
    desk.ingest.ignored(heard.credential.source, batch.ignored)
    told = {
        "registration": heard.registration.id,
        "source": heard.credential.source,
        "accepted": receipt.accepted,
        "repeated": receipt.repeated,
        "conflicting": receipt.conflicting,
        "ignored": batch.ignored,
    }
    if batch.refused or receipt.conflicting:
        # Codes and places only: the sender's own words stay out of the log.
        reasons = [f"{one.index}: {one.error.code}" for one in batch.refused[:MOST_TOLD]]
        told |= {"refused": len(batch.refused), "reasons": reasons, "correlation_id": correlation_id()}
        log.warning("batch.refused_in_part", **told)
    else:
        log.info("batch.heard", **told)
    return receipt


def correlation_id() -> str:
    if "correlation_id" not in g:
        g.correlation_id = secrets.token_hex(8)
    return str(g.correlation_id)


def receipt_json(receipt: Receipt, batch: Batch) -> tuple[Response, int]:
    """What came of a request, for a sender that no specification tells what to expect: 202 where anything was new."""
    told = {
        "accepted": receipt.accepted,
        "repeated": receipt.repeated,
        "conflicting": receipt.conflicting,
        "ignored": batch.ignored,
        "refused": [{"index": one.index, "code": one.error.code} for one in batch.refused],
    }
    return jsonify(told), 202 if receipt.accepted else 200


def answer_refusals(blueprint: Blueprint) -> None:
    """Refusals in JSON, for the programs that send."""
    blueprint.register_error_handler(BadgeToolError, _refused)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _: _refused(_too_large()))
    blueprint.register_error_handler(ClientDisconnected, lambda error: _refused(_ended_early(error)))


def check_envelope(most_bytes: int, media_types: Collection[str] = (JSON,)) -> None:
    """Refuses what is too large, no text of these types, or compressed, before anything of it is read."""
    if (request.content_length or 0) > most_bytes:
        raise _too_large()
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype not in media_types or charset.lower() != "utf-8":
        raise _content_type("Events are sent as application/json in UTF-8.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        # Nothing is unpacked: a small body may become a large one.
        raise _content_type("Events are sent uncompressed.")


def read_body(most_bytes: int) -> bytes:
    """The raw bytes."""
    # A body without a length (chunked) is silently cut at the limit: one byte more tells a whole one from a cut one.
    request.max_content_length = most_bytes + 1
    body = request.get_data(cache=False)
    if len(body) > most_bytes:
        raise _too_large()
    return body


def _ended_early(error: Exception) -> BadgeToolError:
    if isinstance(error.__context__, BlockingIOError | TimeoutError):
        return BadgeToolError("event.too_slow", "The body did not come to its end.", status=408)
    return BadgeToolError("event.malformed", "The body ended too early.")


def _too_large() -> BadgeToolError:
    return BadgeToolError("event.too_large", "The request is too large.", status=413)


def _content_type(message: str) -> BadgeToolError:
    return BadgeToolError("event.content_type", message, status=415)


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    log.warning("event.refused", code=error.code, status=error.status, correlation_id=correlation_id())
    problem = {"code": error.code, "message": error.message, "correlation_id": correlation_id()}
    if error.hint:
        problem["hint"] = error.hint
    answer = jsonify(error=problem)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = g.get("challenge", "Basic")
    return answer, error.status
