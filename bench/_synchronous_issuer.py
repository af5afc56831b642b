"""The peer of event_to_badge: what a straightforward tool would do, all in the request.

Flask, SQLite (WAL, synchronous=FULL) and openbadgeslib 4.6.3: the request stores the event, signs the badge with a
Data Integrity proof, stores it and answers. No inbox, no outbox, no status list, nothing survives a crash in between.
Run as a program: ``python -m bench._synchronous_issuer DATABASE PORT TEMPLATE.json``.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask, Response, abort, jsonify, request
from openbadgeslib.ob3.ldp import add_data_integrity_proof
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any) -> None:
        """Says nothing."""


def create(database: Path, template: dict[str, Any]) -> Flask:
    app = Flask(__name__)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(database, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    with connect() as connection:
        connection.execute("CREATE TABLE events (id TEXT PRIMARY KEY, body TEXT)")
        connection.execute("CREATE TABLE badges (learner TEXT PRIMARY KEY, document TEXT)")

    @app.post("/events")
    def receive() -> Response:
        body = request.get_json()
        with connect() as connection:
            connection.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (body["id"], json.dumps(body)))
            document = copy.deepcopy(template)
            document["id"] = f"urn:uuid:{body['learner']}"
            document["validFrom"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            signed = add_data_integrity_proof(document, pem, f"{template['issuer']['id']}#key")
            connection.execute("INSERT OR IGNORE INTO badges VALUES (?, ?)", (body["learner"], json.dumps(signed)))
        return jsonify(accepted=1)

    @app.get("/badges/<learner>")
    def badge(learner: str) -> Response:
        with connect() as connection:
            row = connection.execute("SELECT document FROM badges WHERE learner = ?", (learner,)).fetchone()
        return Response(row[0], mimetype="application/json") if row else abort(404)

    return app


if __name__ == "__main__":
    app = create(Path(sys.argv[1]), json.loads(Path(sys.argv[3]).read_text()))
    make_server("127.0.0.1", int(sys.argv[2]), app, threaded=True, request_handler=Quiet).serve_forever()
