"""The platform of `deadline_storm`: a gradebook that refuses, fails and hangs, in a process of its own."""

from __future__ import annotations

import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from bench.launch import CLAIM, KID, LAUNCH_PATH, Platform

SHARES = {"throttled": 0.30, "broken": 0.05, "hung": 0.02, "ok": 0.63}
HANGS_SECONDS = 30.0
SEED = 4


class SickPlatform(Platform):
    """Signs launches of the tool at that address as `launch` does. GET /seen tells what its services heard."""

    def __init__(self, port: int, tool: str) -> None:
        super().__init__(port)
        self._tool = tool
        self.url = f"http://{self.jwks_host}"

    def id_token(self, nonce: str, learner: int) -> str:
        claims = jwt.decode(super().id_token(nonce, learner), options={"verify_signature": False})
        claims |= {"iss": self.url, CLAIM + "target_link_uri": self._tool + LAUNCH_PATH}
        ags = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
        ags["lineitems"] = f"{self.url}/lineitems"
        ags["scope"].append("https://purl.imsglobal.org/spec/lti-ags/scope/score")
        del claims["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"]
        return jwt.encode(claims, self._key, "RS256", {"kid": KID})

    def serve_services(self) -> None:
        """For ever."""
        services = _Services(self.key_set())

        class Handler(_Handler):
            of = services

        server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        server.daemon_threads = True
        server.serve_forever()


class _Services:
    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys = keys
        self.chance = random.Random(SEED)
        self.lock = threading.Lock()
        self.columns: list[dict[str, Any]] = []
        self.scores: dict[str, float | None] = {}
        self.answers = dict.fromkeys(SHARES, 0)

    def fate(self) -> str:
        with self.lock:
            [name] = self.chance.choices(list(SHARES), list(SHARES.values()))
            self.answers[name] += 1
        return name


class _Handler(BaseHTTPRequestHandler):
    of: _Services
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.path == "/jwks":
            self._answer(200, self.of.keys)
        elif self.path == "/seen":
            self._answer(200, {"answers": self.of.answers, "scores": self.of.scores, "columns": len(self.of.columns)})
        elif not self._is_ill():
            self._answer(200, self.of.columns if self.path == "/lineitems" else [])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self._is_ill():
            return
        if self.path == "/token":
            self._answer(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
        elif self.path == "/lineitems":
            with self.of.lock:
                column = json.loads(body) | {"id": f"http://{self.headers['Host']}/columns/{len(self.of.columns)}"}
                self.of.columns.append(column)
            self._answer(201, column)
        else:
            said = json.loads(body)
            with self.of.lock:
                self.of.scores[said["userId"]] = said.get("scoreGiven")
            self._answer(200, {})

    def _is_ill(self) -> bool:
        fate = self.of.fate()
        if fate == "hung":
            time.sleep(HANGS_SECONDS)
            self.close_connection = True
        elif fate == "throttled":
            self._answer(429, {"error": "slow down"})
        elif fate == "broken":
            self._answer(500, "<html>Sorry</html>")
        return fate != "ok"

    def _answer(self, status: int, body: Any) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
