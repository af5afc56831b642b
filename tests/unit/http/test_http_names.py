"""F29: a resolver that fails, hangs and changes its mind. Whatever it says, what is connected to is what was judged."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.http import AddressRefused, HttpError, HttpSettings, HttpTimeout, OutgoingHttp, Unreachable
from lti_tool.http.addresses import is_public

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], Any]
Plain = Callable[..., Callable[[BaseHTTPRequestHandler], None]]
NAME = "lms.example"
PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111"]
PRIVATE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254"]


def rows(addresses: list[str], port: int) -> list[Any]:
    return [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses
    ]


class Resolver:
    """Says of the name what it is told to say: addresses, or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.says: list[str] | OSError = []
        self.asked = 0
        self.hangs = threading.Event()
        self.hangs.set()
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def _look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        assert host == NAME
        self.asked += 1
        says = self.says
        self.hangs.wait()
        if isinstance(says, OSError):
            raise says
        return rows(says, port)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)


def trusting(server: Any, **limits: float) -> OutgoingHttp:
    return OutgoingHttp(HttpSettings(allowed_private_hosts=frozenset({f"{NAME}:{server.port}"}), **limits))  # type: ignore[arg-type]


def test_a_name_is_asked_for_again_once_it_is_found(resolver: Resolver, serve: Serve, plain: Plain) -> None:
    server = serve(plain(b"here"))
    http, url = trusting(server), f"http://{NAME}:{server.port}/"
    for error in (socket.EAI_AGAIN, socket.EAI_NONAME, socket.EAI_FAIL):
        resolver.says = socket.gaierror(error, "so it is")
        with pytest.raises(Unreachable) as refused:
            http.get(url)
        assert NAME in str(refused.value)
    resolver.says = []
    with pytest.raises(Unreachable):
        http.get(url)
    resolver.says = ["127.0.0.1"]
    assert http.get(url).content == b"here"
    assert resolver.asked == 5


def test_a_resolver_that_hangs_is_not_waited_for(resolver: Resolver, serve: Serve, plain: Plain) -> None:
    server = serve(plain(b"here"))
    http, url = trusting(server, connect_seconds=0.2), f"http://{NAME}:{server.port}/"
    resolver.says = ["127.0.0.1"]
    resolver.hangs.clear()
    began = time.monotonic()
    with pytest.raises(HttpTimeout):
        http.get(url)
    assert time.monotonic() - began < 5
    resolver.hangs.set()
    assert http.get(url).content == b"here"


def test_the_next_address_is_taken_where_the_first_does_not_answer(
    resolver: Resolver, serve: Serve, plain: Plain
) -> None:
    server = serve(plain(b"here"))
    # It listens at one of the two loopback addresses only.
    resolver.says = ["::1", "127.0.0.1"]
    assert trusting(server).get(f"http://{NAME}:{server.port}/").content == b"here"
    assert resolver.asked == 1


ANSWER = st.one_of(
    st.lists(st.sampled_from([*PUBLIC, *PRIVATE]), max_size=3),
    st.lists(st.sampled_from(PUBLIC), min_size=1, max_size=3),
    st.sampled_from([socket.gaierror(socket.EAI_AGAIN, "later"), socket.gaierror(socket.EAI_NONAME, "never")]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(answers=st.lists(ANSWER, min_size=1, max_size=5))
def test_only_what_was_judged_is_connected_to(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch, answers: list[list[str] | OSError]
) -> None:
    """Each request resolves once, and opens a socket to nothing but the public addresses of that one answer; one
    private address among them opens none."""
    opened: list[str] = []

    def connect(_: socket.socket, address: Any) -> None:
        opened.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    http = OutgoingHttp()
    for answer in answers:
        opened.clear()
        resolver.says, before = answer, resolver.asked
        with suppress(HttpError):
            http.get(f"https://{NAME}/")
        assert resolver.asked == before + 1
        judged = isinstance(answer, list) and all(map(is_public, answer))
        assert opened == (answer if judged else [])
        if isinstance(answer, list) and not judged:
            with pytest.raises(AddressRefused):
                http.get(f"https://{NAME}/")
