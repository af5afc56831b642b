"""L-DR: registrations that come about, and those that must not. DR16 (the link) is the use case's."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import responses

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import RegistrationState
from lti_tool.http.errors import AddressRefused, HttpTimeout, TooLarge
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.dynamic_registration.metadata import SCOPES
from lti_tool.lti.settings import LtiSettings
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import BASE_URL, ISSUER, registration
from tests.fakes.transactions import MemoryTransactions

CONFIG_URL = f"{ISSUER}/.well-known/openid-configuration"
REGISTER_URL = f"{ISSUER}/register"
FEED_SCOPE = "urn:example:events"
OFFER = {"event_types": ["item.scored"], "feed_url": f"{ISSUER}/events", "feed_scope": FEED_SCOPE}

FOREIGN_FEED = {**OFFER, "feed_url": "https://evil.example/e"}


def configuration(platform: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/auth",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/jwks",
        "registration_endpoint": REGISTER_URL,
        "scopes_supported": ["openid", *SCOPES],
        "claims_supported": ["iss", "sub", "name"],
        c.PLATFORM_CONFIGURATION: {
            "product_family_code": "example",
            "version": "7",
            "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
            "variables": ["User.id"],
            **(platform or {}),
        },
        **changes,
    }


class Platform:
    """Answers a registration by repeating it, as most do. `change` edits the answer."""

    def __init__(self, web: responses.RequestsMock, http: OutgoingHttp) -> None:
        self.web, self.http = web, http
        self.transactions = MemoryTransactions()
        self.change: dict[str, Any] = {"client_id": "given-1"}
        self.asked: dict[str, Any] = {}
        self.token: str | None = None
        web.add_callback("POST", REGISTER_URL, self._answer)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.asked = json.loads(request.body)
        self.token = request.headers.get("Authorization")
        tool = {**self.asked[c.TOOL_CONFIGURATION], "deployment_id": "d-1"}
        tool.pop(c.EVENT_WEBHOOK, None)
        answer = {**self.asked, c.TOOL_CONFIGURATION: tool, **self.change}
        return 201, {"Content-Type": "application/json"}, json.dumps(answer)

    def run(self, document: Any = None, url: str = CONFIG_URL, token: str = "one-time") -> RegistrationOutcome:
        if document is not None:
            self.web.add("GET", CONFIG_URL, json=document)
        registrar = PlatformRegistrar(self.http, self.transactions, FakeClock(), LtiSettings(BASE_URL))
        return registrar.register(url, token, "reg-9", tenant_id="tenant-1", name="Our LMS")


@pytest.fixture
def platform(web: responses.RequestsMock, http: OutgoingHttp) -> Platform:
    return Platform(web, http)


def test_a_registration_is_made(platform: Platform) -> None:
    outcome = platform.run(configuration(authorization_server="https://auth.lms.example"))
    made = outcome.registration
    assert (made.id, made.tenant_id, made.name, made.state) == (
        "reg-9",
        "tenant-1",
        "Our LMS",
        RegistrationState.PENDING,
    )
    assert (made.issuer, made.client_id, made.product, made.product_version) == (ISSUER, "given-1", "example", "7")
    assert (made.auth_login_url, made.auth_token_url, made.jwks_url) == (
        f"{ISSUER}/auth",
        f"{ISSUER}/token",
        f"{ISSUER}/jwks",
    )
    assert made.auth_audience == "https://auth.lms.example"
    assert made.service_scopes == SCOPES
    assert (made.webhook_secret, made.event_feed_url) == ("", "")
    assert outcome.deployment_ids == ["d-1"]
    assert outcome.differences == []
    assert platform.token == "Bearer one-time"


def test_the_platform_is_asked_for_what_it_has(platform: Platform) -> None:
    platform.run(configuration())
    asked, tool = platform.asked, platform.asked[c.TOOL_CONFIGURATION]
    assert asked["initiate_login_uri"] == f"{BASE_URL}/lti/reg-9/login"
    assert asked["redirect_uris"] == [f"{BASE_URL}/lti/reg-9/launch"]
    assert asked["jwks_uri"] == f"{BASE_URL}/lti/jwks.json"
    assert asked["logo_uri"] == f"{BASE_URL}/static/icon.svg"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    assert tool["domain"] == "badges.example"
    assert tool["claims"] == ["iss", "sub", "name"]
    assert tool["custom_parameters"] == {"user_id": "$User.id"}
    assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert c.EVENT_WEBHOOK not in tool


def test_a_platform_without_deep_linking_is_not_asked_for_it(platform: Platform) -> None:
    platform.run(configuration({"messages_supported": [{"type": "LtiResourceLinkRequest"}]}))
    assert len(platform.asked[c.TOOL_CONFIGURATION]["messages"]) == 1


def test_the_event_webhook_is_set_up_where_it_is_offered(platform: Platform) -> None:
    supported = ["openid", *SCOPES, FEED_SCOPE]
    made = platform.run(configuration({c.EVENT_WEBHOOK: OFFER}, scopes_supported=supported)).registration
    webhook = platform.asked[c.TOOL_CONFIGURATION][c.EVENT_WEBHOOK]
    assert webhook == {"url": f"{BASE_URL}/hooks/reg-9", "secret": made.webhook_secret}
    assert made.webhook_secret.startswith("whsec_")
    assert len(base64.b64decode(made.webhook_secret.removeprefix("whsec_"))) == 32
    assert made.event_feed_url == f"{ISSUER}/events"
    assert FEED_SCOPE in made.service_scopes
    assert made.webhook_secret not in repr(made)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scope": " ".join(SCOPES[:3])}, "read who is in a course"),
        ({"redirect_uris": ["https://else.example"]}, "redirect_uris"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "another kind of sign-in"),
        ({c.TOOL_CONFIGURATION: {"claims": ["sub"]}}, "will not send names"),
        ({c.TOOL_CONFIGURATION: {"messages": [{"type": "LtiResourceLinkRequest"}]}}, "deep linking"),
    ],
)
def test_what_the_platform_changed_is_said(platform: Platform, change: dict[str, Any], sentence: str) -> None:
    platform.change |= change
    found = platform.run(configuration()).differences
    assert len(found) == 1
    assert sentence in found[0]


def test_nothing_is_believed_beyond_the_request(platform: Platform) -> None:
    """Moodle lists more scopes than it grants."""
    platform.change["scope"] = "openid extra " + " ".join(SCOPES)
    assert platform.run(configuration()).registration.service_scopes == SCOPES


URL_ROWS = [
    ("DR08-file", "file:///etc/passwd", "url_scheme"),
    ("DR08-gopher", "gopher://lms.example/", "url_scheme"),
    ("DR08-data", "data:application/json,{}", "url_scheme"),
    ("DR08-http", "http://lms.example/config", "url_scheme"),
    ("DR09-loopback", "https://127.0.0.1/config", "url_forbidden"),
    ("DR09-mapped", "https://[::ffff:127.0.0.1]/config", "url_forbidden"),
    ("DR09-metadata", "https://169.254.169.254/latest", "url_forbidden"),
    ("DR09-zero", "https://0.0.0.0/", "url_forbidden"),
    ("DR09-userinfo", "https://lms.example@127.0.0.1/", "url_forbidden"),
]


@pytest.mark.parametrize(("url", "code"), [row[1:] for row in URL_ROWS], ids=[row[0] for row in URL_ROWS])
def test_an_address_that_is_not_fetched(http: OutgoingHttp, url: str, code: str) -> None:
    """Through the real door: the address is judged before a connection is made."""
    registrar = PlatformRegistrar(http, MemoryTransactions(), FakeClock(), LtiSettings(BASE_URL))
    with pytest.raises(BadgeToolError) as refused:
        registrar.register(url, "t", "reg-9", tenant_id="tenant-1", name="n")
    assert refused.value.code == f"reg.{code}"


DOCUMENTS: list[tuple[str, Any, str]] = [
    ("DR12", configuration(issuer="https://evil.example"), "issuer_mismatch"),
    ("DR13-register", configuration(registration_endpoint="https://evil.example/r"), "endpoint_foreign"),
    ("DR13-jwks", configuration(jwks_uri="https://evil.example/jwks"), "endpoint_foreign"),
    ("DR13-token", configuration(token_endpoint="https://evil.example/t"), "endpoint_foreign"),
    ("DR13-auth", configuration(authorization_endpoint="https://evil.example/a"), "endpoint_foreign"),
    (
        "DR13-feed",
        configuration({c.EVENT_WEBHOOK: {**OFFER, "feed_url": "https://evil.example/e"}}),
        "endpoint_foreign",
    ),
    ("no-issuer", configuration(issuer=None), "configuration_invalid"),
    ("no-platform", configuration(**{c.PLATFORM_CONFIGURATION: None}), "configuration_invalid"),
    ("no-endpoint", configuration(token_endpoint=7), "configuration_invalid"),
    ("array", [], "response_invalid"),
]


@pytest.mark.parametrize(("document", "code"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
def test_a_configuration_that_does_not_hang_together(platform: Platform, document: Any, code: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        platform.run(document)
    assert refused.value.code == f"reg.{code}"
    assert not platform.asked


ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("DR10", {"body": AddressRefused("private")}, "url_forbidden"),
    ("DR11", {"status": 302, "headers": {"Location": "https://127.0.0.1/"}}, "url_forbidden"),
    ("DR14-slow", {"body": HttpTimeout("slow")}, "response_invalid"),
    ("DR14-large", {"body": TooLarge("large")}, "response_invalid"),
    ("DR14-html", {"body": "<html>"}, "response_invalid"),
    ("404", {"status": 404}, "refused_by_platform"),
]


@pytest.mark.parametrize(("answer", "code"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_a_platform_that_does_not_answer_well(platform: Platform, answer: dict[str, Any], code: str) -> None:
    platform.web.add("GET", CONFIG_URL, **answer)
    with pytest.raises(BadgeToolError) as refused:
        platform.run()
    assert refused.value.code == f"reg.{code}"


@pytest.mark.parametrize("client_id", [None, "", 7, "x" * 256, "a\nb"])
def test_an_answer_without_client_id(platform: Platform, client_id: Any) -> None:
    platform.change["client_id"] = client_id
    with pytest.raises(BadgeToolError, match=r"reg\.response_invalid"):
        platform.run(configuration())


def test_dr15_an_existing_client_is_not_taken_over(platform: Platform) -> None:
    platform.transactions.registrations.save(registration(client_id="given-1"))
    with pytest.raises(BadgeToolError, match=r"reg\.exists"):
        platform.run(configuration())
    assert list(platform.transactions.registrations.rows) == ["reg-1"]


def test_an_answer_that_names_no_deployment(platform: Platform) -> None:
    platform.change[c.TOOL_CONFIGURATION] = {}
    assert platform.run(configuration()).deployment_ids == []
