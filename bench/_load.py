"""Sends signed events as fast as they are acknowledged, over connections that stay open."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from standardwebhooks import Webhook

from tests.factories.house import CONTEXT, REGISTRATION

SECRET = "whsec_" + "YmVuY2htYXJrLXNlY3JldC1ub3QtYS1yZWFsLW9uZSEh"
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Event:
    """A signed event, before it is a request."""

    id: str
    body: bytes
    timestamp: int
    signature: str

    def request(self) -> bytes:
        head = (
            f"POST /hooks/{REGISTRATION} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\nwebhook-id: {self.id}\r\nwebhook-timestamp: {self.timestamp}\r\n"
            f"webhook-signature: {self.signature}\r\n\r\n"
        )
        return head.encode() + self.body


def scored(event_id: str, learner: str, given: float) -> Event:
    quiz = {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 100}
    return _signed(event_id, "item.scored", learner, {"activity": quiz, "score": {"given": given, "maximum": 100}})


def completed(event_id: str, learner: str) -> Event:
    module = {"id": "module-1", "type": "module", "title": "Module 1"}
    return _signed(event_id, "module.completed", learner, {"activity": module, "completed": True})


def _signed(event_id: str, kind: str, learner: str, said: dict[str, object]) -> Event:
    now = datetime.now(UTC)
    data = {"context_id": CONTEXT, "user_id": learner, "deployment_id": "1"} | said
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data})
    return Event(event_id, body.encode(), int(now.timestamp()), Webhook(SECRET).sign(event_id, now, body))


@dataclass(slots=True)
class Sent:
    """`seconds` until each acknowledgement; `refused` counts other answers than 200 and 202."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    took: float = 0.0


class Connection:
    """HTTP/1.1, as much of it as this needs."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> int:
        """The status; 0 where the connection broke."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(request)
            return self._answer(self._socket)
        except OSError:
            self.close()
            return 0

    def _answer(self, connection: socket.socket) -> int:
        held = b""
        while b"\r\n\r\n" not in held:
            more = connection.recv(65536)
            if not more:
                raise ConnectionResetError
            held += more
        head, _, body = held.partition(b"\r\n\r\n")
        names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        while len(body) < int(names.get(b"content-length", b"0")):
            body += connection.recv(65536)
        if names.get(b"connection") == b"close":
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def send_for(port: int, seconds: float, requests: Sequence[bytes]) -> Sent:
    """Sends them over several connections until the time is up or all are sent."""
    waiting, lock, sent = iter(requests), threading.Lock(), Sent()
    ends = time.perf_counter() + seconds

    def send() -> None:
        connection = Connection(port)
        while time.perf_counter() < ends:
            with lock:
                request = next(waiting, None)
            if request is None:
                break
            begun = time.perf_counter()
            status = connection.ask(request)
            passed = time.perf_counter() - begun
            with lock:
                sent.seconds.append(passed)
                sent.refused += status not in (200, 202)
        connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.took = time.perf_counter() - begun
    return sent
