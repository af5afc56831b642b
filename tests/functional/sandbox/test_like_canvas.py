"""The practice LMS like Canvas: what Canvas's public source says is what tools meet here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from requests.utils import parse_header_links
from werkzeug.test import TestResponse

from lti_tool.sandbox import scopes
from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.forms.plain import Form
from tests.functional.sandbox.fake_tool import CLAIM, TOOL_CONFIGURATION
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

CANVAS = FORMS["canvas"]
ALL = " ".join(CANVAS.scopes)
COLUMNS = "/api/lti/courses/1/line_items"
ROSTER = "/api/lti/courses/1/names_and_roles"
HANDLERS = "/api/lti/notice-handlers/1"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
PRIVACY = "https://canvas.instructure.com/lti/privacy_level"
SUBMISSION = "https://canvas.instructure.com/lti/submission"
NOTICES = CLAIM + "platformnotificationservice"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
HELLO_WORLD, COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"


@pytest.fixture
def lms_like_canvas(like: Callable[[Form], Lms]) -> Lms:
    return like(CANVAS)


@pytest.fixture
def canvas(lms_like_canvas: Lms) -> Lms:
    lms_like_canvas.add_tool(ALL)
    return lms_like_canvas


def register(lms: Lms, scope: str = ALL, **tool: Any) -> TestResponse:
    """The tool's registration with changes in its tool configuration."""
    metadata = lms.tool.metadata(scope)
    metadata[TOOL_CONFIGURATION].update(tool)
    answer = lms.register(metadata, lms.begin_registration())
    if answer.status_code == 200:
        lms.tool.client_id = answer.get_json()["client_id"]
        lms.call("POST", "registrations/1/activate")
    return answer


def test_the_address_of_the_configuration_carries_the_token_and_must_keep_its_query(lms_like_canvas: Lms) -> None:
    opened = lms_like_canvas.call("POST", "registrations", {"registration_url": f"{lms_like_canvas.tool.url}/register"})
    query = parse_qs(urlsplit(opened["open_url"]).query)
    inner = parse_qs(urlsplit(query["openid_configuration"][0]).query)
    assert inner["registration_token"] == query["registration_token"]


def test_the_answer_to_a_registration_names_no_deployment_and_drops_what_is_unknown(lms_like_canvas: Lms) -> None:
    message = {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea", "made_up"], "odd": 1}
    tool = register(lms_like_canvas, messages=[message], odd=2).get_json()[TOOL_CONFIGURATION]
    assert not {"deployment_id", "odd"} & set(tool)
    assert tool["messages"] == [{"type": "LtiDeepLinkingRequest", "placements": ["link_selection"]}]


def test_one_unknown_scope_fails_the_registration(lms_like_canvas: Lms) -> None:
    assert register(lms_like_canvas, f"{ALL} made:up").status_code == 422
    assert register(lms_like_canvas, f"openid {ALL}").status_code == 422


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ({"claims": ["name", "email"]}, "public"),
        ({"claims": ["name"]}, "name_only"),
        ({"claims": ["email"]}, "email_only"),
        ({"claims": ["iss", "sub"]}, "anonymous"),
        ({"claims": ["iss", "sub"], PRIVACY: "public"}, "public"),
        ({"claims": ["name", "email"], PRIVACY: "anonymous"}, "anonymous"),
    ],
)
def test_the_privacy_level_says_what_is_told_of_people(lms_like_canvas: Lms, asked: dict[str, Any], level: str) -> None:
    assert register(lms_like_canvas, **asked).get_json()[TOOL_CONFIGURATION][PRIVACY] == level
    told = {"name", "email", "picture"} & set(lms_like_canvas.launch(user_id="learner-1"))
    expected = {"public": {"name", "email", "picture"}, "name_only": {"name"}, "email_only": {"email"}}
    assert told == expected.get(level, set())


def test_a_launch_speaks_as_canvas_does(canvas: Lms) -> None:
    claims = canvas.launch(user_id="learner-1")
    assert re.fullmatch(r"1:[0-9a-f]{40}", claims[CLAIM + "deployment_id"])
    assert re.fullmatch(r"[0-9a-f]{40}", claims[CLAIM + "context"]["id"])
    assert claims["exp"] - claims["iat"] == 3600
    # The course menu is no link: its launches name the course.
    assert claims[CLAIM + "resource_link"]["id"] == claims[CLAIM + "context"]["id"]
    assert claims["https://www.instructure.com/placement"] == "course_navigation"
    assert claims[CLAIM + "tool_platform"]["version"] == "cloud"
    assert claims["sub"] != claims[CLAIM + "lti11_legacy_user_id"]


