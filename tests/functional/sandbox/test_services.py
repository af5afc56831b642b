"""Access tokens, grade services, the roster."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.utils import parse_header_links
from werkzeug.test import TestResponse

from lti_tool.sandbox import scopes
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

ITEMS = "/lti/ags/course-lab-safety/lineitems"
MEMBERS = "/lti/nrps/course-lab-safety/memberships"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


def test_a_token_lasts_an_hour_and_holds_the_granted_scopes(connected: Lms) -> None:
    answer = connected.request_token(f"{scopes.MEMBERS} openid made:up").get_json()
    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("Bearer", 3600, scopes.MEMBERS)
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert connected.client.get(MEMBERS, headers=headers).status_code == 200
    assert connected.client.get(ITEMS, headers=headers).status_code == 403
    connected.pass_time(3601)
    assert connected.client.get(MEMBERS, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://elsewhere.example/token"},
        {"sub": "somebody"},
        {"iss": "somebody"},
        {"exp": 1},
        {"exp": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"exp": "soon"},
    ],
)
def test_a_wrong_assertion_gets_no_token(connected: Lms, changes: dict[str, Any]) -> None:
    answer = connected.request_token(scopes.MEMBERS, **changes)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")


def test_an_assertion_of_another_key_gets_no_token(connected: Lms) -> None:
    mine = connected.tool.key
    connected.tool.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = connected.tool.assertion(f"{BASE_URL}/lti/token", connected.now)
    forged = connected.tool.sign(claims)
    connected.tool.key = mine
    assert connected.post_assertion(forged, scopes.MEMBERS).status_code == 401
    unknown = connected.tool.sign({**claims, "jti": "2"}, kid="another")
    assert connected.post_assertion(unknown, scopes.MEMBERS).status_code == 401


def test_an_assertion_is_used_once(connected: Lms) -> None:
    assertion = connected.tool.sign(connected.tool.assertion(f"{BASE_URL}/lti/token", connected.now))
    assert connected.post_assertion(assertion, scopes.MEMBERS).status_code == 200
    assert connected.post_assertion(assertion, scopes.MEMBERS).status_code == 401


def test_no_scope_left_is_an_error(connected: Lms) -> None:
    assert connected.request_token("made:up").get_json()["error"] == "invalid_scope"


def post_item(lms: Lms, **value: Any) -> TestResponse:
    item = {"label": "Badge", "scoreMaximum": 1, **value}
    return lms.client.post(ITEMS, data=json.dumps(item), content_type=ITEM_TYPE, headers=lms.service(scopes.LINE_ITEM))


def post_score(lms: Lms, url: str, timestamp: str = "2026-03-01T12:00:00.000Z", **changes: Any) -> TestResponse:
    value = {
        "userId": "learner-1",
        "scoreGiven": 1,
        "scoreMaximum": 1,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": timestamp,
        **changes,
    }
    return lms.client.post(
        f"{url}/scores", data=json.dumps(value), content_type=SCORE_TYPE, headers=lms.service(scopes.SCORE)
    )


def path_of(answer: TestResponse) -> str:
    """The path of the line item that was made."""
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"]).removeprefix(BASE_URL)


def test_a_column_lives_and_dies(connected: Lms) -> None:
    made = post_item(connected, resourceId="b1", tag="badge")
    url = path_of(made)
    assert made.content_type == ITEM_TYPE
    headers = connected.service(scopes.LINE_ITEM)
    listed = connected.client.get(ITEMS, query_string={"tag": "badge"}, headers=headers)
    assert listed.content_type == "application/vnd.ims.lis.v2.lineitemcontainer+json"
    assert [item["resourceId"] for item in json.loads(listed.data)] == ["b1"]
    assert json.loads(connected.client.get(ITEMS, query_string={"tag": "x"}, headers=headers).data) == []
    changed = {"label": "Other", "scoreMaximum": 5}
    put = connected.client.put(url, data=json.dumps(changed), content_type=ITEM_TYPE, headers=headers)
    assert json.loads(put.data) == {"id": BASE_URL + url, **changed}
    assert connected.client.delete(url, headers=headers).status_code == 204
    assert connected.client.get(url, headers=headers).status_code == 404


@pytest.mark.parametrize("change", [{"label": " "}, {"scoreMaximum": 0}, {"scoreMaximum": "1"}, {"tag": 7}])
def test_a_bad_line_item_is_refused(connected: Lms, change: dict[str, Any]) -> None:
    assert post_item(connected, **change).status_code == 400


def test_a_wrong_content_type_is_refused(connected: Lms) -> None:
    headers = connected.service(scopes.LINE_ITEM)
    answer = connected.client.post(ITEMS, json={"label": "Badge", "scoreMaximum": 1}, headers=headers)
    assert answer.status_code == 415


def test_a_score_reaches_the_gradebook_and_an_older_one_does_not(connected: Lms) -> None:
    url = path_of(post_item(connected))
    assert post_score(connected, url).status_code == 200
    assert post_score(connected, url, scoreGiven=0).status_code == 409
    results = connected.client.get(
        f"{url}/results", query_string={"user_id": "learner-1"}, headers=connected.service(scopes.RESULT_READ)
    )
    assert results.content_type == "application/vnd.ims.lis.v2.resultcontainer+json"
    [result] = json.loads(results.data)
    assert (result["userId"], result["resultScore"], result["resultMaximum"]) == ("learner-1", 1, 1)
    row = next(each for each in connected.call("GET", "gradebook")["rows"] if each["user_id"] == "learner-1")
    assert row["tool_scores"] == {"1": 1.0}
    connected.become("learner-1")
    assert "1 of 1" in connected.client.get("/course/gradebook").text


def test_a_tool_does_not_see_the_columns_of_another(connected: Lms) -> None:
    url = path_of(post_item(connected))
    connected.add_tool()  # from here on the fake tool acts as its second registration
    headers = connected.service(f"{scopes.LINE_ITEM} {scopes.RESULT_READ} {scopes.SCORE}")
    assert json.loads(connected.client.get(ITEMS, headers=headers).data) == []
    assert connected.client.get(url, headers=headers).status_code == 404
    assert connected.client.delete(url, headers=headers).status_code == 404
    assert connected.client.get(f"{url}/results", headers=headers).status_code == 404
    assert post_score(connected, url).status_code == 404


def members(lms: Lms, **query: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The members of one page, and the address of the next."""
    answer = lms.client.get(MEMBERS, query_string=query, headers=lms.service(scopes.MEMBERS))
    assert answer.content_type == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    following = parse_header_links(answer.headers.get("Link", ""))
    return json.loads(answer.data)["members"], following[0]["url"] if following else None


