"""Many tenants: hosted Canvas has one issuer for all its customers, so only the address tells two of them apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from werkzeug.test import TestResponse

from lti_tool.domain.platform import RegistrationState
from tests.fakes.lti_platform import BASE_URL, DEPLOYMENT, ISSUER, registration
from tests.fakes.lti_stage import LOGIN_PARAMS, Stage, refusal_code

OTHER = "reg-2"
OTHER_LAUNCH = f"{BASE_URL}/lti/{OTHER}/launch"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        made = Stage(web)
        made.transactions.registrations.save(registration(id=OTHER, client_id="client-2", tenant_id="tenant-2"))
        made.transactions.registrations.save_deployment(OTHER, DEPLOYMENT, "active")
        yield made


def _login(stage: Stage, **changes: str) -> TestResponse:
    return stage.browser.post(f"/lti/{OTHER}/login", data={**LOGIN_PARAMS, "target_link_uri": OTHER_LAUNCH, **changes})


def test_each_is_launched_at_its_own_address(stage: Stage) -> None:
    login = stage.login(OTHER, client_id="client-2", target_link_uri=OTHER_LAUNCH)
    claims = stage.platform.claims(login.nonce, aud="client-2", **_target(OTHER_LAUNCH))
    response = stage.browser.post(
        f"/lti/{OTHER}/launch", data={"state": login.state, "id_token": stage.platform.sign(claims)}
    )
    launch = stage.accepted(response)
    assert launch.registration_id == OTHER


def test_a_client_of_the_one_does_not_log_in_at_the_other(stage: Stage) -> None:
    assert LOGIN_PARAMS["iss"] == ISSUER
    assert refusal_code(_login(stage)) == "login.client_unknown"


def test_a_token_for_the_one_does_not_launch_at_the_other(stage: Stage) -> None:
    login = stage.login(OTHER, client_id="client-2", target_link_uri=OTHER_LAUNCH)
    token = stage.platform.sign(stage.platform.claims(login.nonce, **_target(OTHER_LAUNCH)))
    response = stage.browser.post(f"/lti/{OTHER}/launch", data={"state": login.state, "id_token": token})
    assert refusal_code(response) == "claim.aud_mismatch"
    assert stage.opened == []


def test_a_login_of_the_one_is_not_finished_at_the_other(stage: Stage) -> None:
    login = stage.login()
    token = stage.platform.sign(stage.platform.claims(login.nonce))
    response = stage.browser.post(f"/lti/{OTHER}/launch", data={"state": login.state, "id_token": token})
    assert refusal_code(response).startswith("state.")
    assert stage.opened == []


def test_disabling_the_one_leaves_the_other(stage: Stage) -> None:
    held = stage.transactions.registrations.rows["reg-1"]
    stage.transactions.registrations.save(registration(state=RegistrationState.DISABLED))
    assert refusal_code(stage.browser.post("/lti/reg-1/login", data=LOGIN_PARAMS)) == "login.registration_disabled"
    assert _login(stage, client_id="client-2").status_code == 200
    stage.transactions.registrations.save(held)


def _target(url: str) -> dict[str, str]:
    return {"https://purl.imsglobal.org/spec/lti/claim/target_link_uri": url}