def test_roles_elsewhere_are_among_the_roles(canvas: Lms) -> None:
    roles = canvas.launch(user_id="learner-3")[CLAIM + "roles"]
    assert {INSTITUTION + "Instructor", MEMBERSHIP + "Learner"} <= set(roles)
    assert MEMBERSHIP + "Instructor" not in roles
    assert TEST_USER in canvas.launch(user_id="test-student")[CLAIM + "roles"]
    admin = canvas.launch(user_id="admin")[CLAIM + "roles"]
    assert not any(role.startswith(MEMBERSHIP) for role in admin)


def test_the_login_initiation_has_names_of_its_own(canvas: Lms) -> None:
    params = canvas.call("POST", "launch", {"user_id": "learner-1"})["params"]
    assert re.fullmatch(r"1:[0-9a-f]{40}", params["deployment_id"])
    assert "lti_deployment_id" not in params
    assert (params["canvas_environment"], params["canvas_region"]) == ("production", "us-east-1")
    assert params["lti_storage_target"]
    assert params["login_hint"] != canvas.launch(user_id="learner-1")["sub"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": None}, "invalid_request_object"),
        ({"scope": "openid email"}, "invalid_request_object"),
        ({"lti_message_hint": "another"}, "launch_no_longer_valid"),
    ],
)
def test_what_is_wrong_is_told_to_the_tool(canvas: Lms, changes: dict[str, str | None], error: str) -> None:
    params = canvas.call("POST", "launch", {"user_id": "learner-1"})["params"]
    assert canvas.authenticate(params, **changes)["error"] == error


def test_more_may_be_asked_for_in_the_address_of_a_launch(canvas: Lms) -> None:
    params = canvas.call("POST", "launch", {"user_id": "learner-1"})["params"]
    assert "id_token" in canvas.authenticate(params, redirect_uri=f"{canvas.tool.url}/launch?more=1")


def test_keys_are_named_by_date_and_the_old_ones_stay_when_they_change(canvas: Lms) -> None:
    before = canvas.practice.keys.kid
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ_[0-9a-f-]{36}", before)
    token = canvas.authenticate(canvas.call("POST", "launch", {"user_id": "learner-1"})["params"])["id_token"]
    after = canvas.call("POST", "keys/rotate")["kid"]
    kids = [key["kid"] for key in canvas.client.get(CANVAS.paths.keys).get_json()["keys"]]
    assert kids == [before, after]
    assert canvas.verified(token)["sub"], "a launch signed before still verifies"
    later = canvas.authenticate(canvas.call("POST", "launch", {"user_id": "learner-1"})["params"])["id_token"]
    assert jwt.get_unverified_header(later)["kid"] == after


@pytest.mark.parametrize(("age", "status"), [(-30, 200), (-31, 400), (300, 200), (301, 400)])
def test_an_assertion_is_neither_old_nor_ahead(canvas: Lms, age: int, status: int) -> None:
    now = int(canvas.now.timestamp())
    answer = canvas.request_token(scopes.MEMBERS, iat=now - age, exp=now + 60)
    assert answer.status_code == status
    assert answer.get_json().get("error") == (None if status == 200 else "invalid_request")


def test_an_assertion_needs_its_issuer(canvas: Lms) -> None:
    claims = canvas.tool.assertion(f"{BASE_URL}{CANVAS.paths.token}", canvas.now)
    del claims["iss"]
    answer = canvas.post_assertion(canvas.tool.sign(claims), scopes.MEMBERS)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def roster(lms: Lms, address: str = ROSTER) -> TestResponse:
    return lms.client.get(address.removeprefix(BASE_URL), headers=lms.service(scopes.MEMBERS))


