"""L-LI: logins that must be refused. Ids are those of the launch catalogue.

LI05 (several clients of one issuer) cannot arise: the address names the registration. LI15 (unknown deployment in the
unsigned login) is decided at the launch, whose signature makes it worth recording. LI16: no code reads the Host
header. LI17: rate limits belong to the whole site.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from lti_tool.domain.platform import RegistrationState
from lti_tool.lti.refusals import known_codes
from tests.fakes.lti_platform import BASE_URL, LAUNCH_URL, REGISTRATION_ID, registration
from tests.fakes.lti_stage import LOGIN_PARAMS, Stage, refusal_code

LOGIN = f"/lti/{REGISTRATION_ID}/login"

ROWS = [
    ("LI01", {"iss": ""}, "login.iss_missing"),
    ("LI02", {"iss": "https://other.example"}, "login.issuer_unknown"),
    ("LI03-slash", {"iss": "https://lms.example/"}, "login.issuer_unknown"),
    ("LI03-case", {"iss": "https://LMS.example"}, "login.issuer_unknown"),
    ("LI03-scheme", {"iss": "http://lms.example"}, "login.issuer_unknown"),
    ("LI04", {"login_hint": ""}, "login.hint_missing"),
    ("LI06", {"client_id": "another"}, "login.client_unknown"),
    ("LI09", {"target_link_uri": ""}, "login.target_missing"),
    ("LI10", {"target_link_uri": "https://evil.example/"}, "login.target_foreign"),
    ("LI11-slashes", {"target_link_uri": "//evil.example/"}, "login.target_foreign"),
    ("LI11-backslashes", {"target_link_uri": "\\\\evil.example"}, "login.target_foreign"),
    ("LI11-mixed", {"target_link_uri": f"{BASE_URL}\\@evil.example"}, "login.target_foreign"),
    ("LI11-userinfo", {"target_link_uri": "https://badges.example@evil.example/"}, "login.target_foreign"),
    ("LI11-own-userinfo", {"target_link_uri": "https://x@badges.example/"}, "login.target_foreign"),
    ("LI11-crlf", {"target_link_uri": f"{LAUNCH_URL}\r\nX: y"}, "login.target_foreign"),
    ("LI11-script", {"target_link_uri": "javascript:alert(1)"}, "login.target_foreign"),
    ("LI11-idn", {"target_link_uri": "https://badges.examp1e/"}, "login.target_foreign"),
    ("LI11-encoded", {"target_link_uri": "https://badges.example%2eevil.example/"}, "login.target_foreign"),
    ("LI11-prefix", {"target_link_uri": "https://badges.example.evil.example/"}, "login.target_foreign"),
    ("LI11-port", {"target_link_uri": "https://badges.example:8443/"}, "login.target_foreign"),
    ("LI11-scheme", {"target_link_uri": "http://badges.example/"}, "login.target_foreign"),
    ("LI12-hint", {"login_hint": "a" * 65536}, "login.param_too_long"),
    ("LI12-message-hint", {"lti_message_hint": "a" * 65536}, "login.param_too_long"),
]


@pytest.mark.parametrize(("changes", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_login_is_refused(stage: Stage, method: str, changes: dict[str, str], code: str) -> None:
    params = {**LOGIN_PARAMS, **changes}
    if method == "GET":
        response = stage.browser.get(f"{LOGIN}?{urlencode(params)}")
    else:
        response = stage.browser.post(LOGIN, data=params)
    stage.refused(response, code, 400)
    assert not stage.transactions.nonces.rows
    assert not stage.web.calls


@pytest.mark.parametrize(
    ("address", "form"),
    [
        pytest.param(f"{LOGIN}?{urlencode([*LOGIN_PARAMS.items(), ('iss', LOGIN_PARAMS['iss'])])}", {}, id="LI07"),
        pytest.param(f"{LOGIN}?iss=https://other.example", LOGIN_PARAMS, id="LI08"),
    ],
)
def test_a_repeated_parameter_is_refused(stage: Stage, address: str, form: dict[str, str]) -> None:
    stage.refused(stage.browser.post(address, data=form), "login.param_repeated", 400)


def test_li13_hints_are_never_markup(stage: Stage) -> None:
    page = stage.login(login_hint="<script>alert(1)</script>", lti_message_hint='"><img src=x>').page
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


@pytest.mark.parametrize(
    ("state", "code"),
    [
        pytest.param(RegistrationState.DISABLED, "login.registration_disabled", id="LI14"),
        pytest.param(RegistrationState.PENDING, "login.registration_pending", id="DR17"),
    ],
)
def test_only_an_approved_platform_begins_a_login(stage: Stage, state: RegistrationState, code: str) -> None:
    stage.transactions.registrations.save(replace(registration(), state=state))
    stage.refused(stage.browser.post(LOGIN, data=LOGIN_PARAMS), code, 403)


@pytest.mark.parametrize("name", ["unknown", "x" * 300, "a%00b", "%2e%2e"])
def test_an_unknown_platform_is_not_found(stage: Stage, name: str) -> None:
    response = stage.browser.post(f"/lti/{name}/login", data=LOGIN_PARAMS)
    stage.refused(response, "login.registration_unknown", 404)


def test_li16_a_forged_host_changes_nothing(stage: Stage) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = stage.browser.post(LOGIN, data=LOGIN_PARAMS, headers=headers)
    assert "evil.example" not in page.text
    assert "redirect_uri=https%3A%2F%2Fbadges.example%2Flti%2Freg-1%2Flaunch" in page.text


def test_the_code_of_every_row_is_documented(stage: Stage) -> None:
    assert {row[2] for row in ROWS} <= known_codes()
    assert refusal_code(stage.browser.post(LOGIN, data={})) in known_codes()