def test_the_roster_comes_in_pages(connected: Lms) -> None:
    page, following = members(connected, limit=3)
    ids = [each["user_id"] for each in page]
    while following is not None:
        answer = connected.client.get(following.removeprefix(BASE_URL), headers=connected.service(scopes.MEMBERS))
        ids += [each["user_id"] for each in json.loads(answer.data)["members"]]
        links = parse_header_links(answer.headers.get("Link", ""))
        following = links[0]["url"] if links else None
    assert ids == ["teacher", "assistant", "test-student", *(f"learner-{number}" for number in range(1, 6))]


def test_the_roster_can_be_filtered_by_role(connected: Lms) -> None:
    full = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
    by_word, by_address = members(connected, role="Learner")[0], members(connected, role=full)[0]
    assert by_word == by_address
    assert next(each["user_id"] for each in by_word) == "test-student"
    assert len(by_word) == 6
    assert members(connected, role="Nobody")[0] == []


def test_a_suspended_person_is_not_in_the_roster(connected: Lms) -> None:
    connected.call("POST", "enrolment", {"user_id": "learner-3", "active": False})
    assert "learner-3" not in [each["user_id"] for each in members(connected)[0]]


def test_the_roster_of_a_link_has_its_custom_values(connected: Lms) -> None:
    [member] = members(connected, rlid="menu-1", limit=1)[0]
    assert member["message"][0]["https://purl.imsglobal.org/spec/lti/claim/custom"]["who"] == "teacher"
    headers = connected.service(scopes.MEMBERS)
    answer = connected.client.get(MEMBERS, query_string={"rlid": "menu-2"}, headers=headers)
    assert answer.status_code == 404


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1e3"])
def test_a_senseless_limit_is_refused(connected: Lms, limit: str) -> None:
    headers = connected.service(scopes.MEMBERS)
    assert connected.client.get(MEMBERS, query_string={"limit": limit}, headers=headers).status_code == 400
