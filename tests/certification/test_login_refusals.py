"""LI: logins that must be refused before anything is stored; and launches of a platform that is not approved (DR17)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from lti_tool.domain.platform import RegistrationState
from tests.certification.refusing import refuse
from tests.certification.rows import ROWS
from tests.fakes.lti_platform import BASE_URL, LAUNCH_URL, REGISTRATION_ID, registration
from tests.fakes.lti_stage import LOGIN_PARAMS, Stage, refusal_code

row = pytest.mark.row
LOGIN = f"/lti/{REGISTRATION_ID}/login"
SECRET_HINT = "hint-that-stays-secret"

CASES: list[tuple[str, dict[str, str]]] = [
    ("LI01", {"iss": ""}),
    ("LI02", {"iss": "https://other.example"}),
    ("LI03-slash", {"iss": "https://lms.example/"}),
    ("LI03-case", {"iss": "https://LMS.example"}),
    ("LI03-scheme", {"iss": "http://lms.example"}),
    ("LI04", {"login_hint": ""}),
    ("LI06", {"client_id": "another"}),
    ("LI09", {"target_link_uri": ""}),
    ("LI10", {"target_link_uri": "https://evil.example/"}),
    ("LI11-slashes", {"target_link_uri": "//evil.example/"}),
    ("LI11-backslashes", {"target_link_uri": "\\\\evil.example"}),
    ("LI11-mixed", {"target_link_uri": f"{BASE_URL}\\@evil.example"}),
    ("LI11-userinfo", {"target_link_uri": "https://badges.example@evil.example/"}),
    ("LI11-own-userinfo", {"target_link_uri": "https://x@badges.example/"}),
    ("LI11-crlf", {"target_link_uri": f"{LAUNCH_URL}\r\nX: y"}),
    ("LI11-script", {"target_link_uri": "javascript:alert(1)"}),
    ("LI11-idn", {"target_link_uri": "https://badges.ex\u0430mple/"}),
    ("LI11-like", {"target_link_uri": "https://badges.examp1e/"}),
    ("LI11-encoded", {"target_link_uri": "https://badges.example%2eevil.example/"}),
    ("LI11-prefix", {"target_link_uri": "https://badges.example.evil.example/"}),
    ("LI11-port", {"target_link_uri": "https://badges.example:8443/"}),
    ("LI11-scheme", {"target_link_uri": "http://badges.example/"}),
    ("LI12-hint", {"login_hint": "a" * 65536}),
    ("LI12-message-hint", {"lti_message_hint": "a" * 65536}),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("case", "changes"), [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in CASES]
)
def test_login_is_refused(stage: Stage, method: str, case: str, changes: dict[str, str]) -> None:
    params = {**LOGIN_PARAMS, "lti_message_hint": SECRET_HINT, **changes}

    def send():  # type: ignore[no-untyped-def]
        if method == "GET":
            return stage.browser.get(f"{LOGIN}?{urlencode(params)}")
        return stage.browser.post(LOGIN, data=params)

    refuse(stage, case[:4], 400, send, secrets=[SECRET_HINT, "evil", "a" * 100])
    assert not stage.transactions.nonces.rows


@pytest.mark.parametrize(
    ("case", "address", "form"),
    [
        pytest.param("LI07", urlencode([*LOGIN_PARAMS.items(), ("iss", LOGIN_PARAMS["iss"])]), {}, marks=row("LI07")),
        pytest.param("LI08", "iss=https://other.example", LOGIN_PARAMS, marks=row("LI08")),
    ],
)
def test_parameter_that_is_repeated(stage: Stage, case: str, address: str, form: dict[str, str]) -> None:
    refuse(stage, case, 400, lambda: stage.browser.post(f"{LOGIN}?{address}", data=form))


@row("LI05")
def test_platform_with_two_clients_has_to_say_which(stage: Stage) -> None:
    """The address names the registration as well, but may have been copied from another client's page."""
    unnamed = {name: value for name, value in LOGIN_PARAMS.items() if name != "client_id"}
    assert stage.browser.post(LOGIN, data=unnamed).status_code == 200
    stage.transactions.registrations.save(registration(id="reg-2", client_id="client-2"))
    refuse(stage, "LI05", 400, lambda: stage.browser.post(LOGIN, data=unnamed))
    stage.login()


