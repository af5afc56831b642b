"""The peer of `launch`: a Flask tool on PyLTI1p3 as its own guide builds one, with nothing added to the library.

ToolConfDict, the library's Flask adapters and its cache storage. `Memory` is the cache: a dictionary in the process,
which costs less than any server would. `Stored` is the same interface over SQLite, written as a launch of ours is (WAL,
synchronous=NORMAL), for a comparison of like with like. The library keeps platforms' public keys only where it is told
to (`keep_keys`); its own Flask example (github.com/dmitry-viskov/pylti1.3-flask-example) does not, and asks for them at
every launch. What that example does besides is left out, in the peer's favour: it reads its configuration from a file
at each request, and checks cookies on a page of its own.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from flask import Flask, Response
from pylti1p3.contrib.flask.launch_data_storage.cache import FlaskCacheDataStorage
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.tool_config.dict import ToolConfDict


class Cache(Protocol):
    """What PyLTI1p3's cache storage calls."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: Any, lifetime: int | None) -> None: ...


class Memory:
    """A dictionary that forgets what is too old when it is asked for."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Any]] = {}

    def get(self, key: str) -> Any:
        expires_at, value = self._kept.get(key, (0.0, None))
        return value if expires_at > time.monotonic() else None

    def set(self, key: str, value: Any, lifetime: int | None) -> None:
        self._kept[key] = (time.monotonic() + (lifetime or 86_400), value)


class Stored:
    """One table; what was set survives the process, and is on disk with the next flush of the journal."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value TEXT, expires_at REAL)")

    def get(self, key: str) -> Any:
        row = self._connection.execute(
            "SELECT value FROM kept WHERE key = ? AND expires_at > ?", (key, time.time())
        ).fetchone()
        return json.loads(row[0]) if row else None

    def set(self, key: str, value: Any, lifetime: int | None) -> None:
        row = (key, json.dumps(value), time.time() + (lifetime or 86_400))
        self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", row)


def stock_tool(
    issuer: str,
    client_id: str,
    deployment_id: str,
    jwks_url: str,
    launch_url: str,
    cache: Cache,
    *,
    keep_keys: bool = False,
) -> Flask:
    """The address of `launch_url` answers a launch with the person's name; the one of the login ends in /login."""
    own = generate_private_key(65537, 2048)
    configuration = ToolConfDict(
        {
            issuer: [
                {
                    "default": True,
                    "client_id": client_id,
                    "auth_login_url": f"{issuer}/auth",
                    "auth_token_url": f"{issuer}/token",
                    "key_set_url": jwks_url,
                    "deployment_ids": [deployment_id],
                }
            ]
        }
    )
    pem = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    configuration.set_private_key(issuer, pem.decode(), client_id=client_id)
    public = own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    configuration.set_public_key(issuer, public.decode(), client_id=client_id)
    path = urlsplit(launch_url).path
    app = Flask(__name__)
    app.secret_key = "for a benchmark"

    @app.get(path.removesuffix("/launch") + "/login")
    def login() -> Any:
        storage = FlaskCacheDataStorage(cache)
        oidc_login = FlaskOIDCLogin(FlaskRequest(), configuration, launch_data_storage=storage)
        return oidc_login.redirect(launch_url)

    @app.post(path)
    def launch() -> Response:
        storage = FlaskCacheDataStorage(cache)
        message = FlaskMessageLaunch(FlaskRequest(), configuration, launch_data_storage=storage)
        if keep_keys:
            message.set_public_key_caching(storage, cache_lifetime=7200)
        data = message.get_launch_data()
        return Response(f"Hello, {data['name']}", mimetype="text/plain")

    return app
