"""The practice LMS like Moodle: what was measured on Moodle 4.4 is what tools meet here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from lti_tool.sandbox import scopes
from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.forms.plain import Form
from tests.functional.sandbox.fake_tool import CLAIM, DL_CLAIM, TOOL_CONFIGURATION
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

MOODLE = FORMS["moodle"]
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
COLUMNS = "/mod/lti/services.php/4/lineitems?type_id=1"
ROSTER = "/mod/lti/services.php/CourseSection/4/bindings/1/memberships"
CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@pytest.fixture
def lms_like_moodle(like: Callable[[Form], Lms]) -> Lms:
    return like(MOODLE)


@pytest.fixture
def moodle(lms_like_moodle: Lms) -> Lms:
    lms_like_moodle.add_tool(" ".join(MOODLE.scopes))
    return lms_like_moodle


def test_the_answer_to_a_registration_names_the_deployment_and_hides_the_resource_link(lms_like_moodle: Lms) -> None:
    answer = lms_like_moodle.add_tool(f"{scopes.MEMBERS} made:up")
    tool = answer[TOOL_CONFIGURATION]
    assert len(answer["client_id"]) == 15
    assert answer["scope"] == scopes.MEMBERS
    assert (tool["deployment_id"], tool["version"]) == ("1", "1.3.0")
    assert [message["type"] for message in tool["messages"]] == ["LtiDeepLinkingRequest"]


def test_a_registration_token_is_good_once(lms_like_moodle: Lms) -> None:
    token = lms_like_moodle.begin_registration()
    metadata = lms_like_moodle.tool.metadata(scopes.MEMBERS)
    assert lms_like_moodle.register(metadata, token).status_code == 200
    again = lms_like_moodle.register(metadata, token)
    assert (again.status_code, again.text, again.mimetype) == (401, "token_already_used", "text/html")


def test_a_launch_speaks_as_moodle_does(moodle: Lms) -> None:
    claims = moodle.launch(user_id="learner-1")
    assert "azp" not in claims
    assert claims["exp"] - claims["iat"] == 60
    assert claims["sub"].isdigit()
    assert claims[CLAIM + "roles"] == [MEMBERSHIP + "Learner"]
    assert claims[CLAIM + "context"]["type"] == ["CourseSection"]
    assert claims[CLAIM + "context"]["id"] == "4"
    assert claims[CLAIM + "resource_link"]["id"] == "1"
    assert claims[CLAIM + "ext"] == {"lms": "moodle-2", "user_username": "learner-1"}
    assert claims[CLAIM + "lis"]["person_sourcedid"]
    assert claims[AGS]["lineitems"] == f"{BASE_URL}{COLUMNS}"
    assert claims[NRPS]["service_versions"] == ["1.0", "2.0"]


def test_the_login_initiation_carries_a_hint_of_json_and_no_storage(moodle: Lms) -> None:
    params = moodle.call("POST", "launch", {"user_id": "learner-1"})["params"]
    assert set(json.loads(params["lti_message_hint"])) == {"cmid", "launchid"}
    assert params["lti_deployment_id"] == "1"
    assert params["login_hint"].isdigit()
    assert "lti_storage_target" not in params


@pytest.mark.parametrize(
    ("user_id", "at_launch", "in_roster"),
    [
        ("learner-1", ["Learner"], ["Learner"]),
        ("teacher", ["Instructor"], ["Instructor"]),
        # Who may see the activity's settings is no teacher for the roster.
        ("assistant", ["Instructor"], ["Learner"]),
    ],
)
def test_a_non_editing_teacher_is_a_learner_in_the_roster(
    moodle: Lms, user_id: str, at_launch: list[str], in_roster: list[str]
) -> None:
    claims = moodle.launch(user_id=user_id)
    assert claims[CLAIM + "roles"] == [MEMBERSHIP + role for role in at_launch]
    entry = next(one for one in members(moodle) if one["user_id"] == claims["sub"])
    assert entry["roles"] == in_roster


def members(lms: Lms, query: str = "", accept: str = "*/*") -> list[dict[str, Any]]:
    headers = {**lms.service(scopes.MEMBERS), "Accept": accept}
    answer = lms.client.get(f"{ROSTER}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["members"]
    return found


def test_the_roster_leaves_out_who_is_suspended_and_the_test_student(moodle: Lms) -> None:
    before = {one["name"] for one in members(moodle)}
    assert "Test Student" not in before
    moodle.call("POST", "enrolment", {"user_id": "learner-2", "active": False})
    assert before - {one["name"] for one in members(moodle)} == {"Milo Moss"}
    assert all(one["status"] == "Active" for one in members(moodle))


def test_the_roster_is_one_page_unless_a_limit_is_asked_for(moodle: Lms) -> None:
    headers = moodle.service(scopes.MEMBERS)
    assert "Link" not in moodle.client.get(ROSTER, headers=headers).headers
    page = moodle.client.get(f"{ROSTER}?limit=2", headers=headers)
    assert page.headers["Link"] == f'<{BASE_URL}{ROSTER}?limit=2&from=2>; rel="next"'
    assert len(page.get_json()["members"]) == 2


def test_the_roster_by_link_tells_no_custom_parameters(moodle: Lms) -> None:
    messages = [one["message"][0] for one in members(moodle, "?rlid=1")]
    assert all("basicoutcome" in " ".join(message) for message in messages)
    assert not any(CLAIM + "custom" in message for message in messages)


def test_names_come_only_if_they_were_registered(lms_like_moodle: Lms) -> None:
    metadata = lms_like_moodle.tool.metadata(scopes.MEMBERS)
    metadata[TOOL_CONFIGURATION]["claims"] = ["iss", "sub"]
    metadata[TOOL_CONFIGURATION]["custom_parameters"] = {"login": "$User.username"}
    lms_like_moodle.tool.client_id = lms_like_moodle.register(
        metadata, lms_like_moodle.begin_registration()
    ).get_json()["client_id"]
    lms_like_moodle.call("POST", "registrations/1/activate")
    claims = lms_like_moodle.launch(user_id="learner-1")
    assert not {"name", "given_name", "family_name", "email"} & set(claims)
    assert claims[CLAIM + "ext"] == {"lms": "moodle-2"}
    assert claims[CLAIM + "custom"] == {"login": "learner-1"}
    assert not any("name" in one for one in members(lms_like_moodle))


def test_a_custom_key_with_capitals_comes_twice_and_an_unknown_variable_as_it_is(lms_like_moodle: Lms) -> None:
    metadata = lms_like_moodle.tool.metadata("")
    metadata[TOOL_CONFIGURATION]["custom_parameters"] = {"CamelKey": "X", "odd": "$User.image", "eq": "a=b=c"}
    answer = lms_like_moodle.register(metadata, lms_like_moodle.begin_registration())
    lms_like_moodle.tool.client_id = answer.get_json()["client_id"]
    lms_like_moodle.call("POST", "registrations/1/activate")
    custom = lms_like_moodle.launch(user_id="learner-1")[CLAIM + "custom"]
    assert custom == {"CamelKey": "X", "camelkey": "X", "odd": "$User.image", "eq": "a=b=c"}


@pytest.mark.parametrize("changes", [{"aud": "http://elsewhere.example"}, {"iss": "somebody"}, {"jti": "again"}])
def test_much_of_an_assertion_is_not_looked_at(moodle: Lms, changes: dict[str, Any]) -> None:
    for _ in range(2):
        assert moodle.request_token(scopes.MEMBERS, **changes).status_code == 200


@pytest.mark.parametrize("ahead", [2, 30])
def test_an_assertion_from_the_future_gets_no_token(moodle: Lms, ahead: int) -> None:
    answer = moodle.request_token(scopes.MEMBERS, iat=int(moodle.now.timestamp()) + ahead)
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert set(json.loads(answer.data)) == {"error"}


def test_a_token_comes_as_html(moodle: Lms) -> None:
    answer = moodle.request_token(f"{scopes.MEMBERS} made:up")
    assert answer.mimetype == "text/html"
    assert json.loads(answer.data)["scope"] == scopes.MEMBERS
    assert len(json.loads(answer.data)["access_token"]) == 32


def test_keys_at_blocked_addresses_are_not_fetched(like: Callable[..., Lms]) -> None:
    blocked = like(MOODLE, blocks_private_hosts=True)
    blocked.add_tool(scopes.MEMBERS)
    answer = blocked.request_token(scopes.MEMBERS)
    assert answer.status_code == 400
    assert blocked.launch(user_id="learner-1")["sub"], "launches need no key of the tool"


def test_a_missing_scope_is_unauthorized(moodle: Lms) -> None:
    headers = {**moodle.service(scopes.SCORE), "Accept": "*/*"}
    assert moodle.client.get(ROSTER, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        (COLUMNS, CONTAINER, 200),
        (COLUMNS, "*/*", 400),
        (COLUMNS, "application/json", 400),
        (ROSTER, "*/*", 200),
        (ROSTER, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json, */*", 200),
        (ROSTER, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json;q=0.9", 400),
        (ROSTER, "application/json", 400),
    ],
)
def test_what_is_accepted_is_compared_as_text(moodle: Lms, path: str, accept: str, status: int) -> None:
    headers = {**moodle.service(f"{scopes.LINE_ITEM} {scopes.MEMBERS}"), "Accept": accept}
    assert moodle.client.get(path, headers=headers).status_code == status


def add_column(lms: Lms, **changes: Any) -> str:
    """Makes a column and gives its address, as a path."""
    body = json.dumps({"label": "Badge", "scoreMaximum": 10, **changes})
    answer = lms.client.post(COLUMNS, data=body, content_type=ITEM, headers=lms.service(scopes.LINE_ITEM))
    assert answer.status_code == 201, answer.text
    return str(json.loads(answer.data)["id"]).removeprefix(BASE_URL)


def post_score(lms: Lms, column: str, **changes: Any) -> TestResponse:
    value = {
        "userId": "6",  # Lena Lichen
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": lms.now.isoformat(),
        "scoreGiven": 1,
        "scoreMaximum": 2,
        **changes,
    }
    value = {key: each for key, each in value.items() if each is not ...}
    path, query = column.split("?")
    headers = lms.service(scopes.SCORE)
    return lms.client.post(f"{path}/scores?{query}", data=json.dumps(value), content_type=SCORE, headers=headers)


def results(lms: Lms, column: str, query: str = "") -> Any:
    path, own = column.split("?")
    return lms.client.get(f"{path}/results?{own}{query}", headers=lms.service(scopes.RESULT_READ))


def test_a_column_stands_where_moodle_has_it(moodle: Lms) -> None:
    assert add_column(moodle) == "/mod/lti/services.php/4/lineitems/1/lineitem?type_id=1"
    body = json.dumps({"label": "Badge", "scoreMaximum": 10, "resourceLinkId": "77"})
    headers = moodle.service(scopes.LINE_ITEM)
    assert moodle.client.post(COLUMNS, data=body, content_type=ITEM, headers=headers).status_code == 403


def test_a_taken_score_is_answered_with_nothing(moodle: Lms) -> None:
    column = add_column(moodle)
    answer = post_score(moodle, column)
    assert (answer.status_code, answer.data) == (200, b"")
    assert [one["resultScore"] for one in results(moodle, column).get_json()] == [5]


def test_more_than_the_maximum_is_cut(moodle: Lms) -> None:
    column = add_column(moodle)
    post_score(moodle, column, scoreGiven="9", scoreMaximum=2)
    assert [one["resultScore"] for one in results(moodle, column).get_json()] == [10]


@pytest.mark.parametrize(
    "changes", [{"userId": "3"}, {"userId": "4"}, {"userId": "999"}, {"scoreMaximum": ...}, {"timestamp": 1795462806}]
)
def test_a_score_that_cannot_be_is_answered_with_an_empty_list(moodle: Lms, changes: dict[str, Any]) -> None:
    answer = post_score(moodle, add_column(moodle), **changes)
    assert (answer.status_code, answer.get_json()) == (400, [])


def test_a_score_that_is_not_fully_graded_takes_the_grade_away(moodle: Lms) -> None:
    column = add_column(moodle)
    post_score(moodle, column)
    moodle.pass_time(2)
    assert post_score(moodle, column, gradingProgress="Pending").status_code == 200
    assert results(moodle, column).get_json() == []


def test_a_column_of_an_activity_remembers_when_the_server_wrote(moodle: Lms) -> None:
    column = add_column(moodle, resourceLinkId="1")
    assert post_score(moodle, column, timestamp="2030-01-01T00:00:00Z").status_code == 200
    assert post_score(moodle, column).status_code == 409, "it was written in this second"
    moodle.pass_time(1)
    assert post_score(moodle, column).status_code == 200, "what the tool said of 2030 does not count"


def test_a_column_of_its_own_remembers_what_the_tool_said(moodle: Lms) -> None:
    column = add_column(moodle)
    assert post_score(moodle, column, timestamp="2030-01-01T00:00:00Z").status_code == 200
    moodle.pass_time(5)
    assert post_score(moodle, column).status_code == 409


def test_a_limit_breaks_the_results_and_the_link_of_the_columns(moodle: Lms) -> None:
    column = add_column(moodle)
    add_column(moodle)
    assert results(moodle, column, "&limit=1").status_code == 404
    headers = {**moodle.service(scopes.LINE_ITEM), "Accept": CONTAINER}
    page = moodle.client.get(f"{COLUMNS}&limit=1", headers=headers)
    link = page.headers["Link"].encode("latin-1").decode()
    assert "&amp;from=1" in link
    assert "rel=“next”" in link


def test_deep_linking_goes_by_the_address_of_the_answer(moodle: Lms) -> None:
    claims = moodle.launch(user_id="teacher", deep_linking=True)
    settings = claims[DL_CLAIM + "deep_linking_settings"]
    assert "data" not in settings
    assert NRPS not in claims
    assert claims[CLAIM + "launch_presentation"] == {"locale": "en"}
    address = settings["deep_link_return_url"].removeprefix(BASE_URL)
    assert "sesskey" in parse_qs(urlsplit(address).query)
    # Whatever its type, an item becomes an activity.
    item = {"type": "link", "title": "Card", "url": f"{moodle.tool.url}/launch?badge=1"}
    answer = moodle.tool.deep_linking_answer(BASE_URL, moodle.now, "", [item], **{CLAIM + "deployment_id": "1"})
    done = moodle.client.post(address, data={"JWT": moodle.tool.sign(answer)})
    assert done.status_code == 200, done.text
    assert "Card" in [link["title"] for link in moodle.call("GET", "links")["links"]]


def test_an_empty_custom_breaks_the_placing(moodle: Lms) -> None:
    claims = moodle.launch(user_id="teacher", deep_linking=True)
    address = claims[DL_CLAIM + "deep_linking_settings"]["deep_link_return_url"].removeprefix(BASE_URL)
    item = {"type": "ltiResourceLink", "title": "Card", "custom": {}}
    answer = moodle.tool.deep_linking_answer(BASE_URL, moodle.now, "", [item], **{CLAIM + "deployment_id": "1"})
    assert moodle.client.post(address, data={"JWT": moodle.tool.sign(answer)}).status_code == 500


def test_the_address_of_a_placed_link_is_asked_for(moodle: Lms) -> None:
    claims = moodle.launch(user_id="teacher", deep_linking=True)
    address = claims[DL_CLAIM + "deep_linking_settings"]["deep_link_return_url"].removeprefix(BASE_URL)
    item = {"type": "ltiResourceLink", "title": "Card", "url": f"{moodle.tool.url}/visited"}
    answer = moodle.tool.deep_linking_answer(BASE_URL, moodle.now, "", [item], **{CLAIM + "deployment_id": "1"})
    moodle.client.post(address, data={"JWT": moodle.tool.sign(answer)})
    assert "MoodleBot" in moodle.tool.visits.get(timeout=5)


def test_an_address_that_is_not_registered_to_the_letter_gets_nothing(moodle: Lms) -> None:
    params = moodle.call("POST", "launch", {"user_id": "learner-1"})["params"]
    query = {"client_id": params["client_id"], "redirect_uri": f"{moodle.tool.url}/launch?badge=42"}
    assert moodle.client.get(MOODLE.paths.authorization, query_string=query).status_code == 400
