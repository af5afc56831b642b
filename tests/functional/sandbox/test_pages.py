"""The pages as people use them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lti_tool.sandbox.course import SAFETY_QUIZ
from tests.functional.sandbox.practice_lms import Lms


def row_of(lms: Lms, user_id: str) -> dict[str, Any]:
    rows = lms.call("GET", "gradebook")["rows"]
    return next(row for row in rows if row["user_id"] == user_id)


def test_a_learner_reads_takes_the_quiz_and_completes_the_module(connected: Lms) -> None:
    connected.become("learner-1")
    assert connected.post("/course/activities/reading-rules/read", completed="true").status_code == 302
    answers = {f"question-{number}": str(each.right) for number, each in enumerate(SAFETY_QUIZ.questions)}
    answers["question-0"] = "2"
    connected.post("/course/activities/quiz-safety/attempt", **answers)
    row = row_of(connected, "learner-1")
    assert row["scores"] == {"quiz-safety": 80}
    assert row["modules"] == ["module-1"]
    assert "Complete" in connected.client.get("/course/modules/module-1").text


def test_an_incomplete_quiz_is_not_an_attempt(connected: Lms) -> None:
    connected.become("learner-1")
    answer = connected.post("/course/activities/quiz-safety/attempt", **{"question-0": "0"})
    assert answer.status_code == 400
    assert "quiz.incomplete" in answer.text
    assert row_of(connected, "learner-1")["completed"] == []


def test_a_teacher_grades_regrades_and_withdraws(connected: Lms) -> None:
    connected.become("learner-1")
    connected.post("/course/activities/assignment-risk/submit", text="Three <hazards>")
    connected.become("teacher")
    page = "/course/gradebook/learner-1"
    assert "Three &lt;hazards&gt;" in connected.client.get(page).text
    for given, expected in (("45.5", 45.5), ("30", 30), ("", None)):
        assert connected.post(page, activity_id="assignment-risk", score=given).status_code == 302
        assert row_of(connected, "learner-1")["scores"].get("assignment-risk") == expected
    for wrong in ("51", "-1", "nan", "many"):
        assert connected.post(page, activity_id="assignment-risk", score=wrong).status_code == 400


@pytest.mark.parametrize("path", ["/course/gradebook/learner-2", "/admin"])
def test_a_learner_does_not_see_the_pages_of_staff(connected: Lms, path: str) -> None:
    connected.become("learner-1")
    assert connected.client.get(path).status_code == 403


def test_a_learner_sees_only_her_own_grades(connected: Lms) -> None:
    connected.become("learner-1")
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    connected.call("POST", "quiz-attempt", {"user_id": "learner-2", "score": 70})
    page = connected.client.get("/course/gradebook").text
    assert "80 of 100" in page
    assert "70 of 100" not in page


def test_a_learner_cannot_grade_herself(connected: Lms) -> None:
    connected.become("learner-1")
    answer = connected.post("/course/gradebook/learner-1", activity_id="quiz-safety", score="100")
    assert answer.status_code == 403
    assert row_of(connected, "learner-1")["scores"] == {}


def test_a_teacher_cannot_take_the_quiz(connected: Lms) -> None:
    connected.become("teacher")
    answers = {f"question-{number}": "0" for number in range(len(SAFETY_QUIZ.questions))}
    answer = connected.post("/course/activities/quiz-safety/attempt", **answers)
    assert answer.status_code == 400
    assert "person.not_a_learner" in answer.text


@pytest.mark.parametrize("token", [None, "", "guess"])
def test_a_form_from_elsewhere_changes_nothing(connected: Lms, token: str | None) -> None:
    connected.become("learner-1")
    form = {"completed": "true"} if token is None else {"completed": "true", "csrf_token": token}
    assert connected.client.post("/course/activities/reading-rules/read", data=form).status_code == 403
    assert row_of(connected, "learner-1")["completed"] == []


def test_who_has_chosen_nobody_is_asked_to(lms: Lms) -> None:
    answer = lms.client.get("/course")
    assert (answer.status_code, answer.location) == (302, "/")


def test_the_admin_registers_a_tool_on_the_page(lms: Lms) -> None:
    lms.become("admin")
    page = lms.post("/admin/registrations", registration_url=f"{lms.tool.url}/register")
    found = re.search(r"registration_token=([\w-]+)", page.text)
    assert found is not None
    assert f"frame-src 'self' {lms.tool.url}" in page.headers["Content-Security-Policy"]
    lms.register(lms.tool.metadata(""), found[1])
    assert 'data-state="pending"' in lms.client.get("/admin").text
    lms.post("/admin/registrations/1/activate")
    assert 'data-state="active"' in lms.client.get("/admin").text
    assert 'id="menu-badges"' in lms.client.get("/course").text


def test_the_frame_lets_in_the_tool_and_nobody_else(connected: Lms) -> None:
    connected.become("learner-1")
    page = connected.client.get("/course/tools/1")
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-src 'self' {connected.tool.url};" in policy
    assert "script-src 'self';" in policy
    assert 'title="Badges"' in page.text
    launch = connected.client.get("/lti/launch/1?link_id=menu-1")
    assert f"form-action 'self' {connected.tool.url};" in launch.headers["Content-Security-Policy"]


def test_the_admin_never_sees_the_webhook_secret_again(connected: Lms) -> None:
    connected.become("admin")
    assert "whsec_MDEy" not in connected.client.get("/admin").text
    connected.post("/admin/registrations/1/webhook", webhook_url=f"{connected.tool.url}/new", webhook_secret="")
    [tool] = connected.call("GET", "registrations")["registrations"]
    assert tool["webhook_url"].endswith("/new")
    assert "webhook_secret" not in tool


def test_a_suspended_person_sees_why(connected: Lms) -> None:
    connected.become("admin")
    connected.post("/admin/people/learner-1/enrolment", active="false")
    connected.become("learner-1")
    answer = connected.client.get("/course")
    assert answer.status_code == 403
    assert "suspended" in answer.text


@pytest.mark.parametrize("token", ["", "guess"])
def test_the_api_needs_its_token(lms: Lms, token: str) -> None:
    answer = lms.client.get("/api/practice/people", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("quiz-attempt", {"user_id": "learner-1", "score": True}),
        ("quiz-attempt", {"user_id": "learner-1", "score": 101}),
        ("quiz-attempt", {"user_id": "teacher", "score": 50}),
        ("grade", {"user_id": "learner-1", "activity_id": "reading-rules", "score": 1}),
        ("complete", {"user_id": "learner-1", "activity_id": "nothing", "completed": True}),
        ("complete", {"user_id": "nobody", "activity_id": "reading-rules", "completed": True}),
        ("registrations", {"registration_url": "file:///etc/passwd"}),
        ("launch", {"user_id": "learner-1", "resource_link_id": "link-9"}),
        ("grade", []),
    ],
)
def test_the_api_refuses_what_makes_no_sense(connected: Lms, path: str, body: Any) -> None:
    answer = connected.try_call("POST", path, body)
    assert answer.status_code in (400, 404)
    assert answer.get_json()["error"]["code"]
