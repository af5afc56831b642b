"""What happens in the course reaches the tool: by webhook, and by feed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from lti_tool.sandbox import scopes
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.practice import EXTENSION
from tests.functional.sandbox.fake_tool import SECRET
from tests.functional.sandbox.practice_lms import Lms


def received(lms: Lms) -> list[dict[str, Any]]:
    """Sends what is due; the bodies that arrived, each with a good signature."""
    lms.practice.sender.deliver_due()
    bodies = []
    while not lms.tool.hooks.empty():
        headers, body = lms.tool.hooks.get_nowait()
        with time_machine.travel(lms.now):  # the library compares with the time of this machine
            bodies.append(Webhook(SECRET).verify(body, headers))
    return bodies


def feed(lms: Lms, **query: str) -> dict[str, Any]:
    answer = lms.client.get(
        "/lti/events",
        query_string={"context_id": "course-lab-safety", **query},
        headers=lms.service(scopes.EVENTS),
    )
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.get_json()
    return value


def states(lms: Lms) -> set[tuple[str, int]]:
    rows = lms.call("GET", "webhook-deliveries")["deliveries"]
    return {(row["state"], row["attempts"]) for row in rows}


def test_a_quiz_attempt_is_told_with_signatures(connected: Lms) -> None:
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    bodies = {each["type"]: each for each in received(connected)}
    assert set(bodies) == {"item.scored", "item.completed", "course.graded"}
    assert bodies["item.scored"] == {
        "type": "item.scored",
        "timestamp": "2026-03-01T12:00:00.000Z",
        "data": {
            "deployment_id": "site-1",
            "context_id": "course-lab-safety",
            "user_id": "learner-1",
            "activity": {
                "id": "quiz-safety",
                "type": "item",
                "title": "Safety quiz",
                "maximum": 100,
                "module_id": "module-1",
                "url": "http://lms.example/course/activities/quiz-safety",
            },
            "score": {"given": 80, "maximum": 100},
            "completed": None,
        },
    }
    assert bodies["course.graded"]["data"]["activity"] is None
    assert bodies["item.completed"]["data"]["completed"] is True


def test_a_changed_body_has_no_good_signature(connected: Lms) -> None:
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 10})
    connected.practice.sender.deliver_due()
    headers, body = connected.tool.hooks.get(timeout=5)
    with time_machine.travel(connected.now), pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


def test_a_module_and_a_regrade_are_told(connected: Lms) -> None:
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    received(connected)
    done = {"user_id": "learner-1", "activity_id": "reading-rules", "completed": True}
    connected.call("POST", "complete", done)
    assert {(each["type"], each["data"]["activity"]["id"]) for each in received(connected)} == {
        ("item.completed", "reading-rules"),
        ("module.completed", "module-1"),
    }
    for score in (60, None):
        connected.call("POST", "grade", {"user_id": "learner-1", "activity_id": "quiz-safety", "score": score})
        bodies = {each["type"]: each["data"]["score"] for each in received(connected)}
        expected = None if score is None else {"given": score, "maximum": 100}
        assert bodies == {"item.scored": expected, "course.graded": expected}


def test_an_assignment_is_complete_while_it_is_graded(connected: Lms) -> None:
    grade = {"user_id": "learner-1", "activity_id": "assignment-risk"}
    connected.call("POST", "grade", {**grade, "score": 40})
    assert "item.completed" in {each["type"] for each in received(connected)}
    connected.call("POST", "grade", {**grade, "score": None})
    [undone] = [each for each in received(connected) if each["type"] == "item.completed"]
    assert undone["data"]["completed"] is False


def test_two_acts_never_share_a_time(connected: Lms) -> None:
    for score in (10, 20, 30):
        connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": score})
    scored = [each for each in feed(connected)["events"] if each["type"] == "item.scored"]
    assert [each["timestamp"][-5:] for each in scored] == [".000Z"[-5:], ".001Z"[-5:], ".002Z"[-5:]]


def test_the_feed_tells_the_same_as_the_webhook(connected: Lms) -> None:
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    connected.practice.sender.deliver_due()
    told = {}
    while not connected.tool.hooks.empty():
        headers, body = connected.tool.hooks.get_nowait()
        told[headers["Webhook-Id"]] = json.loads(body)
    page = feed(connected)
    assert {each.pop("id"): each for each in page["events"]} == told
    assert {each["id"] for each in page["activities"]} == {
        *("module-1", "module-2", "reading-rules", "quiz-safety", "assignment-risk", "reading-waste")
    }
    assert feed(connected, after=page["next"])["events"] == []


def test_the_feed_comes_in_pages_of_200(connected: Lms) -> None:
    for number in range(105):
        connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": number % 101})
    first = feed(connected)
    rest = feed(connected, after=first["next"])
    assert (len(first["events"]), len(rest["events"])) == (200, 11)  # 105 * 2 and one completion
    assert not {each["id"] for each in first["events"]} & {each["id"] for each in rest["events"]}


@pytest.mark.parametrize("query", [{"context_id": "another"}, {"after": "x"}, {"after": "-1"}])
def test_a_senseless_question_to_the_feed_is_refused(connected: Lms, query: dict[str, str]) -> None:
    answer = connected.client.get(
        "/lti/events",
        query_string={"context_id": "course-lab-safety", **query},
        headers=connected.service(scopes.EVENTS),
    )
    assert answer.status_code in (400, 404)
    assert connected.client.get("/lti/events").status_code == 401


def test_a_tool_that_is_down_is_told_later(connected: Lms) -> None:
    connected.tool.hook_statuses = [503, 503]
    done = {"user_id": "learner-1", "activity_id": "reading-rules", "completed": True}
    connected.call("POST", "complete", done)
    connected.practice.sender.deliver_due()
    assert states(connected) == {("waiting", 1)}
    assert connected.practice.sender.deliver_due() == 0  # not before the pause is over
    connected.pass_time(1)
    connected.practice.sender.deliver_due()
    connected.pass_time(2)
    connected.practice.sender.deliver_due()
    assert states(connected) == {("delivered", 3)}
    ids = {connected.tool.hooks.get_nowait()[0]["Webhook-Id"] for _ in range(3)}
    assert len(ids) == 1


def test_a_refused_event_is_given_up_shown_and_sent_again(connected: Lms) -> None:
    connected.tool.hook_statuses = [400, 400, 400]
    done = {"user_id": "learner-1", "activity_id": "reading-rules", "completed": True}
    connected.call("POST", "complete", done)
    for _ in range(4):
        connected.practice.sender.deliver_due()
        connected.pass_time(60)
    assert states(connected) == {("failed", 3)}
    connected.become("admin")
    assert "Failed (400)" in connected.client.get("/admin").text.replace("✗ ", "")
    connected.post("/admin/deliveries/1/resend")
    connected.practice.sender.deliver_due()
    assert states(connected) == {("delivered", 1)}


def test_the_background_thread_sends_at_once(connected: Lms, tmp_path: Any) -> None:
    app = create_sandbox(tmp_path / "data", "http://lms.example")
    sender = app.extensions[EXTENSION].sender
    headers = {"Authorization": f"Bearer {connected.practice.api_token}"}
    body = {"user_id": "learner-1", "score": 100}
    app.test_client().post("/api/practice/quiz-attempt", json=body, headers=headers)
    told = {json.loads(connected.tool.hooks.get(timeout=5)[1])["type"] for _ in range(3)}
    assert told == {"item.scored", "item.completed", "course.graded"}
    sender.stop()


def test_nobody_is_told_without_a_webhook_but_the_feed_knows(connected: Lms) -> None:
    connected.call("POST", "registrations/1/webhook", {"url": ""})
    connected.call("POST", "quiz-attempt", {"user_id": "learner-1", "score": 80})
    assert connected.practice.sender.deliver_due() == 0
    assert len(feed(connected)["events"]) == 3
