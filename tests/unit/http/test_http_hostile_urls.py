"""Sixty ways to make the tool talk to its own machine; a listener counts that none of them arrives."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import requests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.http import AddressRefused, HttpError, HttpSettings, OutgoingHttp, SchemeRefused

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], Any]
Plain = Callable[..., Callable[[BaseHTTPRequestHandler], None]]
# {p} is the listener's port.
LOOPBACK = [
    "https://127.0.0.1:{p}/", "https://127.1:{p}/", "https://127.0.1:{p}/", "https://2130706433:{p}/",
    "https://0x7f000001:{p}/", "https://0x7f.0.0.1:{p}/", "https://0x7f.1:{p}/", "https://017700000001:{p}/",
    "https://0177.0.0.1:{p}/", "https://0177.0.0.01:{p}/", "https://0x7f.0x0.0x0.0x1:{p}/", "https://127.0.0.1.:{p}/",
    "https://127.127.127.127:{p}/", "https://0.0.0.0:{p}/", "https://0:{p}/", "https://localhost:{p}/",
    "https://LOCALHOST:{p}/", "https://localhost.:{p}/", "https://①②⑦.⓪.⓪.①:{p}/", "https://127。0。0。1:{p}/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/", "https://%31%32%37.0.0.1:{p}/", "https://%6cocalhost:{p}/",
    "https://example.com@127.0.0.1:{p}/", "https://example.com:443@127.0.0.1:{p}/", "https://a@b@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}#@example.com/", "https://127.0.0.1:{p}?@example.com/", "https://127.0.0.1:{p}\\@example.com/",
    "https://example.com\\@127.0.0.1:{p}/", "https://127.0.0.1:{p}/..;/", "https:///127.0.0.1:{p}/",
    "https:127.0.0.1:{p}/", "https://127.0.0.1\t:{p}/", "https://127.0.0.1\n:{p}/", " https://127.0.0.1:{p}/",
    "https://127.0.0.1%00.example.com:{p}/", "https://127.0.0.1%0d%0aHost:x:{p}/",
]  # fmt: skip
IPV6 = [
    "https://[::1]:{p}/", "https://[0:0:0:0:0:0:0:1]:{p}/", "https://[::]:{p}/", "https://[::ffff:127.0.0.1]:{p}/",
    "https://[::ffff:7f00:1]:{p}/", "https://[::127.0.0.1]:{p}/", "https://[::1%25lo]:{p}/",
    "https://[64:ff9b::7f00:1]:{p}/", "https://[2002:7f00:1::]:{p}/", "https://[fe80::1%25lo]:{p}/",
    "https://[::ffff:0x7f.1]:{p}/",
]  # fmt: skip
OTHER_SCHEMES = [
    "http://127.0.0.1:{p}/", "http://localhost:{p}/", "HTTP://[::1]:{p}/", "ftp://127.0.0.1:{p}/",
    "gopher://127.0.0.1:{p}/", "file:///etc/passwd", "dict://127.0.0.1:{p}/", "http+unix://%2Ftmp%2Fs/",
    "ws://127.0.0.1:{p}/", "//127.0.0.1:{p}/", "127.0.0.1:{p}/", "http://example.com/",
]  # fmt: skip
ELSEWHERE = [
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://100.100.100.200/",
    "https://168.63.129.16/", "https://10.0.0.1/", "https://192.168.0.1/", "https://224.0.0.1/",
    "https://255.255.255.255/", "https://[ff02::1]/", "https://0xa9fea9fe/", "https://2852039166/",
]  # fmt: skip


@pytest.mark.parametrize("url", LOOPBACK + IPV6 + OTHER_SCHEMES)
def test_no_hostile_form_reaches_this_machine(url: str, canaries: list[Any]) -> None:
    with pytest.raises(HttpError) as refused:
        OutgoingHttp().get(url.format(p=canaries[0].port))
    assert refused.value.code in {
        "http.address_refused", "http.scheme_refused", "http.bad_url", "http.unreachable"
    }  # fmt: skip
    assert [one.connections for one in canaries] == [0] * len(canaries)


# A trailing dot or a scope is resolved by some systems and unknown to others: refused above either way.
RESOLVED_EVERYWHERE = [url for url in LOOPBACK[:18] + IPV6[:6] if ".:" not in url]


@pytest.mark.parametrize("url", RESOLVED_EVERYWHERE)
def test_plain_forms_are_refused_for_their_address(url: str, canary: Any) -> None:
    with pytest.raises(AddressRefused) as refused:
        OutgoingHttp().get(url.format(p=canary.port))
    assert refused.value.code == "http.address_refused"
    assert isinstance(refused.value, BadgeToolError)
    assert isinstance(refused.value, requests.ConnectionError)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_socket_is_opened_to_a_private_or_service_address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: opened.append(address))
    with pytest.raises(AddressRefused):
        OutgoingHttp().get(url)
    assert opened == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{p}/", "http://example.com/", "ftp://example.com/a"])
def test_only_https_by_default(url: str, canary: Any) -> None:
    with pytest.raises(SchemeRefused):
        OutgoingHttp().get(url.format(p=canary.port))
    assert canary.connections == 0


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Makes each look-up give the next of `answers`, the last for ever; returns the list of names asked."""
    asked: list[str] = []

    def lookup(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        addresses = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["64:ff9b::a00:1"],
    ],
)
def test_a_name_that_resolves_to_a_private_address_is_refused(
    addresses: list[str], canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, addresses)
    with pytest.raises(AddressRefused):
        OutgoingHttp().get(f"https://lms.example:{canary.port}/")
    assert canary.connections == 0


