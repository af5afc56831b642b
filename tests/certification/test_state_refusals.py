"""ST: a launch belongs to one login in one browser, once. ST13 to ST15: test_sessions.py; ST16 and ST17:
test_storage_answers.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lti_tool.lti.refusals import BrowserBindingMissing
from tests.certification.refusing import refuse
from tests.factories.whole_site import WholeSite
from tests.fakes.lti_platform import DEPLOYMENT, registration
from tests.fakes.lti_stage import LOGIN_PARAMS, Stage, refusal_code

row = pytest.mark.row


def token(stage: Stage, nonce: str) -> str:
    return stage.platform.sign(stage.platform.claims(nonce))


@row("ST01")
def test_state_missing(stage: Stage) -> None:
    signed = token(stage, stage.login().nonce)
    refuse(stage, "ST01", 400, lambda: stage.post("", signed), secrets=[signed])
    refuse(stage, "ST01", 400, lambda: stage.browser.post("/lti/reg-1/launch", data={"id_token": signed}))


@pytest.mark.parametrize(
    ("case", "spoil"),
    [
        pytest.param("ST02", lambda state: "state-unknown", id="ST02", marks=row("ST02")),
        pytest.param("ST02", lambda state: "s" * 100_000, id="ST02-long", marks=row("ST02")),
        pytest.param("ST11", lambda state: state[:-1], id="ST11-truncated", marks=row("ST11")),
        pytest.param("ST11", lambda state: state + "a", id="ST11-extended", marks=row("ST11")),
        pytest.param("ST11", lambda state: state.swapcase(), id="ST11-case", marks=row("ST11")),
        pytest.param("ST11", lambda state: f" {state}", id="ST11-space", marks=row("ST11")),
        pytest.param("ST12", lambda state: state + ";=,\r\n", id="ST12", marks=row("ST12")),
        pytest.param("ST12", lambda state: state + "\x00", id="ST12-nul", marks=row("ST12")),
        pytest.param("ST12", lambda state: "é%", id="ST12-other", marks=row("ST12")),
    ],
)
def test_state_that_is_none_of_ours(stage: Stage, case: str, spoil: Callable[[str], str]) -> None:
    login = stage.login()
    signed = token(stage, login.nonce)
    refuse(stage, case, 400, lambda: stage.post(spoil(login.state), signed), secrets=[signed, login.state])
    stage.accepted(stage.post(login.state, signed))


@row("ST03")
def test_state_without_a_cookie(stage: Stage) -> None:
    """Login CSRF: the attacker's login, finished in the victim's browser."""
    login = stage.login()
    stage.browser = stage.app.test_client()
    signed = token(stage, login.nonce)
    refuse(stage, "ST03", 403, lambda: stage.post(login.state, signed), secrets=[signed, login.state])
    assert not stage.web.calls


@row("ST03")
def test_state_without_cookie_or_the_proof_that_the_platform_keeps(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    stage.browser = stage.app.test_client()
    signed = token(stage, login.nonce)
    for proof in ("", "wrong", "é"):
        refuse(stage, "ST03", 403, lambda given=proof: stage.post(login.state, signed, proof=given))  # type: ignore[misc]
    assert not stage.web.calls


@row("ST04")
def test_state_of_another_browser(stage: Stage) -> None:
    login = stage.login()
    stage.browser = stage.app.test_client()
    stage.login()
    signed = token(stage, login.nonce)
    refuse(stage, "ST04", 403, lambda: stage.post(login.state, signed), secrets=[signed, login.state])


@row("ST05")
def test_state_used_before_with_a_new_token(stage: Stage) -> None:
    login = stage.login()
    stage.accepted(stage.post(login.state, token(stage, login.nonce)))
    stage.clock.advance(1)
    again = token(stage, login.nonce)
    refuse(stage, "ST05", 400, lambda: stage.post(login.state, again), secrets=[again, login.state])


@row("ST06")
def test_the_same_post_again(stage: Stage) -> None:
    login = stage.login()
    signed = token(stage, login.nonce)
    stage.accepted(stage.post(login.state, signed))
    refuse(stage, "ST06", 400, lambda: stage.post(login.state, signed), secrets=[signed, login.state])
    stage.clock.advance(3599)
    refuse(stage, "ST06", 400, lambda: stage.post(login.state, signed))


@row("ST06")
def test_the_same_post_from_eight_sides_opens_one_session(site: WholeSite) -> None:
    """At the whole tool: what finds a login used stands in the transaction that opens the session."""
    browser = site.app.test_client()
    form = site.begin_launch(browser, "ana")
    cookie = browser.get_cookie("__Host-ltib", domain="badges.example.edu")

    def post(_: int) -> tuple[int, str]:
        other = site.app.test_client()
        other.set_cookie("__Host-ltib", cookie.value, domain="badges.example.edu", secure=True)
        answer = other.post("/lti/reg-1/launch", data=form)
        return answer.status_code, "" if answer.status_code == 303 else refusal_code(answer)

    before = len(site.rows()["launch_sessions"])
    with ThreadPoolExecutor(8) as sides:
        answers = Counter(sides.map(post, range(24)))
    assert answers.pop((303, "")) == 1, answers
    assert {code for _, code in answers} <= {"state.used", "claim.nonce_used"}
    assert len(site.rows()["launch_sessions"]) == before + 1


@row("ST07")
def test_state_older_than_ten_minutes(stage: Stage) -> None:
    """The cookie is still there: how long a login is good is written in its record."""
    login = stage.login()
    stage.clock.advance(600)
    fresh = token(stage, login.nonce)
    refuse(stage, "ST07", 400, lambda: stage.post(login.state, fresh), secrets=[fresh, login.state])


@pytest.mark.parametrize(
    ("case", "issuer"),
    [
        pytest.param("ST08", "https://second.example", marks=row("ST08")),
        pytest.param("ST09", "https://lms.example", marks=row("ST09")),
    ],
)
def test_state_of_one_registration_with_the_token_of_another(stage: Stage, case: str, issuer: str) -> None:
    held = stage.transactions.registrations
    held.save(registration(id="reg-2", issuer=issuer, client_id="client-2"))
    held.save_deployment("reg-2", DEPLOYMENT, "active")
    target = LOGIN_PARAMS["target_link_uri"].replace("reg-1", "reg-2")
    login = stage.login("reg-2", iss=issuer, client_id="client-2", target_link_uri=target)
    signed = token(stage, login.nonce)
    refuse(stage, case, 400, lambda: stage.post(login.state, signed), secrets=[signed, login.state])


@row("ST10")
def test_state_of_one_login_with_the_nonce_of_another(stage: Stage) -> None:
    first, second = stage.login(), stage.login()
    signed = token(stage, second.nonce)
    refuse(stage, "ST10", 401, lambda: stage.post(first.state, signed), secrets=[signed, first.state])
    stage.accepted(stage.post(second.state, signed))


def test_nothing_is_used_up_while_the_browser_is_not_known(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    form = {"state": login.state, "id_token": token(stage, login.nonce)}
    with pytest.raises(BrowserBindingMissing) as missing:
        stage.tool.check_launch("reg-1", form, None, None)
    assert missing.value.storage is not None
    assert missing.value.storage.value == ""
    stage.accepted(stage.post(**form))


def test_nothing_is_used_up_by_a_token_that_the_platform_did_not_sign(stage: Stage) -> None:
    login = stage.login()
    signed = token(stage, login.nonce)
    stage.refused(stage.post(login.state, signed[:-8] + "AAAAAAAA"), "jwt.signature_invalid", 401)
    stage.accepted(stage.post(login.state, signed))
