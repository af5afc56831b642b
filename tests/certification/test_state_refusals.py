"""L-ST: a launch belongs to one login in one browser, once.

ST13 to ST15 are about sessions, which the pages test. ST16 and ST17 are about the script: see tests/functional/lti.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import RegistrationState
from lti_tool.lti.refusals import BrowserBindingMissing
from tests.fakes.lti_platform import DEPLOYMENT, registration
from tests.fakes.lti_stage import LOGIN_PARAMS, Stage


def token(stage: Stage, nonce: str) -> str:
    return stage.platform.sign(stage.platform.claims(nonce))


def test_st01_state_missing(stage: Stage) -> None:
    login = stage.login()
    stage.refused(stage.post("", token(stage, login.nonce)), "state.missing", 400)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda state: "state-unknown", id="ST02"),
        pytest.param(lambda state: state[:-1], id="ST11-truncated"),
        pytest.param(lambda state: state + "a", id="ST11-extended"),
        pytest.param(lambda state: state.swapcase(), id="ST11-case"),
        pytest.param(lambda state: state + ";=,\r\n", id="ST12"),
        pytest.param(lambda state: state + "\x00", id="ST12-nul"),
        pytest.param(lambda state: "s" * 100_000, id="ST02-long"),
    ],
)
def test_a_state_that_is_none_of_ours(stage: Stage, spoil) -> None:  # type: ignore[no-untyped-def]
    login = stage.login()
    stage.refused(stage.post(spoil(login.state), token(stage, login.nonce)), "state.unknown", 400)
    stage.accepted(stage.post(login.state, token(stage, login.nonce)))


def test_st03_a_valid_state_without_cookie(stage: Stage) -> None:
    """Login CSRF: the attacker's login, finished in the victim's browser."""
    login = stage.login()
    stage.browser = stage.app.test_client()
    stage.refused(stage.post(login.state, token(stage, login.nonce)), "state.browser_mismatch", 403)
    assert not stage.web.calls


def test_st04_a_state_of_another_browser(stage: Stage) -> None:
    login = stage.login()
    stage.browser = stage.app.test_client()
    stage.login()
    stage.refused(stage.post(login.state, token(stage, login.nonce)), "state.browser_mismatch", 403)


def test_st05_and_st06_a_state_is_good_once(stage: Stage) -> None:
    login = stage.login()
    first = token(stage, login.nonce)
    stage.accepted(stage.post(login.state, first))
    stage.opened.clear()
    stage.refused(stage.post(login.state, first), "state.used", 400)
    stage.clock.advance(1)
    stage.refused(stage.post(login.state, token(stage, login.nonce)), "state.used", 400)


def test_st07_a_state_older_than_ten_minutes(stage: Stage) -> None:
    login = stage.login()
    stage.clock.advance(600)
    stage.refused(stage.post(login.state, token(stage, login.nonce)), "state.expired", 400)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"issuer": "https://second.example", "client_id": "client-2"}, id="ST08"),
        pytest.param({"client_id": "client-2"}, id="ST09"),
    ],
)
def test_a_state_of_one_registration_with_the_token_of_another(stage: Stage, other: dict[str, str]) -> None:
    second = registration(id="reg-2", **other)
    stage.transactions.registrations.save(second)
    stage.transactions.registrations.save_deployment("reg-2", DEPLOYMENT, "active")
    page = stage.browser.post("/lti/reg-2/login", data={**LOGIN_PARAMS, "iss": second.issuer, "client_id": "client-2"})
    assert page.status_code == 200
    login = stage.login("reg-2", iss=second.issuer, client_id="client-2")
    response = stage.post(login.state, token(stage, login.nonce))
    stage.refused(response, "state.client_mismatch", 400)


def test_st10_state_of_one_login_and_nonce_of_another(stage: Stage) -> None:
    first, second = stage.login(), stage.login()
    stage.refused(stage.post(first.state, token(stage, second.nonce)), "claim.nonce_unknown", 401)


def test_a_registration_switched_off_between_login_and_launch(stage: Stage) -> None:
    login = stage.login()
    stage.transactions.registrations.save(replace(registration(), state=RegistrationState.DISABLED))
    response = stage.post(login.state, token(stage, login.nonce))
    stage.refused(response, "login.registration_disabled", 403)


def test_nothing_is_used_up_while_the_browser_is_not_known(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    form = {"state": login.state, "id_token": token(stage, login.nonce)}
    with pytest.raises(BrowserBindingMissing) as missing:
        stage.tool.finish_launch("reg-1", form, None, None)
    assert missing.value.storage is not None
    assert missing.value.storage.value == ""
    stage.accepted(stage.post(**form))


def test_cl19_of_a_hundred_identical_launches_one_is_accepted(stage: Stage) -> None:
    login = stage.login()
    cookie = stage.browser.get_cookie("__Host-ltib")
    assert cookie is not None
    form = {"state": login.state, "id_token": token(stage, login.nonce)}
    stage.tool.public_keys()
    codes: Counter[str] = Counter()

    def run() -> None:
        try:
            stage.tool.finish_launch("reg-1", form, cookie.value, None)
            codes["accepted"] += 1
        except BadgeToolError as error:
            codes[error.code] += 1

    threads = [threading.Thread(target=run) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {"accepted": 1, "state.used": 99}
