"""A process that holds the keys and signs for others on this machine, over a socket in the file system.

One request a connection: a line of JSON, answered by another. Who may connect is a matter of the socket's permissions.
It signs whatever it is asked to: who takes over a web process can have things signed while he is there, and takes no
key away with him.
"""

from __future__ import annotations

import json
import os
import socketserver
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.keys import Keys
from lti_tool.keystore.pair import KeyPair

MOST_BYTES = 2 * 1024 * 1024
SECONDS = 10.0


def answer(store: Keys, request: dict[str, Any]) -> Any:
    """What is answered to a request. Raises `keys.*`."""
    do, purpose = request.get("do"), str(request.get("purpose", ""))
    if do == "ensure":
        return store.ensure()
    if do == "active":
        return _public(store.active(purpose))
    if do == "all":
        return [_public(pair) for pair in store.all(purpose)]
    if do == "rotate":
        return _public(store.rotate(purpose, timedelta(seconds=float(request["overlap"]))))
    if do == "retire":
        return store.retire(purpose, str(request["kid"]))
    if do == "sign":
        pair = next((one for one in store.all(purpose) if one.kid == request["kid"]), None)
        if pair is None:
            raise BadgeToolError("keys.missing", "The signing process has no such key.", status=500)
        return b64encode(_signature(pair.private_key, b64decode(request["data"], validate=True))).decode()
    raise BadgeToolError("keys.request_unknown", "The signing process was asked for something that it does not do.")


def _public(pair: KeyPair) -> dict[str, Any]:
    public = pair.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "kid": pair.kid,
        "purpose": pair.purpose,
        "public": b64encode(public).decode(),
        "created_at": pair.created_at.isoformat(),
        "encrypted": pair.encrypted,
    }


def _signature(key: Any, data: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    made: bytes = key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
    return made


class _Handler(socketserver.StreamRequestHandler):
    timeout = SECONDS
    server: SigningServer

    def handle(self) -> None:
        line = self.rfile.readline(MOST_BYTES + 1)
        try:
            if len(line) > MOST_BYTES:
                raise ValueError("too much")
            said = {"ok": answer(self.server.store, json.loads(line))}
        except BadgeToolError as error:
            said = {"error": [error.code, error.message, error.status, error.hint]}
        except (ValueError, KeyError, TypeError, AttributeError):
            said = {"error": ["keys.request_unknown", "The signing process could not read the request.", 400, ""]}
        self.wfile.write(json.dumps(said).encode() + b"\n")


class SigningServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves at `path`, which its user and group may connect to."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, store: Keys) -> None:
        self.store = store
        path.unlink(missing_ok=True)  # of a process that was killed
        before = os.umask(0o117)
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(before)
