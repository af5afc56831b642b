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
    assert refused.value.code == "roster.page_forbidden"
    assert len(web.calls) == 2


def test_a_list_without_end_is_given_up(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    def endless(request: Any) -> tuple[int, dict[str, str], str]:
        number = int((request.url + "=0").split("=")[1])
        return 200, {"Link": f'<{MEMBERS}?p={number + 1}>; rel="next"'}, '{"members": []}'

    web.add_callback("GET", MEMBERS, endless)
    with pytest.raises(ServiceError, match=r"roster\.page_forbidden"):
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
        ({"status": 401}, "roster.refused", 401),
        ({"status": 403, "body": "secret"}, "roster.refused", 403),
        ({"status": 500, "body": "secret"}, "roster.unavailable", 500),
        ({"body": "<html>secret"}, "roster.malformed", 502),
        ({"body": ""}, "roster.malformed", 502),
        ({"json": []}, "roster.malformed", 502),
        ({"json": {"members": {}}}, "roster.malformed", 502),
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
        ({"service_scopes": ("something-else",)}, MEMBERS, "roster.scope_missing"),
        ({}, "https://evil.example/members", "roster.url_forbidden"),
        ({}, "", "roster.not_offered"),
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


def test_canvas_is_asked_for_larger_pages(web: responses.RequestsMock, roster: NrpsRoster) -> None:
    page(web, MEMBERS + "?limit=100", [])
    roster.read(registration(product="canvas"), COURSE)
    assert web.calls[1].request.url == MEMBERS + "?limit=100"
