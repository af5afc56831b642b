"""JK: the platform's key set. JK09, the new key that must work, is in test_valid_launches.py."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import responses

from lti_tool.http.errors import Unreachable
from lti_tool.http.session import HttpSettings, OutgoingHttp
from tests.certification.refusing import LAUNCH, PATHS, refuse_token
from tests.certification.rows import ROWS
from tests.fakes.lti_platform import JWKS_URL, registration
from tests.fakes.lti_stage import Stage
from tests.fakes.signing import public_jwk, rsa_key

row = pytest.mark.row
GOOD = public_jwk(rsa_key("platform"), "platform-1")

KEY_SETS: list[tuple[str, list[Any], int]] = [
    ("JK05", [{"kty": "oct", "k": "c2VjcmV0", "kid": "platform-1", "alg": "HS256"}], 401),
    ("JK05-unnamed", [{"kty": "oct", "k": "c2VjcmV0", "kid": "platform-1"}], 401),
    ("JK06-bits", [public_jwk(rsa_key("small", 1024), "platform-1")], 401),
    ("JK06-exponent", [{**GOOD, "e": "AQ"}], 401),
    ("JK07-use", [{**GOOD, "use": "enc"}], 401),
    ("JK07-operations", [{**GOOD, "key_ops": ["encrypt"]}], 401),
    ("JK07-algorithm", [{**GOOD, "alg": "PS256"}], 401),
    ("JK08", [GOOD, GOOD], 401),
    ("JK08-other", [GOOD, public_jwk(rsa_key("attacker"), "platform-1")], 401),
    ("JK12-member", [{"kty": "RSA", "kid": "platform-1"}], 502),
]
ANSWERS: list[tuple[str, dict[str, Any], int]] = [
    ("JK02-error", {"status": 500, "body": "inner detail"}, 502),
    ("JK02-html", {"body": "<html>inner detail"}, 502),
    ("JK02-empty", {"body": ""}, 502),
    ("JK02-down", {"body": Unreachable("inner detail")}, 502),
    ("JK12-no-keys", {"body": "{}"}, 502),
    ("JK12-object", {"body": '{"keys": {}}'}, 502),
    ("JK12-array", {"body": "[]"}, 502),
]


def _good(stage: Stage, claims: dict[str, Any]) -> str:
    return stage.platform.sign(claims)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("case", "keys", "status"), [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in KEY_SETS]
)
def test_key_is_refused(stage: Stage, path: str, case: str, keys: list[Any], status: int) -> None:
    stage.platform.keys = keys
    refuse_token(stage, path, case[:4], status, _good)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("case", "answer", "status"), [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in ANSWERS]
)
def test_key_set_is_refused(stage: Stage, path: str, case: str, answer: dict[str, Any], status: int) -> None:
    stage.web.remove("GET", JWKS_URL)
    stage.web.add("GET", JWKS_URL, **answer)
    refuse_token(stage, path, case[:4], status, _good)
    assert len(stage.web.calls) == 1
    login = stage.login()
    assert "inner detail" not in stage.post(login.state, _good(stage, stage.platform.claims(login.nonce))).text


def _hang(asked: BaseHTTPRequestHandler) -> None:
    time.sleep(6)


def _drip(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    for _ in range(60):
        asked.wfile.write(b" ")
        asked.wfile.flush()
        time.sleep(0.1)


def _to_metadata(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\n\r\n")


def _to_itself(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.0 307 Moved\r\nLocation: /elsewhere\r\n\r\n")


def _hundred_mebibytes(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    for _ in range(100):
        asked.wfile.write(b" " * 2**20)


def _bomb(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 2**26))


REAL = [
    pytest.param("JK01", _hang, 504, marks=row("JK01")),
    pytest.param("JK01", _drip, 504, marks=row("JK01")),
    pytest.param("JK03", _to_metadata, 502, marks=row("JK03")),
    pytest.param("JK03", _to_itself, 502, marks=row("JK03")),
    pytest.param("JK04", _hundred_mebibytes, 502, marks=row("JK04")),
    pytest.param("JK04", _bomb, 502, marks=row("JK04")),
]


class _KeyServer(ThreadingHTTPServer):
    """A platform on this machine that answers as `answer` does. `asked` are the paths."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = _hang
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                with suppress(OSError):  # the tool hangs up on most of these
                    server.answer(self)

            def log_message(self, *_: Any) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks"


@pytest.fixture
def key_server() -> Iterator[_KeyServer]:
    server = _KeyServer()
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("case", "answer", "status"), REAL)
def test_key_set_over_a_real_connection(
    key_server: _KeyServer, case: str, answer: Callable[[BaseHTTPRequestHandler], None], status: int
) -> None:
    key_server.answer = answer
    local = frozenset({f"127.0.0.1:{key_server.server_port}"})
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add_passthru(key_server.url)
        stage = Stage(web, OutgoingHttp(HttpSettings(allowed_private_hosts=local)))
        stage.transactions.registrations.save(replace(registration(), jwks_url=key_server.url))
        began = time.monotonic()
        refuse_token(stage, LAUNCH, case, status, _good)
        assert time.monotonic() - began < 4, "three seconds, and what the rest of the launch takes"
    assert key_server.asked == ["/jwks"]


@row("JK03")
def test_key_set_at_an_address_of_the_inside(key_server: _KeyServer, stage: Stage) -> None:
    stage.web.add_passthru(key_server.url)
    stage.transactions.registrations.save(replace(registration(), jwks_url=key_server.url))
    refuse_token(stage, LAUNCH, "JK03", 502, _good)
    assert key_server.asked == []


@row("JK11")
@pytest.mark.parametrize("path", PATHS)
def test_withdrawn_key_ends_with_the_hour_it_is_kept(stage: Stage, path: str) -> None:
    stage.accepted(stage.launch())
    stage.platform.keys = [public_jwk(rsa_key("platform-2"), "platform-2")]
    stage.clock.advance(3599)
    stage.accepted(stage.launch())
    stage.clock.advance(1)
    refuse_token(stage, path, "JK11", 401, _good)


@row("JK10")
@pytest.mark.parametrize("path", PATHS)
def test_unknown_key_right_after_a_fetch(stage: Stage, path: str) -> None:
    stage.accepted(stage.launch())
    refuse_token(stage, path, "JK10", 401, lambda stage, claims: stage.platform.sign(claims, kid="made-up"))
    assert len(stage.web.calls) == 1
    stage.accepted(stage.launch())  # known keys go on working meanwhile


@row("JK10")
def test_platform_that_is_down_is_not_asked_by_every_launch(stage: Stage) -> None:
    stage.web.remove("GET", JWKS_URL)
    stage.web.add("GET", JWKS_URL, status=500)
    for _ in range(5):
        stage.refused(stage.launch(), ROWS["JK02"], 502)
    assert len(stage.web.calls) == 1
    stage.web.replace("GET", JWKS_URL, json={"keys": stage.platform.keys})
    stage.clock.advance(30)
    stage.accepted(stage.launch())


@row("JH24")
def test_keys_of_two_platforms_are_never_mixed(stage: Stage) -> None:
    """The same kid at two addresses names two keys."""
    other = json.dumps({"keys": [public_jwk(rsa_key("other"), "platform-1")]})
    stage.web.add(responses.GET, "https://other.example/jwks", body=other)
    stage.accepted(stage.launch())
    stage.transactions.registrations.save(replace(registration(), jwks_url="https://other.example/jwks"))
    stage.opened.clear()
    stage.refused(stage.launch(), ROWS["JH24"], 401)
