"""Deep Linking: the request, the answer, and the links in the course."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.sandbox.fake_tool import CLAIM, DL_CLAIM
from tests.functional.sandbox.practice_lms import BASE_URL, Lms


def ask(lms: Lms) -> str:
    """A Deep Linking request as the teacher; returns its data."""
    claims = lms.launch(user_id="teacher", deep_linking=True)
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    assert claims[CLAIM + "target_link_uri"] == f"{lms.tool.url}/pick"
    assert CLAIM + "resource_link" not in claims
    settings = claims[DL_CLAIM + "deep_linking_settings"]
    assert settings["deep_link_return_url"] == f"{BASE_URL}/lti/deep-linking/return"
    return str(settings["data"])


def card(lms: Lms, **changes: Any) -> dict[str, Any]:
    return {
        "type": "ltiResourceLink",
        "title": "Lab safety badge",
        "url": f"{lms.tool.url}/badges/1",
        "custom": {"badge": "1"},
        "lineItem": {"scoreMaximum": 1, "resourceId": "badge-1", "tag": "badge"},
        **changes,
    }


def answer(lms: Lms, token: str) -> Any:
    return lms.app.test_client().post("/lti/deep-linking/return", data={"JWT": token})


def signed(lms: Lms, data: str, *items: dict[str, Any], **changes: Any) -> str:
    return lms.tool.sign(lms.tool.deep_linking_answer(BASE_URL, lms.now, data, list(items), **changes))


def test_links_are_placed_with_their_columns(connected: Lms) -> None:
    done = answer(connected, signed(connected, ask(connected), card(connected), card(connected, title="Two")))
    assert done.status_code == 200
    assert "Added to the course" in done.text
    placed = connected.call("GET", "links")["links"][1:]
    assert [(each["title"], each["custom"]) for each in placed] == [
        ("Lab safety badge", {"badge": "1"}),
        ("Two", {"badge": "1"}),
    ]
    link_id = placed[0]["resource_link_id"]
    claims = connected.launch(user_id="learner-1", resource_link_id=link_id)
    assert claims[CLAIM + "target_link_uri"] == f"{connected.tool.url}/badges/1"
    assert claims[CLAIM + "custom"]["badge"] == "1"
    endpoint = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    assert endpoint["lineitem"] == f"{BASE_URL}/lti/ags/course-lab-safety/lineitems/1"
    assert connected.call("GET", "gradebook")["columns"][0]["label"] == "Lab safety badge"
    connected.become("learner-1")
    assert "Lab safety badge" in connected.client.get("/course").text
    assert 'title="Lab safety badge"' in connected.client.get(f"/course/links/{link_id}").text


def test_an_empty_answer_adds_nothing(connected: Lms) -> None:
    assert "Nothing was added" in answer(connected, signed(connected, ask(connected))).text
    assert len(connected.call("GET", "links")["links"]) == 1


def test_an_answer_is_used_once(connected: Lms) -> None:
    data = ask(connected)
    token = signed(connected, data, card(connected))
    assert answer(connected, token).status_code == 200
    assert "deep_linking.nonce_used" in answer(connected, token).text
    assert "deep_linking.data" in answer(connected, signed(connected, data, card(connected))).text
    assert len(connected.call("GET", "links")["links"]) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "http://elsewhere.example"}, "deep_linking.jwt"),
        ({"exp": 1}, "deep_linking.jwt"),
        ({"iss": "somebody"}, "deep_linking.client"),
        ({CLAIM + "message_type": "LtiResourceLinkRequest"}, "deep_linking.claims"),
        ({CLAIM + "deployment_id": "site-2"}, "deep_linking.claims"),
        ({DL_CLAIM + "data": "guess"}, "deep_linking.data"),
    ],
)
def test_a_wrong_answer_places_nothing(connected: Lms, changes: dict[str, Any], code: str) -> None:
    refused = answer(connected, signed(connected, ask(connected), card(connected), **changes))
    assert refused.status_code == 400
    assert code in refused.text
    assert len(connected.call("GET", "links")["links"]) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "html"}, "deep_linking.type"),
        ({"url": "http://elsewhere.example/"}, "deep_linking.url"),
        ({"url": "javascript:alert(1)"}, "deep_linking.url"),
        ({"custom": {"badge": 1}}, "deep_linking.custom"),
        ({"lineItem": {"scoreMaximum": -1}}, "lineitem.maximum"),
    ],
)
def test_one_bad_item_places_nothing(connected: Lms, change: dict[str, Any], code: str) -> None:
    items = [card(connected), card(connected, **change)]
    refused = answer(connected, signed(connected, ask(connected), *items))
    assert refused.status_code == 400
    assert code in refused.text
    assert len(connected.call("GET", "links")["links"]) == 1


@pytest.mark.parametrize("user_id", ["learner-1", "assistant", "test-student"])
def test_only_those_who_edit_the_course_add_links(connected: Lms, user_id: str) -> None:
    assert connected.try_call("POST", "launch", {"user_id": user_id, "deep_linking": True}).status_code == 403
    connected.become(user_id)
    assert connected.client.get("/course/tools/1/add").status_code == 403
