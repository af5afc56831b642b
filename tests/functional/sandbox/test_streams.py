"""Data streams of the practice LMS like Canvas: what is told, how it is signed, and when it is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import responses

from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.forms.plain import Form
from tests.functional.sandbox.practice_lms import Lms

URL = "https://tool.example/canvas-live-events/1/2"


@pytest.fixture
def canvas(like: Callable[[Form], Lms]) -> Lms:
    return like(FORMS["canvas"])


def sent(web: responses.RequestsMock) -> list[bytes]:
    return [call.request.body for call in web.calls]  # type: ignore[misc]


def told(canvas: Lms, path: str, body: dict[str, Any], **stream: Any) -> list[Any]:
    """The unsigned events of one act."""
    canvas.call("POST", "streams", {"url": URL, "signed": False} | stream)
    canvas.call("POST", path, body)
    with responses.RequestsMock() as web:
        web.post(URL)
        canvas.practice.streams.deliver_due()
        return [json.loads(raw) for raw in sent(web)]


def test_a_grade_tells_the_grade_the_course_and_the_progress(canvas: Lms) -> None:
    body = {"user_id": "learner-1", "activity_id": "quiz-safety", "score": 80}
    grade, course, progress = told(canvas, "grade", body)
    assert [one["metadata"]["event_name"] for one in (grade, course, progress)] == [
        "grade_change", "course_grade_change", "course_progress",
    ]  # fmt: skip
    about, said = grade["metadata"], grade["body"]
    assert (said["score"], said["points_possible"], said["muted"], said["grading_complete"]) == (80, 100, False, True)
    assert said["student_id"] != about["user_id"] == said["grader_id"]
    assert about["context_id"] == "10000000000001"
    assert course["body"]["course_id"] == "1"
    assert (course["body"]["current_score"], course["body"]["final_score"]) == (80.0, 53.33)
    assert "user_id" not in progress["metadata"]
    assert progress["body"]["progress"]["requirement_completed_count"] == 1


def test_a_quiz_has_no_grader_and_all_that_is_done_completes_the_course(canvas: Lms) -> None:
    for activity in ("reading-rules", "reading-waste"):
        canvas.call("POST", "complete", {"user_id": "learner-1", "activity_id": activity, "completed": True})
    canvas.call("POST", "grade", {"user_id": "learner-1", "activity_id": "assignment-risk", "score": 40})
    events = told(canvas, "quiz-attempt", {"user_id": "learner-1", "score": 100})
    assert events[0]["body"]["grader_id"] is None
    assert events[-1]["metadata"]["event_name"] == "course_completed"
    assert events[-1]["body"]["progress"]["completed_at"]


def test_caliper_tells_of_the_grade_alone(canvas: Lms) -> None:
    (envelope,) = told(canvas, "quiz-attempt", {"user_id": "learner-1", "score": 80}, format="caliper")
    (event,) = envelope["data"]
    assert (event["type"], event["action"], event["generated"]["scoreGiven"]) == ("GradeEvent", "Graded", 80)


def test_who_is_suspended_is_told_of(canvas: Lms) -> None:
    (event,) = told(canvas, "enrolment", {"user_id": "learner-2", "active": False})
    assert (event["metadata"]["event_name"], event["body"]["workflow_state"]) == ("enrollment_updated", "inactive")


def test_a_signed_stream_is_checked_with_the_key_set_of_its_own(canvas: Lms) -> None:
    canvas.call("POST", "streams", {"url": URL})
    canvas.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    keys = canvas.client.get("/data-services/jwks").get_json()["keys"]
    assert len(keys) == 2
    assert {key["kid"] for key in keys}.isdisjoint(key["kid"] for key in canvas.practice.keys.jwks()["keys"])
    assert canvas.call("POST", "streams/keys/rotate")["kid"] == keys[1]["kid"]
    with responses.RequestsMock() as web:
        web.post(URL)
        canvas.practice.streams.deliver_due()
        token = sent(web)[0].decode()
    key = jwt.PyJWK(next(key for key in keys if key["kid"] == jwt.get_unverified_header(token)["kid"]))
    assert jwt.decode(token, key.key, algorithms=["RS256"])["body"]["score"] == 80


def test_after_four_tries_an_event_is_lost(canvas: Lms) -> None:
    canvas.call("POST", "streams", {"url": URL, "signed": False})
    canvas.call("POST", "enrolment", {"user_id": "learner-2", "active": False})
    with responses.RequestsMock() as web:
        web.post(URL, status=503)
        for _ in range(6):
            canvas.practice.streams.deliver_due()
            canvas.now += timedelta(minutes=1)
        assert len(web.calls) == 4
    (stream,) = canvas.call("GET", "streams")["streams"]
    assert (stream["lost"], stream["waiting"], stream["worst_status"]) == (1, 0, 503)
    canvas.call("POST", f"streams/{stream['id']}/remove")
    assert canvas.call("GET", "streams")["streams"] == []


@pytest.mark.parametrize("body", [{}, {"url": "file:///etc/passwd"}, {"url": URL, "format": "sqs"}])
def test_a_stream_that_cannot_be_is_refused(canvas: Lms, body: dict[str, Any]) -> None:
    assert canvas.try_call("POST", "streams", body).status_code == 400


def test_other_forms_have_no_streams(like: Callable[[Form], Lms]) -> None:
    lms = like(FORMS["moodle"])
    assert lms.try_call("GET", "streams").status_code == 404
    assert lms.client.get("/data-services/jwks").status_code == 404
    lms.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    assert lms.practice.streams.deliver_due() == 0
