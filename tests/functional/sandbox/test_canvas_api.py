"""The practice LMS's own API in the Canvas form: keys, consent, tokens, pages, hidden grades, and trouble on demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.forms.plain import Form
from tests.functional.sandbox.practice_lms import BASE_URL, Lms

COURSE = "/api/v1/courses/1"
BACK = "http://tool.example/admin/canvas/return"
SCOPES = [f"url:GET|/api/v1/courses/:course_id/{name}" for name in (
    "assignment_groups", "modules", "enrollments", "students/submissions", "bulk_user_progress", "groups",
)]  # fmt: skip
LENA, TEST_STUDENT = 105, 104


class Api:
    """A tool with a key."""

    def __init__(self, lms: Lms, **key: Any) -> None:
        self.lms = lms
        made = lms.call("POST", "canvas/keys", {"redirect_uri": BACK, "scopes": SCOPES} | key)
        self.client = {"client_id": made["client_id"], "client_secret": made["key"]}
        self.token = ""

    def ask(self, scope: str = " ".join(SCOPES), person: str = "admin") -> TestResponse:
        self.browser = self.lms.app.test_client()
        csrf = _csrf(self.browser.get("/").text)
        self.browser.post("/session", data={"csrf_token": csrf, "user_id": person})
        asked = {"client_id": self.client["client_id"], "response_type": "code", "redirect_uri": BACK, "state": "s 1"}
        return self.browser.get("/login/oauth2/auth", query_string=asked | {"scope": scope})

    def answer(self, page: TestResponse, button: str = "allow") -> dict[str, str]:
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
        sent = self.browser.post("/login/oauth2/accept", data=fields | {button: "yes"})
        assert sent.location.startswith(f"{BACK}?"), sent.text
        return {name: values[0] for name, values in parse_qs(urlsplit(sent.location).query).items()}

    def tokens(self, **grant: str) -> TestResponse:
        return self.lms.app.test_client().post("/login/oauth2/token", data=self.client | grant)

    def connect(self) -> dict[str, Any]:
        code = self.answer(self.ask())["code"]
        given = self.tokens(grant_type="authorization_code", code=code, redirect_uri=BACK)
        assert given.status_code == 200, given.text
        self.token = given.get_json()["access_token"]
        value: dict[str, Any] = given.get_json()
        return value

    def get(self, path: str, **query: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.lms.app.test_client().get(f"{COURSE}/{path}", query_string=query, headers=headers)


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def canvas(like: Callable[[Form], Lms]) -> Lms:
    return like(FORMS["canvas"])


@pytest.fixture
def api(canvas: Lms) -> Api:
    made = Api(canvas)
    made.connect()
    return made


def test_a_person_allows_it_and_the_tool_gets_tokens(canvas: Lms) -> None:
    api = Api(canvas)
    page = api.ask()
    assert "Ada Admin" in page.text
    assert "form-action 'self' http://tool.example" in page.headers["Content-Security-Policy"]
    back = api.answer(page)
    assert back["state"] == "s 1"
    given = api.tokens(grant_type="authorization_code", code=back["code"], redirect_uri=BACK).get_json()
    assert (given["expires_in"], given["token_type"]) == (3600, "Bearer")
    assert api.tokens(grant_type="authorization_code", code=back["code"]).get_json()["error"] == "invalid_grant"
    again = api.tokens(grant_type="refresh_token", refresh_token=given["refresh_token"]).get_json()
    assert "refresh_token" not in again
    assert api.tokens(grant_type="refresh_token", refresh_token="x").status_code == 400
    assert Api(canvas).tokens(grant_type="refresh_token", refresh_token=given["refresh_token"]).status_code == 400
    api.client["client_secret"] = "another"
    assert api.tokens(grant_type="refresh_token", refresh_token=given["refresh_token"]).status_code == 401


def test_what_is_not_allowed_goes_back_as_an_error(canvas: Lms) -> None:
    api = Api(canvas)
    assert api.answer(api.ask(), "refuse") == {"error": "access_denied", "state": "s 1"}
    for scope in ("", "url:GET|/api/v1/users/:id"):
        sent = api.ask(scope)
        assert parse_qs(urlsplit(sent.location).query)["error"] == ["invalid_scope"]
    asked = {"client_id": api.client["client_id"], "response_type": "code", "redirect_uri": "http://evil.example/"}
    assert api.browser.get("/login/oauth2/auth", query_string=asked).status_code == 400


def test_a_token_is_needed_and_ends_and_its_scopes_count(api: Api) -> None:
    assert api.get("modules").status_code == 200
    missing = api.get("outcome_results")
    assert (missing.status_code, missing.get_json()["errors"][0]["message"]) == (
        401, "Insufficient scopes on access token.",
    )  # fmt: skip
    assert "WWW-Authenticate" not in missing.headers
    api.lms.call("POST", "canvas/tokens/end", {})
    ended = api.get("modules")
    assert (ended.status_code, "WWW-Authenticate" in ended.headers) == (401, True)


def test_pages_are_led_to_by_bookmarks(api: Api) -> None:
    first = api.get("students/submissions", **{"student_ids[]": "all", "grouped": 1, "per_page": 2})
    assert len(first.get_json()) == 2
    found = re.search(r'<([^>]+)>; rel="next"', first.headers["Link"])
    assert found is not None
    following = urlsplit(found[1])
    assert found[1].startswith(f"{BASE_URL}{COURSE}/students/submissions?")
    assert parse_qs(following.query)["page"][0].startswith("bookmark:")
    headers = {"Authorization": f"Bearer {api.token}"}
    second = api.lms.app.test_client().get(f"{following.path}?{following.query}", headers=headers)
    assert [row["user_id"] for row in second.get_json()] != [row["user_id"] for row in first.get_json()]


def test_includes_are_dropped_where_the_key_does_not_allow_them(canvas: Lms) -> None:
    allowed, refused = Api(canvas), Api(canvas, includes=False)
    for api in (allowed, refused):
        api.connect()
    asked = {"include[]": "assignments"}
    assert "assignments" in allowed.get("assignment_groups", **asked).get_json()[0]
    assert "assignments" not in refused.get("assignment_groups", **asked).get_json()[0]


def test_a_hidden_grade_has_no_time_of_posting_and_is_in_no_total(api: Api) -> None:
    lms = api.lms
    lms.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})

    def quiz() -> dict[str, Any]:
        rows = api.get("students/submissions", per_page=100).get_json()
        (found,) = (row for row in rows if row["user_id"] == LENA and row["score"] is not None)
        return found

    def total() -> Any:
        rows = api.get("enrollments", **{"type[]": "StudentEnrollment"}).get_json()
        return next(row["grades"]["current_score"] for row in rows if row["user_id"] == LENA)

    assert (quiz()["posted_at"], total()) == (quiz()["graded_at"], 80)
    post = {"user_id": "learner-1", "activity_id": "quiz-safety"}
    lms.call("POST", "canvas/grades/posted", post | {"posted": False})
    assert (quiz()["posted_at"], total()) == (None, None)
    lms.call("POST", "canvas/grades/posted", post | {"posted": True})
    assert (quiz()["posted_at"] is not None, total()) == (True, 80)


def test_modules_tell_what_one_learner_has_done(api: Api) -> None:
    api.lms.call("POST", "complete", {"user_id": "learner-1", "activity_id": "reading-rules", "completed": True})
    asked = {"include[]": "items", "student_id": str(LENA)}
    first = api.get("modules", **asked).get_json()[0]
    assert (first["state"], first["completed_at"]) == ("started", None)
    assert [item["completion_requirement"]["completed"] for item in first["items"]] == [True, False]
    api.lms.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    first = api.get("modules", **asked).get_json()[0]
    assert (first["state"], first["completed_at"] is not None) == ("completed", True)
    [mine] = [row for row in api.get("bulk_user_progress").get_json() if row["id"] == LENA]
    assert (mine["progress"]["requirement_completed_count"], mine["progress"]["requirement_count"]) == (2, 4)


def test_groups_tell_their_members_where_they_are_asked_for(api: Api) -> None:
    plain, told = api.get("groups").get_json(), api.get("groups", **{"include[]": "users"}).get_json()
    assert [one["name"] for one in plain] == ["Team North", "Team South"]
    assert "users" not in plain[0]
    members = [user["id"] for one in told for user in one["users"]]
    assert [len(one["users"]) for one in told] == [one["members_count"] for one in told]
    assert LENA in members
    assert TEST_STUDENT not in members


def test_the_test_student_has_an_enrolment_of_another_kind(api: Api) -> None:
    students = api.get("enrollments", **{"type[]": "StudentEnrollment"}).get_json()
    assert TEST_STUDENT not in {row["user_id"] for row in students}
    rows = api.get("students/submissions", grouped=1).get_json()
    assert TEST_STUDENT in {row["user_id"] for row in rows}


@pytest.mark.parametrize(("kind", "status", "text"), [
    ("throttled-403", 403, "403 Forbidden (Rate Limit Exceeded)"), ("throttled-429", 429, ""),
    ("sign-in-page", 200, "<!DOCTYPE html>"), ("truncated", 200, '[{"id": 1, "na'), ("unavailable", 502, "Bad"),
    ("forbidden", 403, "not authorized"),
])  # fmt: skip
def test_trouble_comes_when_it_was_ordered(api: Api, kind: str, status: int, text: str) -> None:
    api.lms.call("POST", "canvas/faults", {"kind": kind, "retry_after": "7"})
    answer = api.get("modules")
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert text in answer.text
    assert api.get("modules").status_code == 200


def test_other_forms_have_no_such_api(lms: Lms) -> None:
    assert lms.app.test_client().get(f"{COURSE}/modules").status_code == 404
    assert lms.app.test_client().get("/login/oauth2/auth").status_code == 404
