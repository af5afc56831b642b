"""The external tools this LMS knows, from the pasted link to the active tool."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.times import stamp
from lti_tool.sandbox.webhook_secret import signer

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
EVENT_WEBHOOK = "urn:lti-badges:event-webhook"
TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Registration:
    """`state`: open (link pasted), pending (the tool has answered), active (the admin has agreed)."""

    id: int
    state: str
    registration_url: str
    client_id: str
    metadata: dict[str, Any]
    webhook_url: str
    webhook_secret: str = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.metadata.get("client_name") or urlsplit(self.registration_url).netloc)

    @property
    def tool(self) -> dict[str, Any]:
        """The LTI part of the metadata."""
        return dict(self.metadata.get(TOOL_CONFIGURATION) or {})

    @property
    def scopes(self) -> list[str]:
        return str(self.metadata.get("scope", "")).split()

    @property
    def origins(self) -> list[str]:
        """The web origins the tool is served from."""
        urls = [
            self.registration_url,
            self.metadata.get("initiate_login_uri"),
            self.tool.get("target_link_uri"),
            *self.metadata.get("redirect_uris", ()),
        ]
        return sorted({origin_of(url) for url in urls if url})

    def target_for(self, message_type: str) -> str:
        """Where a message of that type goes unless a link says otherwise."""
        for message in self.tool.get("messages", ()):
            if message.get("type") == message_type and message.get("target_link_uri"):
                return str(message["target_link_uri"])
        return str(self.tool["target_link_uri"])

    def speaks(self, message_type: str) -> bool:
        """Whether the tool said that it takes messages of that type."""
        return any(message.get("type") == message_type for message in self.tool.get("messages", ()))


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _registration(row: sqlite3.Row) -> Registration:
    return Registration(
        row["id"],
        row["state"],
        row["registration_url"],
        row["client_id"] or "",
        json.loads(row["metadata"]),
        row["webhook_url"],
        row["webhook_secret"],
    )


def start(
    connection: sqlite3.Connection, url: str, configuration_url: Callable[[str], str], now: datetime
) -> tuple[int, str]:
    """Begins a registration with the tool's link; returns its id and the URL to open, with a fresh token.

    `configuration_url` gives the address of the OpenID configuration for that token.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PracticeError("registration.url", "Paste the whole link, beginning with http:// or https://.")
    token = secrets.token_urlsafe(32)
    registration_id = connection.execute(
        "INSERT INTO registrations (state, registration_url, token_hash, token_expires_at, created_at)"
        " VALUES ('open', ?, ?, ?, ?)",
        (url.strip(), _hash(token), stamp(now + TOKEN_LIFETIME), stamp(now)),
    ).lastrowid
    assert registration_id is not None
    added = urlencode({"openid_configuration": configuration_url(token), "registration_token": token})
    query = f"{parts.query}&{added}" if parts.query else added
    return registration_id, urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def take_token(connection: sqlite3.Connection, token: str, now: datetime) -> int | None:
    """The registration a token may answer: None if the token is unknown, used or expired. Its answer spends it."""
    row = connection.execute(
        "SELECT id FROM registrations WHERE token_hash = ? AND state = 'open' AND token_expires_at > ?",
        (_hash(token), stamp(now)),
    ).fetchone()
    return None if row is None else int(row["id"])


def token_used(connection: sqlite3.Connection, token: str) -> bool:
    """Whether a tool has registered with that token."""
    row = connection.execute(
        "SELECT 1 FROM registrations WHERE token_hash = ? AND state <> 'open'", (_hash(token),)
    ).fetchone()
    return row is not None


def answer(
    connection: sqlite3.Connection,
    registration_id: int,
    client_id: str,
    metadata: dict[str, Any],
    webhook: dict[str, Any],
) -> Registration:
    """Keeps what the tool answered; it is pending from now on, and the token it came with is spent."""
    connection.execute(
        "UPDATE registrations SET state = 'pending', client_id = ?, metadata = ? WHERE id = ?",
        (client_id, json.dumps(metadata), registration_id),
    )
    if webhook:
        set_webhook(connection, registration_id, str(webhook.get("url", "")), str(webhook.get("secret", "")))
    return find(connection, registration_id)


def set_webhook(connection: sqlite3.Connection, registration_id: int, url: str, secret: str) -> None:
    """Where events go, and the secret that signs them; an empty URL switches them off.

    An empty secret keeps the one that is there, so that a page need not show it.
    """
    current = find(connection, registration_id)
    secret = secret.strip() or current.webhook_secret
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise PracticeError("webhook.url", "The webhook address begins with http:// or https://.")
    if url:
        try:
            signer(secret)
        except ValueError as error:
            raise PracticeError("webhook.secret", "The secret is whsec_ and base64 text.") from error
    connection.execute(
        "UPDATE registrations SET webhook_url = ?, webhook_secret = ? WHERE id = ?",
        (url.strip(), secret, registration_id),
    )


def activate(connection: sqlite3.Connection, registration_id: int) -> Registration:
    """The admin agrees to a pending tool."""
    if find(connection, registration_id).state == "open":
        raise PracticeError("registration.unanswered", "The tool has not registered itself yet.", 409)
    connection.execute("UPDATE registrations SET state = 'active' WHERE id = ?", (registration_id,))
    return find(connection, registration_id)


def remove(connection: sqlite3.Connection, registration_id: int) -> None:
    """Forgets a tool with its links, columns and deliveries."""
    connection.execute("DELETE FROM registrations WHERE id = ?", (registration_id,))


def find(connection: sqlite3.Connection, registration_id: int) -> Registration:
    """One registration; PracticeError 404 if there is none."""
    row = connection.execute("SELECT * FROM registrations WHERE id = ?", (registration_id,)).fetchone()
    if row is None:
        raise PracticeError("registration.unknown", "There is no such external tool.", 404)
    return _registration(row)


def find_client(connection: sqlite3.Connection, client_id: str) -> Registration | None:
    """The registration with that client id."""
    row = connection.execute("SELECT * FROM registrations WHERE client_id = ?", (client_id,)).fetchone()
    return None if row is None else _registration(row)


def listing(connection: sqlite3.Connection, active_only: bool = False) -> list[Registration]:
    """All tools, oldest first."""
    rows = connection.execute("SELECT * FROM registrations ORDER BY id")
    return [each for each in map(_registration, rows) if each.state == "active" or not active_only]
