"""Platform Notification Service 1.0: tools say which notices they want, and get them signed. Nothing is sent twice."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import copies, course, registrations, scopes
from lti_tool.sandbox.access_tokens import authorize
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.practice import Practice, this_practice
from lti_tool.sandbox.registrations import Registration

log = logging.getLogger(__name__)
blueprint = Blueprint("notices", __name__)

HELLO_WORLD, CONTEXT_COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"
LIFETIME_SECONDS = 3600
TIMEOUT_SECONDS = 5.0


def read_handlers(tool: int) -> Response:
    """The tool's handlers, one a type; an empty address where it has none."""
    registration = _own(tool)
    handlers = _handlers(this_practice(), registration)
    return jsonify(
        client_id=registration.client_id,
        deployment_id=this_practice().form.deployment_id(registration.id),
        notice_handlers=[
            {"notice_type": each, "handler": handlers.get(each, "")} for each in this_practice().form.notice_types
        ],
    )


def set_handler(tool: int) -> Response:
    """``{notice_type, handler}``: an empty handler ends it. Who asks for HelloWorld is greeted at once."""
    registration = _own(tool)
    practice = this_practice()
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    notice_type, handler = str(body.get("notice_type", "")), str(body.get("handler") or "")
    if notice_type not in practice.form.notice_types:
        raise PracticeError("notices.type", "This notice type is not known.")
    if handler and urlsplit(handler).netloc != registration.tool.get("domain"):
        raise PracticeError("notices.handler", "The handler must be at the tool's domain.")
    with practice.database.transaction() as connection:
        connection.execute("REPLACE INTO notice_handlers VALUES (?, ?, ?)", (registration.id, notice_type, handler))
    if handler and notice_type == HELLO_WORLD:
        greeting = {"title": "Hello World!", "message": "You have subscribed to LtiHelloWorldNotice."}
        account = {"id": practice.form.context_id, "title": course.TITLE, "type": ["Account"]}
        extra = {CLAIM + "context": account, "https://www.instructure.com/hello_world": greeting}
        _send_later(practice, registration, notice_type, handler, extra)
    return jsonify(notice_type=notice_type, handler=handler)


def _own(tool: int) -> Registration:
    registration = authorize(scopes.NOTICES)
    if registration.id != tool:
        raise PracticeError("notices.foreign", "This is another tool's address.", 404)
    return registration


def _handlers(practice: Practice, registration: Registration) -> dict[str, str]:
    with practice.database.reading() as connection:
        rows = connection.execute(
            "SELECT notice_type, handler FROM notice_handlers WHERE registration_id = ?", (registration.id,)
        )
        return {row["notice_type"]: row["handler"] for row in rows}


def tell_of_copy(practice: Practice) -> tuple[str, int]:
    """Says that the course was copied: the new course's id, and how many tools are told."""
    with practice.database.transaction() as connection:
        new_context = copies.make(connection, practice.form).context_id
    extra = {
        CLAIM + "context": {
            "id": new_context,
            "label": copies.LABEL,
            "title": copies.TITLE,
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"],
        },
        CLAIM + "origin_contexts": [practice.form.context_id],
    }
    with practice.database.reading() as connection:
        tools = registrations.listing(connection, active_only=True)
    told = 0
    for tool in tools:
        handler = _handlers(practice, tool).get(CONTEXT_COPY)
        if handler:
            _send_later(practice, tool, CONTEXT_COPY, handler, extra)
            told += 1
    return new_context, told


def _send_later(
    practice: Practice, registration: Registration, notice_type: str, handler: str, extra: dict[str, Any]
) -> None:
    """Outside the request: the tool may be waiting for its answer before it takes another."""
    now = practice.clock()
    token = practice.keys.sign(
        {
            "iss": practice.site.issuer,
            "aud": registration.client_id,
            "azp": registration.client_id,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + LIFETIME_SECONDS,
            "nonce": str(uuid.uuid4()),
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": practice.form.deployment_id(registration.id),
            CLAIM + "notice": {
                "id": str(uuid.uuid4()),
                "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "type": notice_type,
            },
            **extra,
        }
    )
    threading.Thread(target=_send, args=(practice, handler, token), name="practice-notice", daemon=True).start()


def _send(practice: Practice, handler: str, token: str) -> None:
    try:
        practice.http.post(handler, json={"notices": [{"jwt": token}]}, timeout=TIMEOUT_SECONDS)
    except requests.RequestException:
        log.warning("a notice was not taken; it is not sent again")
