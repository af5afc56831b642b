"""Deep Linking 2.0: a tool answers with links, and they are placed in the course."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from datetime import datetime, timedelta
from typing import Any

import jwt
import requests
from flask import Blueprint, render_template, request

from lti_tool.sandbox import line_items, links, registrations, tool_tokens
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.launches import RESOURCE_LINK
from lti_tool.sandbox.practice import Practice, this_practice
from lti_tool.sandbox.registrations import Registration, origin_of
from lti_tool.sandbox.times import stamp
from lti_tool.sandbox.tool_tokens import JwtRules

blueprint = Blueprint("deep_linking", __name__)
REQUEST_LIFETIME = timedelta(hours=1)
DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def open_request(connection: sqlite3.Connection, registration_id: int, now: datetime) -> str:
    """Remembers that a tool was asked; returns the opaque ``data`` it has to send back."""
    data = secrets.token_urlsafe(24)
    connection.execute(
        "INSERT INTO deep_linking_requests VALUES (?, ?, ?)",
        (data, registration_id, stamp(now + REQUEST_LIFETIME)),
    )
    return data


def take_answer() -> str:
    """Places the links of the tool's answer. The answer's own signature says whose it is; no cookie does."""
    practice = this_practice()
    registration, answer = _verified(practice, request.form.get("JWT", ""))
    now = practice.clock()
    items = [_checked(practice.form, registration, each) for each in answer.get(DL_CLAIM + "content_items") or []]
    with practice.database.transaction() as connection:
        nonce = f"nonce:{answer['nonce']}"
        if not tool_tokens.first_use(connection, registration.id, nonce, answer["exp"], now):
            raise PracticeError("deep_linking.nonce_used", "This answer was used before.")
        asked = connection.execute(
            "DELETE FROM deep_linking_requests WHERE data = ? AND registration_id = ? AND expires_at > ?",
            (
                practice.form.answered_data(str(answer.get(DL_CLAIM + "data", "")), request.args),
                registration.id,
                stamp(now),
            ),
        )
        if asked.rowcount != 1:
            raise PracticeError("deep_linking.data", "Nobody asked the tool for this answer, or too long ago.")
        for link, item in items:
            link_id = links.place(connection, link, stamp(now))
            if item is not None:
                line_items.add(connection, _coupled(item, link_id))
    _look_at(practice, registration, [link for link, _ in items])
    return render_template(
        "practice/deep_linking_done.html",
        titles=[link.title for link, _ in items],
        message=str(answer.get(DL_CLAIM + "errormsg") or answer.get(DL_CLAIM + "msg") or ""),
    )


def _rules(practice: Practice) -> JwtRules:
    return JwtRules([practice.site.issuer], ("iss", "aud", "exp", "iat", "nonce"))


def _look_at(practice: Practice, registration: Registration, placed: list[links.Link]) -> None:
    """Asks for the addresses of new links as some LMSs do, whatever comes back, and while the teacher goes on."""
    agent = practice.form.visits_placed_as
    if not agent:
        return
    for link in placed:
        url = link.url or registration.target_for(RESOURCE_LINK)
        threading.Thread(target=_visit, args=(practice, url, agent), daemon=True).start()


def _visit(practice: Practice, url: str, agent: str) -> None:
    with contextlib.suppress(requests.RequestException):
        practice.http.get(url, headers={"User-Agent": agent}, timeout=5, stream=True).close()


def _verified(practice: Practice, token: str) -> tuple[Registration, dict[str, Any]]:
    try:
        issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
    except jwt.PyJWTError as error:
        raise PracticeError("deep_linking.jwt", "The tool's answer is not a JWT.") from error
    with practice.database.reading() as connection:
        registration = registrations.find_client(connection, issuer)
    if registration is None or registration.state != "active":
        raise PracticeError("deep_linking.client", "The answer comes from no active tool.")
    try:
        answer = tool_tokens.verify(practice, registration, token, _rules(practice))
    except tool_tokens.ToolTokenRefused as error:
        raise PracticeError("deep_linking.jwt", f"The tool's answer is refused: {error}.") from error
    expected = {
        "message_type": "LtiDeepLinkingResponse",
        "version": "1.3.0",
        "deployment_id": practice.form.deployment_id(registration.id),
    }
    for name, value in expected.items():
        if answer.get(CLAIM + name) != value:
            raise PracticeError("deep_linking.claims", f"The tool's answer has a wrong {name}.")
    return registration, answer


def _checked(form: Form, registration: Registration, item: Any) -> tuple[links.Link, line_items.LineItem | None]:
    """One content item as a link and its column."""
    if not isinstance(item, dict):
        raise PracticeError("deep_linking.type", "An item is a JSON object.")
    form.check_item(item)
    url, custom = str(item.get("url") or ""), item.get("custom") or {}
    if url and origin_of(url) not in registration.origins:
        raise PracticeError("deep_linking.url", "The link does not lead to the tool.")
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        raise PracticeError("deep_linking.custom", "Custom parameters are texts.")
    title = str(item.get("title") or registration.name)
    column = item.get("lineItem")
    if column is not None and isinstance(column, dict):
        column = {"label": title, **column}
    link = links.Link("", registration.id, title[:255], str(item.get("text") or "")[:2000], url, custom)
    return link, None if column is None else line_items.parse(column, registration.id)


def _coupled(item: line_items.LineItem, link_id: str) -> line_items.LineItem:
    return line_items.LineItem(
        0, item.registration_id, item.label, item.maximum, item.resource_id, item.tag, link_id, item.extra
    )
