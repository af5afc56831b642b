"""Local servers for the tests of the way out: one that only counts, one that answers as told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


class Canary:
    """Listens on a free port and counts who connects."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET, host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.bind((host, port))
        self._socket.listen(64)
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self._connected = threading.Event()
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                self._connected.set()
                connection.close()

    def heard_someone(self, seconds: float) -> bool:
        return self._connected.wait(seconds)

    def close(self) -> None:
        self._socket.close()


class LocalServer:
    """An HTTP server whose GET is `answer(handler)`; `seen` holds the request headers in order."""

    def __init__(self, answer: Answer) -> None:
        self.seen: list[dict[str, str]] = []
        self.clients: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.seen.append({key.lower(): value for key, value in self.headers.items()})
                outer.clients.append(self.client_address[1])
                with suppress(OSError):
                    answer(self)

            def log_message(self, *args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/path"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _plain(body: bytes, status: int = 200, **headers: str) -> Answer:
    """An answer with a length and a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def canary() -> Iterator[Canary]:
    listener = Canary()
    yield listener
    listener.close()


@pytest.fixture
def canaries() -> Iterator[list[Canary]]:
    """On both loopback addresses, with the same port."""
    first = Canary()
    listeners = [first]
    with suppress(OSError):  # a machine without IPv6: the forms are refused all the same
        listeners.append(Canary(socket.AF_INET6, "::1", first.port))
    yield listeners
    for one in listeners:
        one.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], LocalServer]]:
    running: list[LocalServer] = []

    def start(answer: Answer) -> LocalServer:
        running.append(LocalServer(answer))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture
def plain() -> Callable[..., Answer]:
    return _plain
