"""DR08 to DR11: addresses that a registration must not reach, through the whole house and its one door out.

The platform of these tests runs on this machine and is let in by the development setting, so the controls show that the
same request does register.
"""

from __future__ import annotations

import json
import socket

import pytest

from lti_tool.domain.platform import RegistrationState
from tests.fakes.lti_stage import refusal_code
from tests.fakes.registering_platform import RegisteringPlatform, json_answer, names
from tests.fakes.registration_office import TOKEN, Office
from tests.unit.http.test_http_hostile_urls import ELSEWHERE, IPV6, LOOPBACK, OTHER_SCHEMES

row = pytest.mark.row


def test_control_the_same_platform_registers(office: Office) -> None:
    response = office.open()
    assert response.status_code == 200, response.text
    (made,) = office.registered()
    assert (made.issuer, made.client_id, made.state) == (office.platform.issuer, "given-1", RegistrationState.PENDING)
    # The configuration's own query is kept as it came, and the token goes along to both.
    assert office.platform.asked == [
        ("GET", "/config?registration_token=inner&x=%2F", f"Bearer {TOKEN}"),
        ("POST", "/register", f"Bearer {TOKEN}"),
    ]
    assert TOKEN not in json.dumps(office.log, default=str)


SCHEMES = [
    "file:///etc/passwd", "gopher://lms.example/_GET", "data:application/json,{}", "ftp://lms.example/c",
    "http://lms.example/config", "HTTP://LMS.EXAMPLE/config", "javascript:alert(1)", "//lms.example/config", "config",
    "jar:https://lms.example!/c", "ldap://127.0.0.1/", "http://127.0.0.1/config", "http://localhost/config",
]  # fmt: skip


@row("DR08")
@pytest.mark.parametrize("url", SCHEMES)
def test_an_address_of_another_scheme(office: Office, url: str) -> None:
    office.refused(office.open(url), "reg.url_scheme")


PRIVATE = [
    "https://127.0.0.1/c", "https://10.0.0.1/c", "https://172.16.0.1/c", "https://192.168.1.1/c", "https://0.0.0.0/c",
    "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/c", "https://2130706433/c",
    "https://0x7f000001/c", "https://017700000001/c", "https://0177.0.0.1/c", "https://127.1/c",
    "https://[::1]/c", "https://[::]/c", "https://[::ffff:127.0.0.1]/c", "https://[::ffff:10.0.0.1]/c",
    "https://[fd00:ec2::254]/c", "https://[fe80::1]/c", "https://localhost/c", "https://[64:ff9b::7f00:1]/c",
    "https://2852039166/c", "https://lms.example@127.0.0.1/c", "https://127.0.0.1\\@lms.example/c",
]  # fmt: skip


@row("DR09")
@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address(office: Office, url: str) -> None:
    office.refused(office.open(url), "reg.url_forbidden")


@row("DR09")
@pytest.mark.parametrize("name", ["localhost.", "metadata.google.internal", "lms.local"])
def test_a_name_of_this_network(office: Office, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names({name: [["169.254.169.254"]]}))
    office.refused(office.open(f"https://{name}/c"), "reg.url_forbidden")


# The development setting lets one host and port in, and no other of the same machine.
@row("DR09")
def test_another_port_of_the_host_that_was_let_in(office: Office) -> None:
    other = office.platform.config_url.replace("http:", "https:").replace(str(office.platform.port), "9")
    office.refused(office.open(other), "reg.url_forbidden")


@row("DR10")
@pytest.mark.parametrize("addresses", [["10.1.2.3"], ["::1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:10.0.0.1"]])
def test_a_public_name_with_a_private_address(
    office: Office, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names({"lms.example": [addresses]}))
    office.refused(office.open("https://lms.example/c"), "reg.url_forbidden")


@row("DR10")
def test_a_name_that_turns_private_after_it_was_judged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: each request resolves once and connects to what it judged, so there is no between."""
    monkeypatch.setattr(socket, "getaddrinfo", names({"rebind.example": [["93.184.215.14"], ["127.0.0.1"]]}))
    response = office.open("https://rebind.example/c")
    assert refusal_code(response) == "reg.unreachable"
    assert office.connected == [("93.184.215.14", 443)]
    office.log.clear()
    office.connected.clear()
    # The next attempt finds the private address, and no socket is opened.
    office.refused(office.open("https://rebind.example/c"), "reg.url_forbidden")


@row("DR11")
@pytest.mark.parametrize(
    "target",
    ["https://127.0.0.1/c", "https://169.254.169.254/latest", "http://10.0.0.1/", "https://lms.example/c", "file:///e"],
)
def test_a_redirect_elsewhere(office: Office, target: str) -> None:
    office.platform.on_get["/config"] = json_answer({}, 302, Location=target)
    office.refused(office.open(), "reg.url_forbidden", asked=1)


def _redirects(platform: RegisteringPlatform, count: int) -> None:
    for step in range(count):
        path = "/config" if step == 0 else f"/hop-{step}"
        platform.on_get[path] = json_answer({}, 307, Location=f"/hop-{step + 1}")


@row("DR11")
def test_more_than_three_redirects(office: Office) -> None:
    _redirects(office.platform, 4)
    office.refused(office.open(), "reg.url_forbidden", asked=4)


@row("DR11")
def test_a_registration_that_is_redirected(office: Office) -> None:
    office.platform.on_post["/register"] = json_answer({}, 307, Location="https://127.0.0.1/register")
    office.refused(office.open(), "reg.url_forbidden", asked=2)


def test_control_three_redirects_on_the_same_host(office: Office) -> None:
    _redirects(office.platform, 3)
    assert office.open().status_code == 200
    assert len(office.registered()) == 1


HOSTILE = [url for url in (*LOOPBACK, *IPV6, *OTHER_SCHEMES, *ELSEWHERE) if url.strip()]


def test_no_form_of_a_private_address_opens_a_connection(office: Office) -> None:
    """The canary: more than sixty ways to write an address of this machine, its network or its cloud."""
    assert len(set(HOSTILE)) >= 60
    for url in HOSTILE:
        response = office.open(url.format(p=9))
        assert response.status_code in (404, 422, 502), url
        assert office.connected == [], url
    assert office.platform.asked == []
    assert office.registered() == []
