"""NRPS: every page, no circle, nobody else's host."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from lti_tool.domain.identity import Course
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import Member
from tests.fakes.lti_platform import registration

MEMBERS = "https://lms.example/api/Course/members"
COURSE = Course("c", "reg-1", "d", "course-1", "", memberships_url=MEMBERS)


@pytest.fixture
def roster(http: OutgoingHttp, tokens: CachedServiceTokens) -> NrpsRoster:
    return NrpsRoster(http, tokens)


def page(web: responses.RequestsMock, url: str, members: list[Any], following: str = "") -> None:
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    web.add("GET", url, json={"id": url, "members": members}, headers=headers)


def test_all_pages_are_read_with_addresses_as_they_were_given(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    """Canvas's bookmarks are case-sensitive."""
    following = MEMBERS + "?page=bookmark:WzEyM10AbC"
    page(web, MEMBERS, [{"user_id": "1", "roles": ["Learner"]}], following)
    page(web, following, [{"user_id": "2", "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]}])
    members = roster.read(registration(), COURSE)
    assert [member.subject for member in members] == ["1", "2"]
    assert web.calls[2].request.url == following
    asked = web.calls[1].request.headers
    assert asked["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert asked["Authorization"] == "Bearer token-1"


def test_a_relative_next_page(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    page(web, MEMBERS, [], "/api/Course/members?p=2")
    page(web, MEMBERS + "?p=2", [{"user_id": "9", "roles": []}])
    assert [member.subject for member in roster.read(registration(), COURSE)] == ["9"]


@pytest.mark.parametrize(
    "following",
    [MEMBERS, "https://evil.example/next", "http://lms.example/next", "https://lms.example:8443/next"],
    ids=["LT25-loop", "LT25-host", "LT25-scheme", "LT25-port"],
)
def test_lt25_a_next_page_that_is_none(web: responses.RequestsMock, roster: NrpsRoster, following: str) -> None:
    page(web, MEMBERS, [], following)
    with pytest.raises(ServiceError) as refused:
        roster.read(registration(), COURSE)
    assert refused.value.code == "nrps.page_forbidden"
    assert len(web.calls) == 2


def test_a_list_without_end_is_given_up(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    def endless(request: Any) -> tuple[int, dict[str, str], str]:
        number = int((request.url + "=0").split("=")[1])
        return 200, {"Link": f'<{MEMBERS}?p={number + 1}>; rel="next"'}, '{"members": []}'

    web.add_callback("GET", MEMBERS, endless)
    with pytest.raises(ServiceError, match=r"nrps\.page_forbidden"):
        roster.read(registration(), COURSE)


def test_odd_members_are_read_as_far_as_they_can_be(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    odd = [
        "text",
        {"roles": ["Learner"]},
        {"user_id": 7, "roles": ["Learner"]},
        {"user_id": "1"},
        {"user_id": "2", "roles": ["Learner", None], "status": "Inactive", "name": 5, "given_name": "Ann"},
    ]
    page(web, MEMBERS, odd)
    first, second = roster.read(registration(), COURSE)
    assert (first.subject, first.roles, first.status) == ("1", (), "Active")
    assert (second.roles, second.status, second.name) == (("Learner",), "Inactive", "Ann")


def test_a_token_that_ran_out_early_is_renewed_once(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    web.add("GET", MEMBERS, status=401)
    page(web, MEMBERS, [])
    assert roster.read(registration(), COURSE) == []
    assert [call.request.method for call in web.calls] == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        ({"status": 401}, "nrps.refused", 401),
        ({"status": 403, "body": "secret"}, "nrps.refused", 403),
        ({"status": 500, "body": "secret"}, "nrps.unavailable", 500),
        ({"body": "<html>secret"}, "nrps.malformed", 502),
        ({"body": ""}, "nrps.malformed", 502),
        ({"json": []}, "nrps.malformed", 502),
        ({"json": {"members": {}}}, "nrps.malformed", 502),
    ],
)
def test_no_roster(
    web: responses.RequestsMock, roster: NrpsRoster, answer: dict[str, Any], code: str, status: int
) -> None:
    web.add("GET", MEMBERS, **answer)
    with pytest.raises(ServiceError) as refused:
        roster.read(registration(), COURSE)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "url", "code"),
    [
        ({"service_scopes": ("something-else",)}, MEMBERS, "nrps.scope_missing"),
        ({}, "https://evil.example/members", "nrps.url_forbidden"),
        ({}, "", "nrps.not_offered"),
    ],
)
def test_nothing_is_asked_where_it_may_not_be(
    web: responses.RequestsMock, roster: NrpsRoster, changes: dict[str, Any], url: str, code: str
) -> None:
    course = Course("c", "reg-1", "d", "course-1", "", memberships_url=url)
    with pytest.raises(ServiceError) as refused:
        roster.read(registration(**changes), course)
    assert refused.value.code == code
    assert not web.calls


CANVAS_ASKED = MEMBERS + "?limit=100&rlid=course-1"
CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"


def canvas_member(subject: str, **custom: object) -> dict[str, Any]:
    return {"user_id": subject, "roles": ["Learner"], "message": [{CUSTOM: custom}]}


def aliases(members: list[Member]) -> dict[str, set[tuple[str, str]]]:
    return {member.subject: {alias.key for alias in member.aliases} for member in members}


def test_canvas_tells_the_ids_of_all_members(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    """Asked about the course as if it were a link, it adds everybody's custom parameters: no launch is needed."""
    following = MEMBERS + "?limit=100&rlid=course-1&page=bookmark:WzEyM10AbC"
    page(web, CANVAS_ASKED, [canvas_member("uuid-1", user_id="123", user_username="ana")], following)
    second = canvas_member("uuid-2", user_id="$Canvas.user.id", user_username=7) | {"lis_person_sourcedid": "S-2"}
    page(web, following, [second])
    members = roster.read(registration(product="canvas"), COURSE)
    assert aliases(members) == {
        "uuid-1": {("lms_user_id", "123"), ("login", "ana")},
        "uuid-2": {("sis_user_id", "S-2")},
    }


@pytest.mark.parametrize("odd", [None, "text", [], ["text"], [{CUSTOM: "text"}], [{CUSTOM: None}], [{}]])
def test_odd_messages_bring_no_aliases(web: responses.RequestsMock, roster: NrpsRoster, odd: object) -> None:
    page(web, CANVAS_ASKED, [{"user_id": "1", "roles": [], "message": odd}])
    assert aliases(roster.read(registration(product="canvas"), COURSE)) == {"1": set()}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_platform_that_refuses_the_link_is_asked_again_without(
    web: responses.RequestsMock, roster: NrpsRoster, status: int
) -> None:
    web.add("GET", CANVAS_ASKED, status=status)
    page(web, MEMBERS + "?limit=100", [{"user_id": "1", "roles": ["Learner"]}])
    assert aliases(roster.read(registration(product="canvas"), COURSE)) == {"1": set()}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_platform_that_is_busy_is_not_asked_again(
    web: responses.RequestsMock, roster: NrpsRoster, status: int
) -> None:
    web.add("GET", CANVAS_ASKED, status=status)
    with pytest.raises(ServiceError) as refused:
        roster.read(registration(product="canvas"), COURSE)
    assert refused.value.status == status
    assert [call.request.method for call in web.calls] == ["POST", "GET"]


def test_a_link_that_the_address_names_already_is_not_named_twice(
    web: responses.RequestsMock, roster: NrpsRoster
) -> None:
    named = MEMBERS + "?rlid=theirs&limit=30"
    page(web, named, [])
    course = Course("c", "reg-1", "d", "course-1", "", memberships_url=named)
    roster.read(registration(product="canvas"), course)
    assert web.calls[1].request.url == named


def test_other_platforms_are_asked_for_neither_pages_nor_links(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    page(web, MEMBERS, [])
    roster.read(registration(product="moodle"), COURSE)
    assert web.calls[1].request.url == MEMBERS


def test_a_person_on_two_pages_is_one(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    page(web, MEMBERS, [{"user_id": "1", "roles": ["Learner"]}], MEMBERS + "?p=2")
    page(web, MEMBERS + "?p=2", [{"user_id": "1", "roles": ["Instructor"]}])
    assert [(m.subject, m.roles) for m in roster.read(registration(), COURSE)] == [("1", ("Instructor",))]


def test_a_walk_that_breaks_off_is_no_roster(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    page(web, MEMBERS, [{"user_id": "1", "roles": ["Learner"]}], MEMBERS + "?p=2")
    web.add("GET", MEMBERS + "?p=2", status=502)
    with pytest.raises(ServiceError, match=r"nrps\.unavailable"):
        roster.read(registration(), COURSE)