def test_the_roster_has_roles_of_this_course_and_a_type_of_its_own(canvas: Lms) -> None:
    answer = roster(canvas)
    assert answer.mimetype == "application/vnd.ims.lis.v2.membershipcontainer+json"
    by_name = {one["name"]: one["roles"] for one in answer.get_json()["members"]}
    assert by_name["Nora Nettle"] == [MEMBERSHIP + "Learner"]
    assert TEST_USER in by_name["Test Student"]


def test_the_next_page_of_the_roster_is_behind_a_bookmark(canvas: Lms) -> None:
    names: list[str] = []
    address = f"{ROSTER}?limit=3"
    while address:
        answer = roster(canvas, address)
        names += [one["name"] for one in answer.get_json()["members"]]
        links = parse_header_links(answer.headers.get("Link", ""))
        address = next((link["url"] for link in links if link["rel"] == "next"), "")
    assert sorted(names) == sorted(one["name"] for one in roster(canvas).get_json()["members"])
    (link,) = parse_header_links(roster(canvas, f"{ROSTER}?limit=3").headers["Link"])
    bookmark = parse_qs(urlsplit(link["url"]).query)["page"][0].removeprefix("bookmark:")
    assert bookmark != bookmark.lower()
    assert roster(canvas, f"{ROSTER}?page=bookmark:{bookmark.lower()}").status_code == 400


def test_the_course_as_link_gives_the_ids_of_everybody(lms_like_canvas: Lms) -> None:
    custom = {"id": "$Canvas.user.id", "sis": "$Person.sourcedId", "course": "$Canvas.course.id", "word": "fixed"}
    register(lms_like_canvas, custom_parameters=custom)
    launched = lms_like_canvas.launch(user_id="learner-1")
    answer = roster(lms_like_canvas, f"{ROSTER}?rlid={launched[CLAIM + 'context']['id']}")
    lena = next(one for one in answer.get_json()["members"] if one["user_id"] == launched["sub"])
    told = lena["message"][0][CLAIM + "custom"]
    assert told["id"] == launched[CLAIM + "custom"]["id"]
    assert told["sis"].startswith("SIS-")
    # Only what is about the person is known here.
    assert (told["course"], launched[CLAIM + "custom"]["course"]) == ("$Canvas.course.id", "1")
    assert told["word"] == "fixed"
    assert roster(lms_like_canvas, f"{ROSTER}?rlid=another").status_code == 400


def add_column(lms: Lms, label: str = "Badge") -> str:
    body = json.dumps({"label": label, "scoreMaximum": 10})
    answer = lms.client.post(COLUMNS, data=body, content_type=ITEM, headers=lms.service(scopes.LINE_ITEM))
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"]).removeprefix(BASE_URL)


def post_score(lms: Lms, column: str, user_id: str, **changes: Any) -> TestResponse:
    value = {
        "userId": user_id,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": lms.now.isoformat(),
        "scoreGiven": 1,
        "scoreMaximum": 2,
        **changes,
    }
    headers = lms.service(scopes.SCORE)
    return lms.client.post(f"{column}/scores", data=json.dumps(value), content_type=SCORE, headers=headers)


def scores(lms: Lms, column: str) -> list[float]:
    answer = lms.client.get(f"{column}/results", headers=lms.service(scopes.RESULT_READ))
    return [one["resultScore"] for one in answer.get_json()]


@pytest.fixture
def lena(canvas: Lms) -> str:
    return str(canvas.launch(user_id="learner-1")["sub"])


def test_a_score_makes_a_submission_unless_it_says_not_to(canvas: Lms, lena: str) -> None:
    column = add_column(canvas)
    answer = post_score(canvas, column, lena, **{SUBMISSION: {"new_submission": False}})
    assert answer.get_json()["resultUrl"].startswith(f"{BASE_URL}{column}/results/")
    assert canvas.call("GET", "submissions") == {"submissions": []}
    canvas.pass_time()
    post_score(canvas, column, lena)
    assert canvas.call("GET", "submissions")["submissions"] == [
        {"line_item_id": 1, "user_id": "learner-1", "attempts": 1}
    ]
    assert scores(canvas, column) == [5]


@pytest.mark.parametrize("user_id", ["nobody", "102", "teacher"])
def test_only_learners_of_the_course_have_scores(canvas: Lms, user_id: str) -> None:
    user_id = canvas.launch(user_id="teacher")["sub"] if user_id == "teacher" else user_id
    assert post_score(canvas, add_column(canvas), user_id).status_code == 422


