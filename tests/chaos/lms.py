"""The platform's side over HTTP: access tokens, a roster, a gradebook. It never dies, and keeps what it was told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Lms:
    """Answers at `url` from `start` to `stop`."""

    def __init__(self) -> None:
        self.members: list[dict[str, Any]] = []
        # How it answers scores while it takes none, and how often.
        self.refuses_with, self.refusals = 503, 0
        self._lock = threading.Lock()
        self._columns: dict[str, dict[str, Any]] = {}
        self.columns_made = 0
        self._scores: list[dict[str, Any]] = []
        self._latest: dict[tuple[str, str], str] = {}
        self._server = _Server(("127.0.0.1", 0), self)
        self.port = self._server.server_port
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> Lms:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """As on the first day."""
        with self._lock:
            self._columns, self._scores, self._latest = {}, [], {}
            self.columns_made = 0
            self.refusals = 0

    def columns(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._columns.values())

    def scores(self) -> list[dict[str, Any]]:
        """Every score that was accepted: learner, badge, given, at."""
        with self._lock:
            return list(self._scores)

    # ---- what it answers: (status, body) ---------------------------------------------------------------------------

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/members":
            return 200, {"id": self.url, "context": {"id": "course-1"}, "members": self.members}
        if path == "/lineitems":
            return 200, self.columns()
        column = self._columns.get(self.url + path.removesuffix("/results"))
        if column is None:
            return 404, None
        return 200, column if not path.endswith("/results") else self._results(column, query.get("user_id", [""])[0])

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        if path == "/token":
            scope = parse_qs(body.decode())["scope"][0]
            return 200, {"access_token": "chaos", "token_type": "Bearer", "expires_in": 36_000, "scope": scope}
        if path == "/lineitems":
            return 201, self._add_column(json.loads(body))
        column = self._columns.get(self.url + path.removesuffix("/scores"))
        return self._add_score(column, json.loads(body)) if column else (404, None)

    def _add_column(self, item: dict[str, Any]) -> dict[str, Any]:
        # As real platforms do: the same resource twice makes two columns.
        with self._lock:
            self.columns_made += 1
            made = item | {"id": f"{self.url}/lineitems/{self.columns_made}"}
            self._columns[made["id"]] = made
            return made

    def delete(self, path: str) -> tuple[int, Any]:
        """A column goes with all that stands in it."""
        with self._lock:
            if self._columns.pop(self.url + path, None) is None:
                return 404, None
            self._scores = [score for score in self._scores if score["column"] != self.url + path]
            return 204, None

    def _add_score(self, column: dict[str, Any], score: dict[str, Any]) -> tuple[int, Any]:
        place = (column["id"], score["userId"])
        with self._lock:
            if self.refusals:
                self.refusals -= 1
                return self.refuses_with, None
            if self._latest.get(place, "") >= score["timestamp"]:
                return 409, None
            self._latest[place] = score["timestamp"]
            given = score.get("scoreGiven")
            self._scores.append(
                {
                    "column": column["id"],
                    "learner": score["userId"],
                    "badge": column["resourceId"],
                    "given": given if given is None else given / score["scoreMaximum"],
                    "at": score["timestamp"],
                }
            )
        return 200, None

    def _results(self, column: dict[str, Any], subject: str) -> list[dict[str, Any]]:
        given = {s["learner"]: s["given"] for s in self.scores() if s["column"] == column["id"]}
        asked = [subject] if subject else sorted(given)
        return [{"userId": s, "resultScore": given[s], "resultMaximum": 1} for s in asked if s in given]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], lms: Lms) -> None:
        super().__init__(address, _Handler)
        self.lms = lms

    def handle_error(self, *_: object) -> None:
        """Whoever asked was killed in the middle of it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # Headers and body leave together, else each answer waits for the other side's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self._answer(*self.server.lms.get(address.path, parse_qs(address.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(*self.server.lms.post(urlsplit(self.path).path, body))

    def do_DELETE(self) -> None:
        self._answer(*self.server.lms.delete(urlsplit(self.path).path))

    def _answer(self, status: int, body: Any) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""
