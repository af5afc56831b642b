"""How a launch finds back to the browser it began in: cookie, platform storage, new window."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.lti_platform import BASE_URL, CLIENT_ID, LAUNCH_URL, REGISTRATION_ID
from tests.fakes.lti_stage import LOGIN_PARAMS, Login, Stage, data_attribute

COOKIE = "__Host-ltib"


def token(stage: Stage, login: Login) -> str:
    return stage.platform.sign(stage.platform.claims(login.nonce))


def test_the_login_asks_the_platform_for_exactly_this(stage: Stage) -> None:
    query = parse_qs(urlsplit(stage.login().auth_url).query)
    state, nonce = query.pop("state")[0], query.pop("nonce")[0]
    assert len(state) < 400  # it stands in an address
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}~[0-9]{10}~[A-Za-z0-9_-]{43}", nonce)  # 128 random bits, until when, signed
    assert query == {
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": [CLIENT_ID],
        "redirect_uri": [LAUNCH_URL],
        "login_hint": ["user-7"],
        "lti_message_hint": ["hint-1"],
    }


def test_a_query_in_the_platforms_address_is_kept(stage: Stage) -> None:
    held = stage.transactions.registrations
    held.save(replace(held.rows[REGISTRATION_ID], auth_login_url="https://lms.example/auth?site=7"))
    query = parse_qs(urlsplit(stage.login().auth_url).query)
    assert query["site"] == ["7"]
    assert query["scope"] == ["openid"]


def test_the_cookie_is_partitioned_and_bound_to_this_host(stage: Stage) -> None:
    header = stage.login().page.headers["Set-Cookie"]
    assert header.startswith(f"{COOKIE}=")
    flags = {part.strip() for part in header.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"} <= flags
    assert not any(flag.startswith("Domain") for flag in flags)


def test_a_second_login_keeps_the_cookie(stage: Stage) -> None:
    """Two tools on one course page, or two tabs, are the same browser."""
    first, second = stage.login(), stage.login()
    assert first.page.headers["Set-Cookie"].split(";")[0] == second.page.headers["Set-Cookie"].split(";")[0]
    stage.accepted(stage.post(first.state, token(stage, first)))
    stage.accepted(stage.post(second.state, token(stage, second)))


def test_a_cookie_we_could_not_have_set_is_replaced(stage: Stage) -> None:
    stage.browser.set_cookie(COOKIE, "chosen-by-somebody")
    stage.login()
    cookie = stage.browser.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody"


def test_with_the_cookie_the_browser_is_sent_on(stage: Stage) -> None:
    response = stage.launch()
    stage.accepted(response)
    assert response.headers["Location"] == "/s/session-1/"
    cookie = stage.browser.get_cookie(COOKIE)
    assert cookie is not None
    assert stage.opened[0][1] == cookie.value


def test_without_a_cookie_the_platforms_storage_proves_the_browser(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    frame, origin, key, proof = (
        data_attribute(login.page, f"storage-{name}") for name in ("frame", "origin", "key", "value")
    )
    assert (frame, origin) == ("_parent", "https://lms.example")
    stage.browser = stage.app.test_client()

    asking = stage.post(login.state, token(stage, login))
    assert asking.status_code == 200
    assert data_attribute(asking, "storage-key") == key
    assert proof not in asking.text
    assert stage.opened == []

    opening = stage.post(login.state, token(stage, login), proof=proof)
    assert opening.status_code == 200
    assert 'action="/s/session-1/"' in opening.text
    assert 'name="launch_token" value="page-token"' in opening.text
    assert stage.opened[0][1] is None


@pytest.mark.parametrize("proof", ["", "wrong", "é"])
def test_a_wrong_proof_is_another_browser(stage: Stage, proof: str) -> None:
    login = stage.login(lti_storage_target="_parent")
    stage.browser = stage.app.test_client()
    stage.refused(stage.post(login.state, token(stage, login), proof=proof), "state.browser_mismatch", 403)


def test_the_proof_of_one_login_is_not_that_of_another(stage: Stage) -> None:
    first = stage.login(lti_storage_target="_parent")
    second = stage.login(lti_storage_target="_parent")
    proof = data_attribute(second.page, "storage-value")
    stage.browser = stage.app.test_client()
    response = stage.post(first.state, token(stage, first), proof=proof)
    stage.refused(response, "state.browser_mismatch", 403)


def test_no_proof_is_offered_where_the_platform_has_no_storage(stage: Stage) -> None:
    assert "data-storage" not in stage.login().page.text


@pytest.mark.parametrize("how", ["same", "other", "none"])
def test_the_cookie_check_tells_which_cookie_came_back(stage: Stage, how: str) -> None:
    address = data_attribute(stage.login().page, "cookie-check-url")
    if how != "same":
        stage.browser = stage.app.test_client()
    if how == "other":
        stage.login()
    response = stage.browser.get(address)
    assert response.get_json() == {"cookie": how}
    assert response.headers["Cache-Control"] == "no-store"


def test_a_new_window_begins_the_same_login_again(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    address = data_attribute(login.page, "continue-url")
    stage.browser = stage.app.test_client()  # another cookie jar: the first-party one
    response = stage.browser.get(address)
    assert response.status_code == 302
    assert COOKIE in response.headers["Set-Cookie"]
    query = parse_qs(urlsplit(response.headers["Location"]).query)
    assert query["lti_message_hint"] == ["hint-1"]
    assert query["state"] != [login.state]
    claims = stage.platform.claims(query["nonce"][0])
    stage.accepted(stage.post(query["state"][0], stage.platform.sign(claims)))

    stage.opened.clear()
    stage.refused(stage.browser.get(address), "login.handle_unknown", 400)
    proof = data_attribute(login.page, "storage-value")
    stage.refused(stage.post(login.state, token(stage, login), proof=proof), "state.used", 400)


@pytest.mark.parametrize("handle", ["unknown", "x" * 500, "a%00b"])
def test_a_made_up_link_is_refused(stage: Stage, handle: str) -> None:
    stage.refused(stage.browser.get(f"/lti/continue/{handle}"), "login.handle_unknown", 400)


def test_a_link_is_too_old_after_ten_minutes(stage: Stage) -> None:
    address = data_attribute(stage.login().page, "continue-url")
    stage.clock.advance(600)
    stage.refused(stage.browser.get(address), "login.handle_unknown", 400)


def test_login_by_get_works_as_well(stage: Stage) -> None:
    page = stage.browser.get(f"/lti/{REGISTRATION_ID}/login", query_string=LOGIN_PARAMS)
    assert page.status_code == 200
    assert data_attribute(page, "auth-url").startswith("https://lms.example/auth?")
    assert BASE_URL not in page.headers.get("Set-Cookie", "")
