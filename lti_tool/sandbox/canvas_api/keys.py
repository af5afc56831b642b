"""Developer keys for the API, and the tokens that were given for them."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_tool.sandbox.times import stamp

TOKEN_LIFE = timedelta(hours=1)
CODE_LIFE = timedelta(minutes=10)
_FIRST_CLIENT = 10_000_000_000_501


@dataclass(frozen=True)
class ApiKey:
    """`scopes` empty: they are not enforced. `includes`: “Allow Include Parameters”."""

    client_id: str
    secret: str
    redirect_uri: str
    scopes: tuple[str, ...]
    includes: bool


def add(connection: sqlite3.Connection, redirect_uri: str, scopes: list[str], includes: bool) -> ApiKey:
    number = connection.execute("SELECT count(*) FROM api_keys").fetchone()[0]
    key = ApiKey(str(_FIRST_CLIENT + number), secrets.token_urlsafe(48), redirect_uri, tuple(scopes), includes)
    connection.execute(
        "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)",
        (key.client_id, key.secret, redirect_uri, json.dumps(scopes), includes),
    )
    return key


def find(connection: sqlite3.Connection, client_id: str) -> ApiKey | None:
    row = connection.execute("SELECT * FROM api_keys WHERE client_id = ?", (client_id,)).fetchone()
    if row is None:
        return None
    scopes = tuple(json.loads(row["scopes"]))
    return ApiKey(row["client_id"], row["secret"], row["redirect_uri"], scopes, bool(row["includes"]))


def give(
    connection: sqlite3.Connection, key: ApiKey, kind: str, user_id: str, scopes: list[str], expires_at: datetime | None
) -> str:
    """A new secret of that kind: "code", "access" or "refresh"."""
    token = f"7~{secrets.token_urlsafe(40)}"
    connection.execute(
        "INSERT INTO api_tokens VALUES (?, ?, ?, ?, ?, ?)",
        (_hash(token), key.client_id, kind, user_id, json.dumps(scopes), stamp(expires_at) if expires_at else None),
    )
    return token


def look_up(connection: sqlite3.Connection, kind: str, token: str, now: datetime) -> dict[str, Any] | None:
    """Whose it is and what for, while it lasts."""
    row = connection.execute(
        "SELECT * FROM api_tokens WHERE token_hash = ? AND kind = ? AND (expires_at IS NULL OR expires_at > ?)",
        (_hash(token), kind, stamp(now)),
    ).fetchone()
    return {**dict(row), "scopes": json.loads(row["scopes"])} if row else None


def forget(connection: sqlite3.Connection, token: str) -> None:
    connection.execute("DELETE FROM api_tokens WHERE token_hash = ?", (_hash(token),))


def end(connection: sqlite3.Connection, kinds: tuple[str, ...]) -> None:
    """All tokens of these kinds count no more."""
    connection.executemany("DELETE FROM api_tokens WHERE kind = ?", [(kind,) for kind in kinds])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
