"""Claims of the wrong kind beyond the catalogue, settings of Deep Linking, and errors that the platform posts."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lti import claims as c
from tests.fakes.lti_platform import GONE, ISSUER, REGISTRATION_ID
from tests.fakes.lti_stage import Stage

DEEP = {c.MESSAGE_TYPE: "LtiDeepLinkingRequest", c.RESOURCE_LINK: GONE}
SETTINGS = {
    "deep_link_return_url": f"{ISSUER}/return",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
}


def deep(**settings: Any) -> dict[str, Any]:
    kept = {name: value for name, value in {**SETTINGS, **settings}.items() if value is not GONE}
    return {**DEEP, c.DEEP_LINKING_SETTINGS: kept}


ROWS: list[tuple[str, dict[str, Any], str, int]] = [
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
