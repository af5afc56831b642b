"""Canvas's dynamic registration: hosts of its own, scopes it must know, what it is asked for beyond the standard."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from lti_tool.domain.errors import BadgeToolError
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.dynamic_registration.metadata import SCOPES
from lti_tool.lti.settings import LtiSettings
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import BASE_URL
from tests.fakes.transactions import MemoryTransactions

CANVAS = "https://canvas.instructure.com"
EXTENSION = "https://canvas.instructure.com/lti/"
CONFIG_PATH = "/api/lti/security/openid-configuration?registration_token=inner"


def configuration(issuer: str = CANVAS, sso: str = "https://sso.canvaslms.com", **changes: Any) -> dict[str, Any]:
    """As its documentation and code show it: the registration goes to the account's own host."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{sso}/api/lti/authorize_redirect",
        "token_endpoint": f"{sso}/login/oauth2/token",
        "jwks_uri": f"{sso}/api/lti/security/jwks",
        "registration_endpoint": "https://learn.school.example/api/lti/registrations",
        "scopes_supported": [*SCOPES, c.SCOPE_NOTICES],
        "claims_supported": ["sub", "picture", "email", "name", "given_name", "family_name", "locale"],
        "authorization_server": "sso.canvaslms.com",
        c.PLATFORM_CONFIGURATION: {
            "product_family_code": "canvas",
            "version": "vCloud",
            "messages_supported": [
                {
                    "type": "LtiResourceLinkRequest",
                    "placements": [EXTENSION + "course_navigation", "account_navigation"],
                },
                {"type": "LtiDeepLinkingRequest", "placements": ["link_selection", "editor_button"]},
            ],
            "variables": ["ResourceLink.id"],
        },
        **changes,
    }


class Canvas:
    """Refuses a scope it does not know, as Canvas does, and names no deployment."""

    def __init__(self, web: responses.RequestsMock, http: OutgoingHttp, document: dict[str, Any]) -> None:
        self.web, self.http, self.document = web, http, document
        self.asked: dict[str, Any] = {}
        self.change: dict[str, Any] = {}
        web.add("GET", document["issuer"] + CONFIG_PATH, json=document)
        web.add_callback("POST", document["registration_endpoint"], self._answer)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.asked = json.loads(request.body)
        unknown = set(self.asked["scope"].split()) - set(self.document["scopes_supported"])
        answer = {**self.asked, "client_id": "10000000000068", **self.change}
        return 422 if unknown else 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(answer)

    def run(self) -> RegistrationOutcome:
        registrar = PlatformRegistrar(self.http, MemoryTransactions(), FakeClock(), LtiSettings(BASE_URL))
        url = self.document["issuer"] + CONFIG_PATH
        return registrar.register(url, "token-1", "reg-9", tenant_id="tenant-1", name="School")


def test_hosted_canvas_gets_through(web: responses.RequestsMock, http: OutgoingHttp) -> None:
    canvas = Canvas(web, http, configuration())
    outcome = canvas.run()
    made = outcome.registration
    assert (made.issuer, made.client_id, made.product) == (CANVAS, "10000000000068", "canvas")
    assert made.auth_login_url == "https://sso.canvaslms.com/api/lti/authorize_redirect"
    # Its bare host is no audience: the address of the token endpoint is.
    assert made.auth_audience == ""
    assert (made.environment, made.issuing) == ("production", True)
    assert outcome.deployment_ids == []
    assert outcome.differences == []
    assert all(call.request.headers["Authorization"] == "Bearer token-1" for call in web.calls)


def test_canvas_is_asked_for_its_placements_and_ids(web: responses.RequestsMock, http: OutgoingHttp) -> None:
    canvas = Canvas(web, http, configuration())
    canvas.run()
    tool = canvas.asked[c.TOOL_CONFIGURATION]
    assert tool[EXTENSION + "privacy_level"] == "public"
    assert tool[EXTENSION + "tool_id"] == "lti-badges"
    course, choosing = tool["messages"]
    assert course["placements"] == [EXTENSION + "course_navigation"]
    assert course[EXTENSION + "course_navigation/default_enabled"] is True
    assert choosing["placements"] == ["link_selection"]
    custom = tool["custom_parameters"]
    assert custom["canvas_user_id"] == "$Canvas.user.id"
    assert custom["canvas_root_account_uuid"] == "$vnd.Canvas.root_account.uuid"
    assert custom["context_history"] == "$Context.id.history"
    assert "user_username" not in custom
    assert canvas.asked["scope"].split() == [*SCOPES, c.SCOPE_NOTICES]


def test_one_unknown_scope_would_fail_all(web: responses.RequestsMock, http: OutgoingHttp) -> None:
    canvas = Canvas(web, http, configuration(scopes_supported=list(SCOPES[:3])))
    assert canvas.run().registration.service_scopes == SCOPES[:3]


def test_what_the_administrator_switched_off_is_said(web: responses.RequestsMock, http: OutgoingHttp) -> None:
    canvas = Canvas(web, http, configuration())
    canvas.change[c.TOOL_CONFIGURATION] = {
        EXTENSION + "privacy_level": "anonymous",
        "messages": [{"type": "LtiResourceLinkRequest", "placements": []}, {"type": "LtiDeepLinkingRequest",
                     "placements": ["link_selection"]}],
        "custom_parameters": {},
    }  # fmt: skip
    outcome = canvas.run()
    assert outcome.registration.differences == tuple(outcome.differences)
    privacy, custom, places = outcome.differences
    assert "privacy level" in privacy
    assert "canvas_user_id" in custom
    assert "course_navigation" in places


@pytest.mark.parametrize("environment", ["beta", "test"])
def test_a_copy_for_testing_does_not_issue(web: responses.RequestsMock, http: OutgoingHttp, environment: str) -> None:
    issuer, sso = f"https://canvas.{environment}.instructure.com", f"https://sso.{environment}.canvaslms.com"
    made = Canvas(web, http, configuration(issuer, sso)).run().registration
    assert (made.environment, made.issuing) == (environment, False)


def test_self_hosted_canvas_keeps_to_its_own_hosts(web: responses.RequestsMock, http: OutgoingHttp) -> None:
    own = "https://canvas.school.example"
    canvas = Canvas(web, http, configuration(own, own, registration_endpoint=f"{own}/api/lti/registrations"))
    assert canvas.run().registration.issuer == own


@pytest.mark.parametrize("name", ["registration_endpoint", "jwks_uri", "token_endpoint", "authorization_endpoint"])
def test_a_self_hosted_canvas_may_not_point_elsewhere(
    web: responses.RequestsMock, http: OutgoingHttp, name: str
) -> None:
    own = "https://canvas.school.example"
    document = configuration(own, own, **{"registration_endpoint": f"{own}/r", name: "https://sso.canvaslms.com/x"})
    with pytest.raises(BadgeToolError, match=r"reg\.endpoint_foreign"):
        Canvas(web, http, document).run()


@pytest.mark.parametrize("name", ["jwks_uri", "token_endpoint", "authorization_endpoint"])
def test_hosted_canvas_keeps_its_keys_on_its_own_hosts(
    web: responses.RequestsMock, http: OutgoingHttp, name: str
) -> None:
    with pytest.raises(BadgeToolError, match=r"reg\.endpoint_foreign"):
        Canvas(web, http, configuration(**{name: "https://learn.school.example/x"})).run()
