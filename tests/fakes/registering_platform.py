"""A platform on this machine that takes dynamic registrations, or behaves as badly as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lti_tool.lti import claims as c

Answer = Callable[[BaseHTTPRequestHandler], None]


def json_answer(body: Any, status: int = 200, content_type: str = "application/json", **headers: str) -> Answer:
    """A whole answer; text is sent as it is."""
    data = (body if isinstance(body, str) else json.dumps(body)).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


class RegisteringPlatform:
    """`on_get` and `on_post` answer by path, else honestly. `asked` are the requests: method, path, authorization."""

    def __init__(self) -> None:
        self.on_get: dict[str, Answer] = {}
        self.on_post: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.bodies: list[Any] = []
        self.client_id = "given-1"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._note(self)
                answer = outer.on_get.get(self.path.partition("?")[0]) or json_answer(outer.configuration())
                with suppress(OSError):
                    answer(self)

            def do_POST(self) -> None:
                outer._note(self)
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(sent)
                honest = json_answer({**sent, "client_id": outer.client_id}, 201)
                with suppress(OSError):
                    outer.on_post.get(self.path, honest)(self)

            def log_message(self, *args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.config_url = f"{self.issuer}/config?registration_token=inner&x=%2F"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def configuration(self, **changes: Any) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "registration_endpoint": f"{self.issuer}/register",
            c.PLATFORM_CONFIGURATION: {"product_family_code": "example", "version": "7"},
            **changes,
        }

    def _note(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.command, handler.path, handler.headers.get("Authorization", "")))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def names(answers: dict[str, list[list[str]]]) -> Callable[..., list[Any]]:
    """A `getaddrinfo` that knows these names: at each look-up the next list of addresses, the last for ever. Numbers
    are read as the system reads them."""
    real, asked = socket.getaddrinfo, dict.fromkeys(answers, 0)

    def lookup(host: str, port: int, *more: Any, **options: Any) -> list[Any]:
        if host not in answers:
            return real(host, port, *more, flags=socket.AI_NUMERICHOST) if host != "localhost" else real(host, port)
        turn = min(asked[host], len(answers[host]) - 1)
        asked[host] += 1
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in answers[host][turn]
        ]

    return lookup
