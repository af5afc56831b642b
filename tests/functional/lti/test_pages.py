"""The other addresses, and what every page of this blueprint says to the browser."""

from __future__ import annotations

import jwt
import pytest
from werkzeug.test import TestResponse

from lti_tool.domain.errors import BadgeToolError
from lti_tool.lti.dynamic_registration import RegistrationOutcome
from tests.fakes.lti_platform import REGISTRATION_ID, registration
from tests.fakes.lti_stage import Stage, refusal_code
from tests.fakes.signing import FakeKeys

REGISTER = "/lti/register/invite?openid_configuration=https://lms.example/config&registration_token=t"


def directives(response: TestResponse) -> dict[str, str]:
    header = response.headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


def test_every_page_may_be_framed_by_the_platform_alone(stage: Stage) -> None:
    login = stage.login()
    pages = [login.page, stage.post(login.state, "x"), stage.browser.get(f"/lti/{REGISTRATION_ID}/launch")]
    for page in pages:
        policy = directives(page)
        assert policy["frame-ancestors"] == "https://lms.example"
        assert policy["script-src"] == "'self'"
        assert policy["default-src"] == "'none'"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_has_inline_script_or_style(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    stage.browser = stage.app.test_client()
    token = stage.platform.sign(stage.platform.claims(login.nonce))
    for page in (login.page, stage.post(login.state, token), stage.post("", token)):
        assert " onclick" not in page.text
        assert "style=" not in page.text
        assert "<script>" not in page.text


def test_scripts_and_styles_are_our_own_files(stage: Stage) -> None:
    text = stage.login().page.text
    for part in text.split('src="')[1:] + text.split('href="')[1:]:
        address = part.split('"')[0]
        if address.startswith("/") and "continue" not in address:
            assert stage.browser.get(address.split("?")[0]).status_code == 200, address


def test_moodle_may_look_at_the_launch_address(stage: Stage) -> None:
    """Moodle GETs the address of a new link from its server, without a session."""
    response = stage.browser.get(f"/lti/{REGISTRATION_ID}/launch")
    assert response.status_code == 200
    assert "opens from inside a course" in response.text
    assert stage.browser.get("/lti/unknown/launch").status_code == 200


def test_the_key_set_lists_every_key_and_no_private_part(stage: Stage) -> None:
    response = stage.browser.get("/lti/jwks.json")
    keys = response.get_json()["keys"]
    assert [key["kid"] for key in keys] == ["tool-2", "tool-1"]
    assert all(set(key) == {"kty", "n", "e", "alg", "use", "kid"} for key in keys)
    assert "max-age" in response.headers["Cache-Control"]
    signed = jwt.encode({"a": 1}, FakeKeys().active("lti").private_key, "RS256")
    assert jwt.decode(signed, jwt.PyJWK.from_dict(keys[0]).key, ["RS256"]) == {"a": 1}


def test_a_registration_is_shown_and_may_be_framed_by_that_platform(stage: Stage) -> None:
    stage.outcome = RegistrationOutcome(registration(name="<b>LMS</b>"), ["1"], [])
    response = stage.browser.get(REGISTER)
    assert response.status_code == 200
    assert directives(response)["frame-ancestors"] == "https://lms.example"
    assert "&lt;b&gt;LMS" in response.text
    assert 'data-close="now"' in response.text


def test_differences_are_read_before_the_page_closes(stage: Stage) -> None:
    stage.outcome = RegistrationOutcome(registration(), [], ["The platform will not send names of learners."])
    response = stage.browser.get(REGISTER)
    assert 'data-close="ask"' in response.text
    assert "will not send names" in response.text


def test_a_refused_registration_has_a_page(stage: Stage) -> None:
    stage.outcome = BadgeToolError("reg.link_invalid", "Used already.", status=403)
    stage.refused(stage.browser.get(REGISTER), "reg.link_invalid", 403)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/lti/register/invite", "reg.configuration_missing"),
        (REGISTER + "&registration_token=u", "reg.param_repeated"),
    ],
)
def test_a_registration_that_cannot_be_begun(stage: Stage, address: str, code: str) -> None:
    response = stage.browser.get(address)
    assert response.status_code == 400
    assert refusal_code(response) == code