@row("LI13")
def test_hints_are_never_markup(stage: Stage) -> None:
    page = stage.login(login_hint="<script>alert(1)</script>", lti_message_hint='"><img src=x>').page
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    refused = stage.browser.post(LOGIN, data={**LOGIN_PARAMS, "iss": "<img src=x>", "login_hint": "<img src=x>"})
    assert refusal_code(refused) == "login.issuer_unknown"
    assert "img src" not in refused.text


@pytest.mark.parametrize(
    ("case", "state"),
    [
        pytest.param("LI14", RegistrationState.DISABLED, marks=row("LI14")),
        pytest.param("DR17", RegistrationState.PENDING, marks=row("DR17")),
    ],
)
def test_only_an_approved_platform_comes_in(stage: Stage, case: str, state: RegistrationState) -> None:
    login = stage.login()
    stage.transactions.registrations.save(replace(registration(), state=state))
    refuse(stage, case, 403, lambda: stage.browser.post(LOGIN, data=LOGIN_PARAMS))
    token = stage.platform.sign(stage.platform.claims(login.nonce))
    refuse(stage, case, 403, lambda: stage.post(login.state, token), secrets=[token])


@row("LI15")
@pytest.mark.parametrize("name", ["lti_deployment_id", "deployment_id"])
def test_deployment_that_cannot_be_new(stage: Stage, name: str) -> None:
    """A platform that makes more than one deployment of a client may name a new one, which is learnt from the launch it
    signs. Moodle never does; and before it named its first, nothing can be known."""
    held = stage.transactions.registrations
    params = {key: value for key, value in LOGIN_PARAMS.items() if key != "lti_deployment_id"} | {name: "elsewhere"}
    assert stage.browser.post(LOGIN, data=params).status_code == 200
    held.save(registration(product="moodle"))
    refuse(stage, "LI15", 400, lambda: stage.browser.post(LOGIN, data=params))
    stage.login()
    held.states.clear()
    assert stage.browser.post(LOGIN, data=params).status_code == 200


@row("LI16")
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "badges.example:8443"}, {"Host": "badges.example.evil.example"}],
)
def test_forged_host(stage: Stage, headers: dict[str, str]) -> None:
    refuse(stage, "LI16", 400, lambda: stage.browser.post(LOGIN, data=LOGIN_PARAMS, headers=headers))


@row("LI16")
@pytest.mark.parametrize("host", ["badges.example", "BADGES.example:443"])
def test_forwarded_host_that_no_proxy_of_ours_sent_changes_nothing(stage: Stage, host: str) -> None:
    forged = {"Host": host, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    page = stage.browser.post(LOGIN, data=LOGIN_PARAMS, headers=forged)
    assert "evil.example" not in page.text
    assert "redirect_uri=https%3A%2F%2Fbadges.example%2Flti%2Freg-1%2Flaunch" in page.text


@row("LI17")
def test_ten_thousand_logins_that_are_never_completed(stage: Stage) -> None:
    """What one address may begin in a minute is bounded, and none of it leaves a row."""
    outcomes: Counter[str] = Counter()
    for _ in range(10_000):
        page = stage.browser.post(LOGIN, data=LOGIN_PARAMS)
        outcomes["begun" if page.status_code == 200 else refusal_code(page)] += 1
    assert set(outcomes) == {"begun", ROWS["LI17"]}
    # The minute of the limit may turn while the test runs.
    assert 1200 <= outcomes["begun"] <= 2400
    refuse(stage, "LI17", 429, lambda: stage.browser.post(LOGIN, data=LOGIN_PARAMS))
    assert not stage.transactions.nonces.rows


@pytest.mark.parametrize("name", ["unknown", "x" * 300, "a%00b", "%2e%2e"])
def test_unknown_platform_is_not_found(stage: Stage, name: str) -> None:
    response = stage.browser.post(f"/lti/{name}/login", data=LOGIN_PARAMS)
    stage.refused(response, "login.registration_unknown", 404)
