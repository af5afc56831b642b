"""Size, time and manners, against a server on this machine."""

from __future__ import annotations

import gzip
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import requests
import responses

from lti_tool.http import HttpError, HttpSettings, HttpTimeout, OutgoingHttp, TooLarge, Unreachable
from lti_tool.http.deadline import deadline

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], Any]
Plain = Callable[..., Callable[[BaseHTTPRequestHandler], None]]
EVERYONE = frozenset({"*"})


def _session(
    max_bytes: int = 4 * 1024 * 1024, total: float = 10.0, read: float = 8.0, follow: bool = False
) -> OutgoingHttp:
    return OutgoingHttp(
        HttpSettings(
            allowed_private_hosts=EVERYONE, max_bytes=max_bytes, total_seconds=total, read_seconds=read,
            follow_redirects=follow, user_agent="lti-badges/test",
        )
    )  # fmt: skip


def test_a_body_at_the_cap_passes_and_one_byte_more_does_not(serve: Serve, plain: Plain) -> None:
    server = serve(plain(b"x" * 100_000))
    assert len(_session(max_bytes=100_000).get(server.url).content) == 100_000
    with pytest.raises(TooLarge) as refused:
        _session(max_bytes=99_999).get(server.url)
    assert refused.value.code == "http.too_large"


def test_an_endless_body_is_cut_at_the_cap(serve: Serve) -> None:
    sent: list[int] = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        while len(sent) < 10_000:
            handler.wfile.write(b"x" * 65_536)
            sent.append(1)

    with pytest.raises(TooLarge):
        _session(max_bytes=1_000_000).get(serve(endless).url, stream=True)
    assert len(sent) < 1_000


def test_a_compressed_bomb_counts_by_what_it_becomes(serve: Serve, plain: Plain) -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        _session(max_bytes=1_000_000).get(serve(plain(bomb, Content_Encoding="gzip")).url)


def _drip(where: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if where == "body":
            handler.wfile.write(b"\r\n")
        stop = time.monotonic() + 20
        while time.monotonic() < stop:  # ends when the client hangs up: write raises
            handler.wfile.write(b"x" if where == "body" else b"X-A: b\r\n")
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_dripping_server_is_cut_at_the_deadline(where: str, serve: Serve) -> None:
    server = serve(_drip(where))
    started = time.monotonic()
    with pytest.raises(HttpTimeout) as cut:
        _session(total=0.3).get(server.url)
    assert cut.value.code == "http.timeout"
    assert isinstance(cut.value, requests.Timeout)
    assert time.monotonic() - started < 3


def test_silence_is_a_timeout(serve: Serve) -> None:
    release = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        release.wait(10)

    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        handler.wfile.write(b"half")
        release.wait(10)

    try:
        for answer in (silent, half):
            with pytest.raises(HttpTimeout):
                _session(read=0.2).get(serve(answer).url)
    finally:
        release.set()


def test_a_slow_name_server_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        release.wait(10)
        return []

    monkeypatch.setattr("socket.getaddrinfo", slow)
    with pytest.raises(HttpTimeout):
        _session(total=0.2).get("https://slow.example/")
    release.set()


def test_nothing_leaves_when_the_deadline_is_over_already(serve: Serve, plain: Plain) -> None:
    """As where a process was frozen between its last look and its request."""
    server = serve(plain(b"ok"))
    session = _session()
    session.get(server.url)  # a connection is kept
    with deadline(0.01):
        time.sleep(0.02)
        with pytest.raises(HttpTimeout):
            session.post(server.url)
    assert len(server.seen) == 1


def test_the_deadline_spans_redirects(serve: Serve, plain: Plain) -> None:
    def loop(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.15)
        plain(b"", 302, Location="/again")(handler)

    settings = HttpSettings(allowed_private_hosts=EVERYONE, total_seconds=0.4, follow_redirects=True, max_redirects=30)
    with pytest.raises(HttpTimeout):
        OutgoingHttp(settings).get(serve(loop).url)


def test_redirects_are_off_by_default_and_followed_when_on(serve: Serve, plain: Plain) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        done = handler.path == "/end"
        plain(b"end" if done else b"", 200 if done else 302, Location="/end")(handler)

    server = serve(answer)
    assert _session().get(server.url).status_code == 302
    assert _session(follow=True).get(server.url).content == b"end"


def test_a_connection_is_kept_and_stays_under_the_deadline(serve: Serve, plain: Plain) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        (_drip("body") if handler.path == "/drip" else plain(b"ok"))(handler)

    server = serve(answer)
    session = _session(total=0.4)
    for _ in range(3):
        assert session.get(server.url).content == b"ok"
    with pytest.raises(HttpTimeout):
        session.get(server.url.replace("/path", "/drip"))
    assert len(set(server.clients)) == 1
    assert session.get(server.url).content == b"ok"


def test_it_names_itself_and_keeps_no_cookies(serve: Serve, plain: Plain) -> None:
    server = serve(plain(b"{}", Set_Cookie="tracker=1"))
    session = _session()
    session.get(server.url)
    session.get(server.url)
    assert [request["user-agent"] for request in server.seen] == ["lti-badges/test"] * 2
    assert all("cookie" not in request for request in server.seen)


@pytest.mark.parametrize("closed", [True, False])
def test_no_error_tells_the_query_or_the_header(closed: bool, serve: Serve, plain: Plain) -> None:
    server = serve(plain(b"x" * 100))
    if closed:
        server.close()
    url = server.url + "?wstoken=s3cr3t-query"
    with pytest.raises(HttpError) as failed:
        _session(max_bytes=10).get(url, headers={"Authorization": "Bearer s3cr3t-header"})
    text = "".join(traceback.format_exception(failed.value, chain=True)) + repr(failed.value.__context__)
    messages = f"{failed.value} {failed.value!r} {failed.value.message} {failed.value.__context__!r}"
    assert "s3cr3t" not in messages
    assert "HTTPConnectionPool" not in text
    assert isinstance(failed.value, Unreachable if closed else TooLarge)


def test_other_tests_may_stand_in_for_the_network() -> None:
    """`responses` replaces the adapter's inner send; the limits stay in force around it."""
    with responses.RequestsMock() as fake:
        fake.get("https://lms.example/keys", json={"keys": []})
        assert _session().get("https://lms.example/keys").json() == {"keys": []}
        fake.get("https://lms.example/big", body=b"x" * 1000)
        with pytest.raises(TooLarge):
            _session(max_bytes=10).get("https://lms.example/big")
