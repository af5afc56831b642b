"""DR12 to DR17: answers and links that must not make a registration, through the whole house.

The platform of these tests runs on this machine and is let in by the development setting, so the controls show that the
same request does register.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import RegistrationState
from lti_tool.lti.dynamic_registration.fetching import LARGEST_ANSWER
from lti_tool.usecases.invite_platform import INVITATION_LIFE
from tests.factories.house import BASE_URL, REGISTRATION
from tests.fakes.lti_stage import refusal_code
from tests.fakes.registering_platform import json_answer
from tests.fakes.registration_office import Office

row = pytest.mark.row


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
