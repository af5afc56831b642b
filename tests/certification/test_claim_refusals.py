"""L-CL and L-LT: the claims. CL17 to CL20 are about the nonce; its concurrent reuse is in test_state_refusals.py.

CL23: subjects are compared byte for byte by the identity (registration, deployment, subject). LT19: the migration
claim is not read. LT21: templates escape. LT25: see test_roster_refusals.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lti import claims as c
from tests.fakes.lti_platform import BASE_URL, CLIENT_ID, DEPLOYMENT, GONE, ISSUER, REGISTRATION_ID
from tests.fakes.lti_stage import Stage

NOW = 1772442000  # FakeClock's 2026-03-02T09:00:00Z
DEEP = {c.MESSAGE_TYPE: "LtiDeepLinkingRequest", c.RESOURCE_LINK: GONE}
SETTINGS = {
    "deep_link_return_url": f"{ISSUER}/return",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
}


def deep(**settings: Any) -> dict[str, Any]:
    kept = {name: value for name, value in {**SETTINGS, **settings}.items() if value is not GONE}
    return {**DEEP, c.DEEP_LINKING_SETTINGS: kept}


def service(url: str) -> dict[str, Any]:
    return {c.AGS_ENDPOINT: {"scope": [], "lineitems": url}}


ROWS: list[tuple[str, dict[str, Any], str, int]] = [
    ("CL01", {"iss": GONE}, "claim.iss_missing", 401),
    ("CL02", {"iss": "https://other.example"}, "claim.iss_mismatch", 401),
    ("CL02-slash", {"iss": ISSUER + "/"}, "claim.iss_mismatch", 401),
    ("CL03", {"aud": GONE}, "claim.aud_missing", 401),
    ("CL03-empty", {"aud": []}, "claim.aud_missing", 401),
    ("CL04", {"aud": "another"}, "claim.aud_mismatch", 401),
    ("CL05", {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}, "claim.aud_untrusted", 401),
    ("CL05-object", {"aud": [CLIENT_ID, {}], "azp": CLIENT_ID}, "claim.aud_untrusted", 401),
    ("CL06", {"aud": [CLIENT_ID, BASE_URL]}, "claim.azp_missing", 401),
    ("CL07", {"azp": "another"}, "claim.azp_mismatch", 401),
    ("CL08", {"exp": GONE}, "claim.exp_missing", 401),
    ("CL09", {"iat": NOW - 160, "exp": NOW - 60}, "claim.expired", 401),
    ("CL10", {"iat": NOW + 61, "exp": NOW + 120}, "claim.not_yet_valid", 401),
    ("CL11", {"iat": GONE}, "claim.iat_missing", 401),
    ("CL12", {"iat": NOW - 7200, "exp": NOW + 10**7}, "claim.too_old", 401),
    ("CL13", {"iat": NOW, "exp": NOW}, "claim.time_order", 401),
    ("CL14-text", {"exp": str(NOW + 60)}, "claim.time_type", 401),
    ("CL14-float", {"exp": NOW + 60.5}, "claim.time_type", 401),
    ("CL14-bool", {"iat": True}, "claim.time_type", 401),
    ("CL15", {"nbf": NOW + 61}, "claim.not_yet_valid", 401),
    ("CL16", {"nonce": GONE}, "claim.nonce_missing", 401),
    ("CL16-empty", {"nonce": ""}, "claim.nonce_missing", 401),
    ("CL16-number", {"nonce": 7}, "claim.nonce_missing", 401),
    ("CL17", {"nonce": "never-issued"}, "claim.nonce_unknown", 401),
    ("CL17-odd", {"nonce": "\x00é"}, "claim.nonce_unknown", 401),
    ("CL21", {"sub": GONE}, "claim.sub_missing", 403),
    ("CL22-long", {"sub": "s" * 256}, "claim.sub_malformed", 400),
    ("CL22-number", {"sub": 7}, "claim.sub_malformed", 400),
    ("CL22-control", {"sub": "a\x00b"}, "claim.sub_malformed", 400),
    ("LT01", {c.MESSAGE_TYPE: GONE}, "lti.message_type_missing", 400),
    ("LT02", {c.MESSAGE_TYPE: "LtiContextLaunchRequest"}, "lti.message_type_unknown", 400),
    ("LT02-list", {c.MESSAGE_TYPE: ["LtiResourceLinkRequest"]}, "lti.message_type_unknown", 400),
    ("LT03", {c.VERSION: GONE}, "lti.version_missing", 400),
    ("LT04", {c.VERSION: "LTI-1p0"}, "lti.version_unsupported", 400),
    ("LT04-number", {c.VERSION: 1.3}, "lti.version_unsupported", 400),
    (
        "LT05",
        dict.fromkeys((c.MESSAGE_TYPE, c.VERSION, c.DEPLOYMENT_ID, c.ROLES, c.TARGET_LINK_URI), GONE),
        "lti.not_a_launch",
        400,
    ),
    ("LT06", {c.VERSION: GONE, c.ROLES: GONE}, "lti.claims_missing", 400),
    ("LT07", {c.DEPLOYMENT_ID: GONE}, "lti.deployment_missing", 400),
    ("LT08", {c.DEPLOYMENT_ID: "elsewhere"}, "lti.deployment_unknown", 403),
    ("LT10-list", {c.DEPLOYMENT_ID: [DEPLOYMENT]}, "lti.deployment_malformed", 400),
    ("LT10-long", {c.DEPLOYMENT_ID: "d" * 256}, "lti.deployment_malformed", 400),
    ("LT10-number", {c.DEPLOYMENT_ID: 1}, "lti.deployment_malformed", 400),
    ("LT11", {c.ROLES: GONE}, "lti.roles_missing", 400),
    ("LT12-text", {c.ROLES: "Instructor"}, "lti.roles_malformed", 400),
    ("LT12-null", {c.ROLES: [None]}, "lti.roles_malformed", 400),
    ("LT13", {c.RESOURCE_LINK: GONE}, "lti.resource_link_missing", 400),
    ("LT13-id", {c.RESOURCE_LINK: {"title": "x"}}, "lti.resource_link_missing", 400),
    ("LT14-text", {c.RESOURCE_LINK: "link-1"}, "lti.resource_link_malformed", 400),
    ("LT14-number", {c.RESOURCE_LINK: {"id": 7}}, "lti.resource_link_malformed", 400),
    ("LT14-long", {c.RESOURCE_LINK: {"id": "l" * 256}}, "lti.resource_link_malformed", 400),
    ("LT15", {c.TARGET_LINK_URI: GONE}, "lti.target_missing", 400),
    ("LT16", {c.TARGET_LINK_URI: f"{BASE_URL}/other"}, "lti.target_mismatch", 400),
    ("LT17", {c.TARGET_LINK_URI: "https://evil.example/"}, "lti.target_foreign", 400),
    ("LT23-host", service("https://evil.example/lineitems"), "lti.service_url_forbidden", 403),
    ("LT23-plain", service("http://lms.example/lineitems"), "lti.service_url_forbidden", 403),
    ("LT23-private", service("https://169.254.169.254/lineitems"), "lti.service_url_forbidden", 403),
    ("LT24", {c.NRPS_SERVICE: {"context_memberships_url": "https://evil.example/"}}, "lti.service_url_forbidden", 403),
    ("LT26", {c.CONTEXT: {"id": "c", "title": "t" * 20_000}}, "lti.claim_too_long", 400),
    ("context-id", {c.CONTEXT: {"title": "no id"}}, "lti.context_malformed", 400),
    ("context-text", {c.CONTEXT: "course-1"}, "lti.context_malformed", 400),
    ("platform-text", {c.TOOL_PLATFORM: "moodle"}, "lti.claim_malformed", 400),
    ("custom-list", {c.CUSTOM: ["a"]}, "lti.claim_malformed", 400),
    ("DR01", {**DEEP}, "dl.settings_missing", 400),
    ("DR01-text", {**DEEP, c.DEEP_LINKING_SETTINGS: "x"}, "lti.claim_malformed", 400),
    ("DR02", deep(deep_link_return_url=GONE), "dl.return_url_missing", 400),
    ("DR03-plain", deep(deep_link_return_url="http://lms.example/return"), "dl.return_url_unsafe", 400),
    ("DR03-script", deep(deep_link_return_url="javascript:alert(1)"), "dl.return_url_unsafe", 400),
    ("DR03-markup", deep(deep_link_return_url='https://lms.example/"><x'), "dl.return_url_unsafe", 400),
    ("DR04", deep(accept_types=["link"]), "dl.type_unsupported", 400),
]


@pytest.mark.parametrize(("changes", "code", "status"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_claims_are_refused(stage: Stage, changes: dict[str, Any], code: str, status: int) -> None:
    stage.refused(stage.launch(**changes), code, status)


def test_cl18_a_nonce_used_again(stage: Stage) -> None:
    first = stage.login()
    stage.accepted(stage.post(first.state, stage.platform.sign(stage.platform.claims(first.nonce))))
    stage.opened.clear()
    second = stage.login()
    response = stage.post(second.state, stage.platform.sign(stage.platform.claims(first.nonce)))
    stage.refused(response, "claim.nonce_used", 401)


def test_lt08_an_unknown_deployment_is_recorded_once_it_is_proved(stage: Stage) -> None:
    states = stage.transactions.registrations.states
    login = stage.login()
    forged = stage.platform.sign({**stage.platform.claims(login.nonce), c.DEPLOYMENT_ID: "forged"})
    stage.refused(stage.post(login.state, forged[:-4] + "AAAA"), "jwt.signature_invalid", 401)
    assert (REGISTRATION_ID, "forged") not in states
    stage.refused(stage.launch(**{c.DEPLOYMENT_ID: "new"}), "lti.deployment_unknown", 403)
    assert states[(REGISTRATION_ID, "new")] == "pending"
    stage.refused(stage.launch(**{c.DEPLOYMENT_ID: "new"}), "lti.deployment_unknown", 403)
    stage.transactions.registrations.save_deployment(REGISTRATION_ID, "new", "active")
    stage.accepted(stage.launch(**{c.DEPLOYMENT_ID: "new"}))


def test_lt09_a_deployment_of_another_registration(stage: Stage) -> None:
    stage.transactions.registrations.save_deployment("reg-2", "theirs", "active")
    stage.refused(stage.launch(**{c.DEPLOYMENT_ID: "theirs"}), "lti.deployment_unknown", 403)


def test_a_deep_linking_request_is_accepted(stage: Stage) -> None:
    launch = stage.accepted(stage.launch(**deep(data="opaque", accept_multiple="true", accept_lineitem=True)))
    settings = launch.deep_linking
    assert settings is not None
    assert (settings.return_url, settings.data) == (f"{ISSUER}/return", "opaque")
    assert (settings.accept_multiple, settings.accept_lineitem) == (True, True)


@pytest.mark.parametrize("error", ["login_required", "unauthorized_client", "<script>"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_of_the_platform_is_explained(stage: Stage, error: str, method: str) -> None:
    values = {"error": error, "error_description": "<b>inner</b>", "state": stage.login().state}
    address = f"/lti/{REGISTRATION_ID}/launch"
    if method == "GET":
        response = stage.browser.get(address, query_string=values)
    else:
        response = stage.browser.post(address, data=values)
    stage.refused(response, "login.platform_error", 400)
    assert "inner" not in response.text
    assert "<script>" not in response.text.replace("<script type", "")