def test_the_number_of_a_person_does_as_well(canvas: Lms) -> None:
    assert post_score(canvas, add_column(canvas), "105").status_code == 200


def test_an_older_score_is_refused(canvas: Lms, lena: str) -> None:
    column = add_column(canvas)
    assert post_score(canvas, column, lena).status_code == 200
    assert post_score(canvas, column, lena, timestamp="2026-02-28T00:00:00Z").status_code == 400
    assert post_score(canvas, column, lena, scoreMaximum=None).status_code == 422


def test_progress_without_a_grade_takes_the_grade_away(canvas: Lms, lena: str) -> None:
    column = add_column(canvas)
    post_score(canvas, column, lena)
    canvas.pass_time()
    assert post_score(canvas, column, lena, gradingProgress="Pending").status_code == 200
    assert scores(canvas, column) == []


def test_columns_come_ten_at_a_time(canvas: Lms) -> None:
    for number in range(11):
        add_column(canvas, f"Badge {number}")
    headers = canvas.service(scopes.LINE_ITEM)
    page = canvas.client.get(COLUMNS, headers=headers)
    assert len(page.get_json()) == 10
    (link,) = parse_header_links(page.headers["Link"])
    rest = canvas.client.get(link["url"].removeprefix(BASE_URL), headers=headers)
    assert [one["label"] for one in rest.get_json()] == ["Badge 10"]


def subscribe(lms: Lms, notice_type: str, handler: str) -> TestResponse:
    body = {"notice_type": notice_type, "handler": handler}
    return lms.client.put(HANDLERS, json=body, headers=lms.service(scopes.NOTICES))


def notice_of(lms: Lms) -> dict[str, Any]:
    """The one notice that the tool got next, its signature checked with the keys of launches."""
    (sent,) = lms.tool.notices.get(timeout=5)["notices"]
    return lms.verified(sent["jwt"])


def test_launches_offer_notices_and_a_greeting_comes_at_once(canvas: Lms) -> None:
    offer = canvas.launch(user_id="learner-1")[NOTICES]
    assert offer["platform_notification_service_url"] == f"{BASE_URL}{HANDLERS}"
    assert set(offer["notice_types_supported"]) == {HELLO_WORLD, COPY}
    assert subscribe(canvas, HELLO_WORLD, f"{canvas.tool.url}/notices").status_code == 200
    notice = notice_of(canvas)
    assert notice[CLAIM + "notice"]["type"] == HELLO_WORLD
    assert re.fullmatch(r"1:[0-9a-f]{40}", notice[CLAIM + "deployment_id"])
    assert (notice["azp"], "sub" in notice) == (canvas.tool.client_id, False)
    listed = canvas.client.get(HANDLERS, headers=canvas.service(scopes.NOTICES)).get_json()["notice_handlers"]
    assert {"notice_type": HELLO_WORLD, "handler": f"{canvas.tool.url}/notices"} in listed


def test_a_copy_of_the_course_is_told_once_to_those_who_asked(canvas: Lms) -> None:
    assert canvas.call("POST", "course-copy")["told"] == 0
    subscribe(canvas, COPY, f"{canvas.tool.url}/notices")
    made = canvas.call("POST", "course-copy")
    assert made["told"] == 1
    notice = notice_of(canvas)
    assert notice[CLAIM + "context"]["id"] == made["context_id"]
    assert notice[CLAIM + "origin_contexts"] == [CANVAS.context_id]
    subscribe(canvas, COPY, "")
    assert canvas.call("POST", "course-copy")["told"] == 0


def test_notices_go_to_the_tools_own_domain_only(canvas: Lms) -> None:
    assert subscribe(canvas, COPY, "http://elsewhere.example/notices").status_code == 400
    assert subscribe(canvas, "LtiGradeNotice", f"{canvas.tool.url}/notices").status_code == 400


def test_without_the_scope_no_notices_are_offered(lms_like_canvas: Lms) -> None:
    register(lms_like_canvas, scopes.MEMBERS)
    assert NOTICES not in lms_like_canvas.launch(user_id="learner-1")
    assert lms_like_canvas.client.get(HANDLERS, headers=lms_like_canvas.service(scopes.MEMBERS)).status_code == 403
