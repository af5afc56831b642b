"""Dynamic Registration: the configuration, the single-use token, the approval."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.sandbox import scopes
from tests.functional.sandbox.fake_tool import SECRET, TOOL_CONFIGURATION
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

ALL = " ".join(scopes.SUPPORTED)
WEBHOOK = "urn:lti-badges:event-webhook"


def test_the_configuration_names_every_endpoint_and_the_event_feed(lms: Lms) -> None:
    value = lms.client.get("/.well-known/openid-configuration").get_json()
    assert value["issuer"] == BASE_URL
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"):
        assert value[name].startswith(f"{BASE_URL}/lti/")
    platform = value["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    assert platform["product_family_code"] == "lti-badges-practice-lms"
    assert platform[WEBHOOK] == {
        "event_types": ["item.scored", "item.completed", "module.completed", "course.graded"],
        "feed_scope": "urn:lti-badges:scope:events.readonly",
        "feed_url": f"{BASE_URL}/lti/events",
    }


def test_the_link_keeps_its_own_query(lms: Lms) -> None:
    opened = lms.call("POST", "registrations", {"registration_url": f"{lms.tool.url}/register?key=1"})
    assert opened["open_url"].startswith(f"{lms.tool.url}/register?key=1&openid_configuration=http%3A%2F%2Flms.example")


def test_a_tool_is_pending_until_the_admin_agrees(lms: Lms) -> None:
    answer = lms.register(lms.tool.metadata(ALL + " some:other:scope"), lms.begin_registration())
    value = answer.get_json()
    assert answer.status_code == 201
    assert value["scope"] == ALL
    assert value[TOOL_CONFIGURATION]["deployment_id"] == "site-1"
    assert SECRET not in answer.text
    lms.tool.client_id = value["client_id"]
    assert lms.try_call("POST", "launch", {"user_id": "teacher"}).status_code == 409
    assert lms.request_token(scopes.MEMBERS).get_json()["error"] == "invalid_client"
    lms.call("POST", "registrations/1/activate")
    assert lms.call("POST", "launch", {"user_id": "teacher"})["params"]["client_id"] == value["client_id"]


def test_the_token_registers_once(lms: Lms) -> None:
    token = lms.begin_registration()
    assert lms.register(lms.tool.metadata(ALL), token).status_code == 201
    again = lms.register(lms.tool.metadata(ALL), token)
    assert (again.status_code, again.get_json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("token", ["", "guess"])
def test_an_unknown_token_registers_nothing(lms: Lms, token: str) -> None:
    lms.begin_registration()
    assert lms.register(lms.tool.metadata(ALL), token).status_code == 401
    assert lms.call("GET", "registrations")["registrations"][0]["state"] == "open"


def test_an_old_token_registers_nothing(lms: Lms) -> None:
    token = lms.begin_registration()
    lms.pass_time(3601)
    assert lms.register(lms.tool.metadata(ALL), token).status_code == 401


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"initiate_login_uri": "/login"}, "invalid_client_metadata"),
        ({"jwks_uri": None}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({TOOL_CONFIGURATION: "none"}, "invalid_client_metadata"),
        (
            {TOOL_CONFIGURATION: {"domain": "a.example", "target_link_uri": "http://b.example/"}},
            "invalid_client_metadata",
        ),
    ],
)
def test_bad_metadata_is_refused_and_does_not_spend_the_token(lms: Lms, change: dict[str, Any], error: str) -> None:
    token = lms.begin_registration()
    answer = lms.register({**lms.tool.metadata(ALL), **change}, token)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert lms.register(lms.tool.metadata(ALL), token).status_code == 201


def test_an_unusable_webhook_secret_is_refused(lms: Lms) -> None:
    metadata = lms.tool.metadata(ALL)
    metadata[TOOL_CONFIGURATION][WEBHOOK]["secret"] = ""
    token = lms.begin_registration()
    assert lms.register(metadata, token).status_code == 400
    assert lms.register(lms.tool.metadata(ALL), token).status_code == 201


def test_the_data_survive_a_second_start(connected: Lms, tmp_path: Any) -> None:
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    again = Lms(tmp_path / "data", connected.tool)
    assert again.practice.api_token == connected.practice.api_token
    assert again.practice.keys.jwks() == connected.practice.keys.jwks()
    assert again.call("GET", "gradebook") == connected.call("GET", "gradebook")
    again.practice.database.close()


def test_secrets_are_readable_by_the_owner_only(lms: Lms, tmp_path: Any) -> None:
    for name in ("api-token", "platform-key.pem", "session-secret"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o777 == 0o600
