"""What events of Caliper say, in its three versions, and those that say nothing true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources import caliper
from lti_tool.sources.batch import Batch
from lti_tool.sources.sender import Sender
from tests.unit.sources.caliper_events import COURSE, ESSAY, LMS, completed, envelope, grade, outcome_1_0

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SENDER = Sender(LMS)


def read(*events: Any, sender: Sender = SENDER) -> Batch:
    return caliper.parse(envelope(*events), sender, NOW)


def one(event: Any, sender: Sender = SENDER) -> LearningEvent:
    (found,) = read(event, sender=sender).events
    return found


def refusal(event: Any) -> tuple[str, int]:
    batch = read(event)
    assert batch.is_refused
    (refused,) = batch.refused
    assert json.loads(refused.said) == event
    return refused.error.code, refused.error.status


def test_ev22_a_grade_is_the_assignees_and_not_the_actors() -> None:
    batch = read(grade())
    assert batch.events == [
        LearningEvent(
            event_id="urn:uuid:a50ca17f-5971-47bb-8fca-4e6e6879001d",
            source="caliper",
            context_id="2",
            subject="18",
            kind=FactKind.ITEM_SCORE,
            target="7",
            occurred_at=datetime(2026, 5, 4, 11, 59, 58, 250_000, tzinfo=UTC),
            score=17.0,
            maximum=20.0,
        )
    ]
    assert batch.activities == [("2", Activity("7", "item", "Essay", 20.0, url=ESSAY))]


def test_version_1_0_the_learner_is_the_attempts_actor_and_no_maximum_is_believed() -> None:
    batch = read(outcome_1_0())
    (event,) = batch.events
    assert (event.subject, event.target, event.score, event.maximum) == ("18", "7", 17.0, None)
    assert batch.activities == [("2", Activity("7", "item", "Essay", None, url=ESSAY))]
    assert read(outcome_1_0()).events[0].event_id == event.event_id
    assert read(outcome_1_0(16.0)).events[0].event_id != event.event_id


def test_version_1_0_the_result_names_them_too() -> None:
    attempt = {"@id": f"{LMS}/attempt/1", "@type": "http://purl.imsglobal.org/caliper/v1/Attempt"}
    event = one(outcome_1_0(object=attempt))
    assert (event.subject, event.target) == ("18", "7")


def test_the_maximum_may_stand_with_the_activity() -> None:
    said = grade()
    del said["generated"]["maxScore"]
    assert one(said).maximum == 20.0


def test_the_score_may_bring_the_attempt() -> None:
    said = grade()
    said["generated"]["attempt"], said["object"] = said["object"], f"{LMS}/attempt/1"
    assert (one(said).subject, one(said).target) == ("18", "7")


def test_entities_may_be_named_by_their_ids_alone() -> None:
    said = grade(group=COURSE["id"])
    said["object"] |= {"assignee": f"{LMS}/user/18", "assignable": ESSAY}
    assert (one(said).subject, one(said).target, one(said).context_id) == ("18", "7", "2")


def test_what_somebody_completed() -> None:
    batch = read(completed())
    (event,) = batch.events
    assert (event.kind, event.subject, event.target, event.completed) == (FactKind.ITEM_COMPLETION, "18", "8", True)
    assert batch.activities[0][1].title == "Handbook"


def test_ev23_a_completion_that_a_program_tells_is_the_assignees() -> None:
    program = {"id": f"{LMS}/app", "type": "SoftwareApplication"}
    assert refusal(completed(actor=program)) == ("event.person_unnamed", 422)
    attempt = {"id": f"{LMS}/attempt/1", "type": "Attempt", "assignee": f"{LMS}/user/18"}
    assert one(completed(actor=program, generated=attempt)).subject == "18"


@pytest.mark.parametrize("event", [
    completed(action="Started"), completed(action="Submitted"), grade(action="Reviewed"), grade(type="ToolUseEvent"),
    {"type": "Person", "id": "x"}, completed(action=None),
])  # fmt: skip
def test_ev27_other_events_are_ignored(event: Any) -> None:
    assert (read(event).events, read(event).ignored) == ([], 1)


def test_a_grade_that_names_no_learner_is_not_the_actors() -> None:
    said = grade()
    del said["object"]["assignee"]
    assert refusal(said) == ("event.person_unnamed", 422)


@pytest.mark.parametrize("learner", ["https://other.example/user/18", f"{LMS}.evil.example/user/18", LMS, "18"])
def test_ev09_a_person_of_another_site_is_somebody_else(learner: str) -> None:
    said = grade()
    said["object"]["assignee"] = learner
    assert refusal(said) == ("event.person_elsewhere", 422)


@pytest.mark.parametrize(("home", "learner", "subject"), [
    (LMS, f"{LMS}/user/profile.php?id=18", "18"),
    (f"{LMS}/", f"{LMS}/users/ann-lee/", "ann-lee"),
    ("urn:example:people", "urn:example:people:554433", "554433"),
])  # fmt: skip
def test_how_people_are_named(home: str, learner: str, subject: str) -> None:
    said = grade()
    said["object"]["assignee"] = learner
    assert one(said, Sender(home)).subject == subject


def test_the_course_may_be_the_memberships_or_around_the_group() -> None:
    member = {"type": "Membership", "member": f"{LMS}/user/18", "organization": COURSE}
    assert one(grade(group=None, membership=member)).context_id == "2"
    team = {"id": f"{LMS}/team/1", "type": "Group", "subOrganizationOf": COURSE}
    assert one(grade(group=team)).context_id == "2"
    assert refusal(grade(group=None)) == ("event.course_unnamed", 422)
    assert one(grade(group=None), replace(SENDER, course_id="lab-101")).context_id == "lab-101"


@pytest.mark.parametrize("at", [
    None, "", "yesterday", "2026-05-04T11:59:58", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", 1777895998,
])  # fmt: skip
def test_ev20_unusable_times(at: Any) -> None:
    assert refusal(grade(eventTime=at)) == ("event.time_invalid", 422)
    assert refusal(outcome_1_0(eventTime=at)) == ("event.time_invalid", 422)


@pytest.mark.parametrize(("given", "maximum"), [
    (21, 20), (-1, 20), ("85%", 100), ("8,5", 10), (None, 20), (True, 20), (0, 0), (5, -5), (10**400, 20), (5, "10"),
])  # fmt: skip
def test_ev28_and_ev29_impossible_scores(given: Any, maximum: Any) -> None:
    assert refusal(grade(given, maximum)) == ("event.score_invalid", 422)


@pytest.mark.parametrize("total", [-1, "17", None, True])
def test_ev28_impossible_scores_of_version_1_0(total: Any) -> None:
    assert refusal(outcome_1_0(total)) == ("event.score_invalid", 422)


@pytest.mark.parametrize("event", [
    5, None, {}, {"type": 5}, grade(object={}), grade(id=5), grade(id=""), grade(id="x\ny"), completed(object=None),
    completed(object={"id": f"{LMS}/\ud800"}), grade(group={"id": "\0", "type": "CourseSection"}),
])  # fmt: skip
def test_ev31_malformed(event: Any) -> None:
    assert refusal(event) == ("event.malformed", 400)


def test_bodies() -> None:
    assert len(caliper.parse(json.dumps(grade()).encode(), SENDER, NOW).events) == 1
    assert len(caliper.parse(json.dumps([grade(), completed()]).encode(), SENDER, NOW).events) == 2
    assert len(caliper.parse(json.dumps({"data": grade()}).encode(), SENDER, NOW).events) == 1
    with pytest.raises(BadgeToolError, match=r"event\.malformed"):
        caliper.parse(b'"grade"', SENDER, NOW)
    with pytest.raises(BadgeToolError, match=r"event\.too_large"):
        read(*[{}] * 1001)


def test_ev36_one_bad_of_500_costs_the_others_nothing() -> None:
    events = [grade(id=f"urn:example:{number}") for number in range(500)]
    events[250]["eventTime"] = "once"
    batch = read(*events)
    assert len(batch.events) == 499
    assert [(one.index, one.error.code) for one in batch.refused] == [(250, "event.time_invalid")]