def test_the_checked_address_is_the_one_connected_to(canary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when asked first, private ever after. The second answer must not matter."""
    asked = _names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    connected: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(HttpError) as unreachable:
        OutgoingHttp().get(f"https://rebind.example:{canary.port}/")
    assert unreachable.value.code == "http.unreachable"
    assert asked == ["rebind.example"]
    assert connected == [("93.184.215.14", canary.port)]
    assert canary.connections == 0


def test_a_trusted_host_is_reached(canary: Any) -> None:
    """The control: the same listener does hear a request that the operator allowed."""
    session = OutgoingHttp(HttpSettings(allowed_private_hosts=frozenset({f"127.0.0.1:{canary.port}"})))
    with pytest.raises(HttpError):
        session.get(f"https://127.0.0.1:{canary.port}/")
    assert canary.heard_someone(seconds=5)
    with pytest.raises(AddressRefused):
        session.get(f"https://localhost:{canary.port}/")


def test_a_redirect_to_a_private_address_is_refused(serve: Serve, plain: Plain, canary: Any) -> None:
    server = serve(plain(b"", 302, Location=f"https://127.0.0.1:{canary.port}/"))
    trusted = frozenset({f"127.0.0.1:{server.port}"})
    with pytest.raises(AddressRefused):
        OutgoingHttp(HttpSettings(allowed_private_hosts=trusted, follow_redirects=True)).get(server.url)
    downgrade = serve(plain(b"", 302, Location=f"http://127.0.0.1:{canary.port}/"))
    allowed = frozenset({f"127.0.0.1:{downgrade.port}"})
    with pytest.raises(SchemeRefused):
        OutgoingHttp(HttpSettings(allowed_private_hosts=allowed, follow_redirects=True)).get(downgrade.url)
    assert canary.connections == 0


def test_a_proxy_of_the_environment_is_ignored(
    serve: Serve, plain: Plain, canary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    server = serve(plain(b"direct"))
    session = OutgoingHttp(HttpSettings(allowed_private_hosts=frozenset({"*"})))
    assert session.get(server.url).content == b"direct"
    assert session.get(server.url, proxies={"http": f"http://127.0.0.1:{canary.port}"}).content == b"direct"
    assert canary.connections == 0
