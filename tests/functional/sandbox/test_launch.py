"""Launches: what they say, and what the authorization endpoint refuses."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.sandbox import scopes
from tests.functional.sandbox.fake_tool import CLAIM
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def test_a_learner_launch_says_everything_a_tool_needs(connected: Lms) -> None:
    claims = connected.launch(user_id="learner-1")
    assert claims["sub"] == "learner-1"
    assert claims["nonce"] == "a nonce"
    assert claims["exp"] - claims["iat"] == 60
    assert (claims["name"], claims["email"]) == ("Lena Lichen", "lena.lichen@school.example")
    assert MEMBERSHIP + "Learner" in claims[CLAIM + "roles"]
    assert claims[CLAIM + "message_type"] == "LtiResourceLinkRequest"
    assert claims[CLAIM + "deployment_id"] == "site-1"
    assert claims[CLAIM + "target_link_uri"] == f"{connected.tool.url}/"
    assert claims[CLAIM + "context"]["id"] == "course-lab-safety"
    assert claims[CLAIM + "resource_link"]["id"] == "menu-1"
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "iframe"
    assert claims[CLAIM + "tool_platform"]["product_family_code"] == "lti-badges-practice-lms"
    assert claims[CLAIM + "custom"] == {"history": "", "who": "learner-1", "odd": "$No.such"}
    ags = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert set(ags["scope"]) == set(scopes.GRADE_SCOPES)
    assert "lineitem" not in ags


@pytest.mark.parametrize(
    ("user_id", "role"),
    [
        ("teacher", MEMBERSHIP + "Instructor"),
        ("assistant", "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"),
        ("test-student", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"),
        ("admin", "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"),
    ],
)
def test_roles_are_full_addresses(connected: Lms, user_id: str, role: str) -> None:
    assert role in connected.launch(user_id=user_id)[CLAIM + "roles"]


def test_a_tool_gets_only_what_it_asked_for(lms: Lms) -> None:
    metadata = lms.tool.metadata("")
    metadata["https://purl.imsglobal.org/spec/lti-tool-configuration"]["claims"] = ["iss", "sub"]
    answer = lms.register(metadata, lms.begin_registration())
    lms.tool.client_id = answer.get_json()["client_id"]
    lms.call("POST", "registrations/1/activate")
    claims = lms.launch(user_id="learner-1")
    assert not {"name", "given_name", "family_name", "email"} & set(claims)
    assert not any("lti-ags" in name or "lti-nrps" in name for name in claims)


def test_the_login_initiation_carries_what_the_frame_needs(connected: Lms) -> None:
    begun = connected.call("POST", "launch", {"user_id": "learner-1"})
    assert (begun["method"], begun["login_url"]) == ("POST", f"{connected.tool.url}/login")
    assert begun["params"]["iss"] == BASE_URL
    assert begun["params"]["lti_deployment_id"] == "site-1"
    assert begun["params"]["lti_storage_target"] == "_parent"
    in_window = connected.call("POST", "launch", {"user_id": "learner-1", "document_target": "window"})
    assert "lti_storage_target" not in in_window["params"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "login"}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"login_hint": "learner-2"}, "login_required"),
        ({"login_hint": None}, "login_required"),
        ({"lti_message_hint": "guess"}, "login_required"),
        ({"lti_message_hint": None}, "login_required"),
    ],
)
def test_a_wrong_request_is_answered_at_the_redirect_uri(connected: Lms, changes: dict[str, Any], error: str) -> None:
    params = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    fields = connected.authenticate(params, **changes)
    assert fields["action"] == f"{connected.tool.url}/launch"
    assert (fields["error"], fields["state"]) == (error, "a state")
    assert "id_token" not in fields


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uri": "http://elsewhere.example/launch"}, "auth.redirect_uri"),
        ({"redirect_uri": ""}, "auth.redirect_uri"),
        ({"client_id": "practice-unknown"}, "auth.client_unknown"),
    ],
)
def test_nothing_is_posted_to_an_address_that_is_not_registered(
    connected: Lms, changes: dict[str, str], code: str
) -> None:
    params = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    query = {"redirect_uri": f"{connected.tool.url}/launch", **params, **changes}
    answer = connected.app.test_client().get("/lti/auth", query_string=query)
    assert answer.status_code == 400
    assert code in answer.text
    assert "<form" not in answer.text


def test_a_hint_answers_once_and_not_for_long(connected: Lms) -> None:
    params = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    assert "id_token" in connected.authenticate(params)
    assert connected.authenticate(params)["error"] == "login_required"
    old = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    connected.pass_time(601)
    assert connected.authenticate(old)["error"] == "login_required"


def test_a_link_that_leads_elsewhere_is_not_launched(connected: Lms) -> None:
    body = {"user_id": "learner-1", "target_link_uri": "http://elsewhere.example/"}
    assert connected.try_call("POST", "launch", body).get_json()["error"]["code"] == "launch.target_foreign"


def test_a_suspended_person_does_not_come_in(connected: Lms) -> None:
    params = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    connected.call("POST", "enrolment", {"user_id": "learner-1", "active": False})
    assert connected.authenticate(params)["error"] == "login_required"
    assert connected.try_call("POST", "launch", {"user_id": "learner-1"}).status_code == 403


def test_everything_shown_is_escaped(connected: Lms) -> None:
    params = connected.call("POST", "launch", {"user_id": "learner-1"})["params"]
    hostile = '"><script>alert(1)</script>'
    assert connected.authenticate(params, state=hostile)["state"] == hostile
    connected.become("admin")
    assert "Fake &lt;Tool&gt;" in connected.client.get("/admin").text
