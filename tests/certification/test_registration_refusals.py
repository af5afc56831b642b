"""DR08 to DR17: registrations that must not come about, through the whole house and its one door out.

The platform of these tests runs on this machine and is let in by the development setting, so the controls show that the
same request does register.
"""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.bootstrap.site import create_site
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.http import HttpSettings, OutgoingHttp
from lti_tool.keystore import KeyStore
from lti_tool.lti.dynamic_registration.fetching import LARGEST_ANSWER
from lti_tool.usecases.invite_platform import INVITATION_LIFE
from lti_tool.usecases.manage_platforms import ManagePlatforms
from tests.factories.house import BASE_URL, REGISTRATION, HandClock, TestHouse, make_house
from tests.fakes.lti_stage import refusal_code
from tests.fakes.registering_platform import RegisteringPlatform, json_answer, names
from tests.services.databases import SqliteDatabases
from tests.unit.http.test_http_hostile_urls import ELSEWHERE, IPV6, LOOPBACK, OTHER_SCHEMES

TOKEN = "registration-token-that-stays-secret"
row = pytest.mark.row


@dataclass
class Office:
    """The tool as an administrator's browser finds it, with a valid invitation. `connected`: every address to which a
    socket was opened."""

    lms: TestHouse
    client: FlaskClient
    platforms: ManagePlatforms
    invitation: str
    platform: RegisteringPlatform
    connected: list[Any]
    log: list[Any]

    def open(self, url: str = "", invitation: str | None = None) -> TestResponse:
        url = quote(url or self.platform.config_url, safe="")
        given = self.invitation if invitation is None else invitation
        return self.client.get(f"/lti/register/{given}?openid_configuration={url}&registration_token={TOKEN}")

    def registered(self) -> list[Registration]:
        return [one for one in self.platforms.all() if one.id != REGISTRATION]

    def refused(self, response: TestResponse, code: str, status: int = 422, asked: int = 0) -> None:
        """A page with the code and no inner detail, nothing stored, one log line without a secret, and no connection
        but those to the platform's own port."""
        assert refusal_code(response) == code
        assert response.status_code == status
        assert self.registered() == []
        assert len(self.platform.asked) == asked
        assert all(one == ("127.0.0.1", self.platform.port) for one in self.connected)
        assert len(self.connected) <= asked
        lines = [line for line in self.log if line["event"] == "lti.refused"]
        assert [line["code"] for line in lines] == [code]
        assert lines[0]["correlation_id"] in response.text
        for secret in (TOKEN, self.invitation, "Traceback", "/work/", "urllib3"):
            assert secret not in response.text
            assert secret not in json.dumps(self.log, default=str)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RSA keys take a while to make; no test here changes them."""
    folder = tmp_path_factory.mktemp("house") / "keys"
    KeyStore(folder, HandClock()).ensure()
    return folder


@pytest.fixture
def platform() -> Iterator[RegisteringPlatform]:
    running = RegisteringPlatform()
    yield running
    running.close()


@pytest.fixture
def office(
    tmp_path: Path,
    made_keys: Path,
    sqlite_databases: SqliteDatabases,
    platform: RegisteringPlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    shutil.copytree(made_keys, tmp_path / "keys")
    lms = make_house(sqlite_databases.migrated(_migrate), tmp_path)
    trusted = HttpSettings(
        allowed_private_hosts=frozenset({f"127.0.0.1:{platform.port}"}), total_seconds=1, read_seconds=0.8
    )
    house = replace(lms.house, http=OutgoingHttp(trusted))
    platforms = ManagePlatforms(house.transactions, lms.clock, house.settings.tenant)
    client = create_site(house).test_client()
    connected: list[Any] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        connected.append(address)
        if address != ("127.0.0.1", platform.port):
            raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    monkeypatch.setattr(socket, "getaddrinfo", names({}))
    with structlog.testing.capture_logs() as log:
        yield Office(lms, client, platforms, platforms.invite("Our LMS"), platform, connected, log)
    lms.house.engine.dispose()


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


@row("DR12")
@pytest.mark.parametrize(
    "issuer",
    ["https://evil.example", "https://canvas.instructure.com", "http://localhost:{port}", "http://127.0.0.1:1",
     "http://127.0.0.1"],
)  # fmt: skip
def test_an_issuer_that_is_not_where_the_configuration_came_from(office: Office, issuer: str) -> None:
    document = office.platform.configuration(issuer=issuer.format(port=office.platform.port))
    document["https://purl.imsglobal.org/spec/lti-platform-configuration"]["product_family_code"] = "canvas"
    office.platform.on_get["/config"] = json_answer(document)
    office.refused(office.open(), "reg.issuer_mismatch", asked=1)


@row("DR13")
@pytest.mark.parametrize("product", ["moodle", "canvas"])
@pytest.mark.parametrize("name", ["registration_endpoint", "jwks_uri", "token_endpoint", "authorization_endpoint"])
@pytest.mark.parametrize("host", ["evil.example", "sso.canvaslms.com", "127.0.0.1.evil.example"])
def test_an_endpoint_on_a_foreign_host(office: Office, name: str, product: str, host: str) -> None:
    """Whoever calls itself Canvas gains nothing by it: only Canvas's own issuer may point to Canvas's other hosts."""
    document = office.platform.configuration(**{name: f"https://{host}/x"})
    document["https://purl.imsglobal.org/spec/lti-platform-configuration"]["product_family_code"] = product
    office.platform.on_get["/config"] = json_answer(document)
    office.refused(office.open(), "reg.endpoint_foreign", asked=1)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b"{")
        handler.wfile.flush()
        time.sleep(0.2)


def _fifty_mebibytes(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(50 * 1024 * 1024))
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b" " * 1024 * 1024)


BAD_ANSWERS = [
    pytest.param(_drip, 504, id="slow-drip"),
    pytest.param(_fifty_mebibytes, 502, id="50-MiB"),
    pytest.param(json_answer(" " * LARGEST_ANSWER + "{}"), 502, id="256-KiB"),
    pytest.param(json_answer("{}", content_type="text/html"), 502, id="html-type"),
    pytest.param(json_answer("{}", content_type="text/plain"), 502, id="text-type"),
    pytest.param(json_answer("<html></html>"), 502, id="html-body"),
    pytest.param(json_answer("[" * 100_000), 502, id="deep"),
    pytest.param(json_answer([]), 502, id="array"),
    pytest.param(json_answer(""), 502, id="empty"),
]


@row("DR14")
@pytest.mark.parametrize("asked", [1, 2], ids=["configuration", "registration"])
@pytest.mark.parametrize(("answer", "status"), BAD_ANSWERS)
def test_an_answer_that_is_none(office: Office, answer: Any, status: int, asked: int) -> None:
    (office.platform.on_get if asked == 1 else office.platform.on_post).update(
        {"/config": answer} if asked == 1 else {"/register": answer}
    )
    began = time.monotonic()
    office.refused(office.open(), "reg.response_invalid", status, asked=asked)
    assert time.monotonic() - began < 5


@row("DR15")
@pytest.mark.parametrize("state", list(RegistrationState))
def test_a_client_that_is_registered_already(office: Office, state: RegistrationState) -> None:
    """A platform that answers with the client id of another registration would take it over."""
    with office.lms.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        victim = replace(held, issuer=office.platform.issuer, client_id="given-1", state=state, jwks_url="https://a/k")
        unit.registrations.save(victim)
        unit.commit()
    office.refused(office.open(), "reg.exists", 409, asked=2)
    with office.lms.house.transactions(write=False) as unit:
        assert unit.registrations.get(REGISTRATION) == victim


def test_control_another_client_of_the_same_issuer(office: Office) -> None:
    assert office.open().status_code == 200
    office.platform.client_id = "given-2"
    assert office.open(invitation=office.platforms.invite("Their LMS")).status_code == 200
    assert {one.client_id for one in office.registered()} == {"given-1", "given-2"}


@row("DR16")
@pytest.mark.parametrize("invitation", ["x", "unknown-token", "a" * 43, "%00"])
def test_a_link_that_was_never_made(office: Office, invitation: str) -> None:
    response = office.open(invitation=invitation)
    if invitation == "%00":
        assert response.status_code == 404
        assert office.registered() == []
    else:
        office.refused(response, "reg.link_invalid", 403)


@row("DR16")
def test_a_link_that_has_expired(office: Office) -> None:
    office.lms.clock.pass_time(seconds=(INVITATION_LIFE + timedelta(seconds=1)).total_seconds())
    office.refused(office.open(), "reg.link_invalid", 403)


@row("DR16")
def test_a_link_that_was_used(office: Office) -> None:
    assert office.open().status_code == 200
    office.platform.asked.clear()
    office.platform.client_id = "given-2"
    response = office.open()
    assert (refusal_code(response), response.status_code) == ("reg.link_invalid", 403)
    assert office.platform.asked == []
    assert [one.client_id for one in office.registered()] == ["given-1"]


def test_a_link_outlives_a_registration_that_failed(office: Office) -> None:
    office.platform.on_post["/register"] = json_answer({}, 500)
    assert refusal_code(office.open()) == "reg.refused_by_platform"
    office.platform.on_post.clear()
    assert office.open().status_code == 200


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


@row("DR17")
def test_what_was_registered_launches_nothing_before_it_is_approved(office: Office) -> None:
    assert office.open().status_code == 200
    (made,) = office.registered()
    target = f"{BASE_URL}/lti/{made.id}/launch"
    initiation = {"iss": made.issuer, "client_id": made.client_id, "login_hint": "7", "target_link_uri": target}
    login = office.client.post(f"/lti/{made.id}/login", data=initiation, base_url=BASE_URL)
    launch = office.client.post(target, data={"id_token": "a.b.c", "state": "s"}, base_url=BASE_URL)
    for response in (login, launch):
        assert (refusal_code(response), response.status_code) == ("login.registration_pending", 403)
    with office.lms.house.transactions(write=False) as unit:
        assert unit.registrations.deployments(made.id) == {}
        assert unit.courses.of_registration(made.id) == []
    # The control: the same login is begun once an administrator has approved the platform.
    office.platforms.approve(made.id)
    assert office.client.post(f"/lti/{made.id}/login", data=initiation, base_url=BASE_URL).status_code == 200


@row("DR15")
def test_a_client_that_came_in_meanwhile(office: Office) -> None:
    """Two answers with one client id at once: the second is refused where it is stored, and its link is not spent."""
    assert office.open().status_code == 200
    (made,) = office.registered()
    second = office.platforms.invite("Their LMS")
    with pytest.raises(BadgeToolError) as refused:
        office.platforms.add(second, replace(made, id="other"), ["9"])
    assert refused.value.code == "reg.exists"
    assert office.registered() == [made]
    assert office.platforms.invitation(second)["name"] == "Their LMS"
