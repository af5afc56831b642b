"""What statements of xAPI say: Moodle's shapes, other senders', and those that say nothing true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources import xapi
from lti_tool.sources.sender import Sender
from tests.unit.sources.xapi_statements import (
    ACHIEVED,
    COMPLETED,
    COURSE_TYPE,
    FAILED,
    MOODLE,
    NOW,
    PASSED,
    SCORED,
    SENDER,
    UNCOMPLETED,
    account,
    activity,
    assignment_graded,
    body,
    book_completed,
    course,
    statement,
)  # fmt: skip

AT = datetime(2026, 5, 4, 11, 59, 58, 250_000, tzinfo=UTC)
LESSON = "https://content.example/lesson-1"
LESSON_TYPE = "http://adlnet.gov/expapi/activities/lesson"


def read(*statements: Any, sender: Sender = SENDER) -> xapi.Reading:
    return xapi.parse(body(*statements), sender, NOW)


def events(*statements: Any, sender: Sender = SENDER) -> list[LearningEvent]:
    return read(*statements, sender=sender).batch.events


def refusal(value: Any, sender: Sender = SENDER) -> tuple[str, int]:
    batch = read(value, sender=sender).batch
    assert batch.is_refused
    (refused,) = batch.refused
    assert json.loads(refused.said) == value
    return refused.error.code, refused.error.status


def result(**values: Any) -> dict[str, Any]:
    return {"result": values}


def test_a_graded_submission_is_the_assignments_score_of_the_actor() -> None:
    reading = read(assignment_graded())
    (event,) = reading.batch.events
    assert event == LearningEvent(
        event_id=reading.ids[0],
        source="xapi",
        context_id="2",
        subject="18",
        kind=FactKind.ITEM_SCORE,
        target="7",
        occurred_at=AT,
        score=17.0,
        maximum=20.0,
    )
    activities = [("2", Activity("7", "item", "Essay", 20.0, "section-5", f"{MOODLE}/mod/assign/view.php?id=7"))]
    assert reading.batch.activities == activities


def test_scaled_is_not_read_where_raw_and_max_stand() -> None:
    (event,) = events(assignment_graded(1, 2))
    assert (event.score, event.maximum) == (1.0, 2.0)


def test_points_count_from_the_lowest_grade() -> None:
    (event,) = events(assignment_graded(result={"score": {"raw": 2, "min": 1, "max": 3}}))
    assert (event.score, event.maximum) == (1.0, 2.0)


def test_a_share_alone_becomes_percent_and_says_nothing_of_the_activitys_points() -> None:
    reading = read(assignment_graded(result={"score": {"scaled": 0.87}}))
    (event,) = reading.batch.events
    assert (event.score, event.maximum) == (87.0, 100.0)
    assert reading.batch.activities[0][1].maximum is None


def test_a_completion_and_its_withdrawal() -> None:
    done, undone = events(book_completed(), book_completed(UNCOMPLETED))
    assert (done.kind, done.target, done.completed) == (FactKind.ITEM_COMPLETION, "8", True)
    assert (undone.kind, undone.target, undone.completed) == (FactKind.ITEM_COMPLETION, "8", False)
    assert (done.score, done.maximum) == (None, None)


@pytest.mark.parametrize(("verb", "told", "completed"), [
    (COMPLETED, {}, True),
    (COMPLETED, result(completion=True), True),
    (COMPLETED, result(completion=False), False),
    (COMPLETED, result(completion=True, success=False), False),
    (PASSED, result(completion=True, success=True), True),
    (FAILED, result(completion=True, success=False), None),
    (PASSED, result(success=True), None),
])  # fmt: skip
def test_what_counts_as_complete(verb: str, told: dict[str, Any], completed: bool | None) -> None:
    found = [event.completed for event in events(statement(verb, activity(LESSON, LESSON_TYPE), **told))]
    assert found == ([] if completed is None else [completed])


@pytest.mark.parametrize("verb", [PASSED, FAILED])
def test_passed_and_failed_bring_their_score(verb: str) -> None:
    (event,) = events(statement(verb, activity(LESSON, LESSON_TYPE), **result(score={"raw": 6, "max": 10})))
    assert (event.kind, event.target, event.score, event.maximum) == (FactKind.ITEM_SCORE, LESSON, 6.0, 10.0)


def test_a_completion_with_a_score_is_two_events_with_ids_of_their_own() -> None:
    completion, score = events(
        statement(COMPLETED, activity(LESSON, LESSON_TYPE), **result(completion=True, score={"raw": 6, "max": 10}))
    )
    assert (completion.kind, score.kind) == (FactKind.ITEM_COMPLETION, FactKind.ITEM_SCORE)
    assert score.event_id == f"{completion.event_id}#score"


def test_a_course_completed_is_the_completion_of_the_whole_course() -> None:
    reading = read(statement(COMPLETED, course()))
    (event,) = reading.batch.events
    assert (event.context_id, event.kind, event.target) == ("2", FactKind.MODULE_COMPLETION, "course")
    assert reading.batch.activities == [("2", Activity("course", "module", "The whole course"))]


def test_a_course_that_is_scored_is_the_course_grade() -> None:
    reading = read(statement(SCORED, course(), **result(score={"raw": 70, "max": 100})))
    (event,) = reading.batch.events
    assert (event.kind, event.target, event.score) == (FactKind.COURSE_GRADE, "", 70.0)
    assert reading.batch.activities == []


def test_a_section_completed_is_a_module() -> None:
    section = activity("course/section.php?id=5", "http://id.tincanapi.com/activitytype/section", "Week 1")
    (event,) = events(statement(COMPLETED, section))
    assert (event.kind, event.target) == (FactKind.MODULE_COMPLETION, "section-5")


@pytest.mark.parametrize("said", [
    statement(ACHIEVED, activity("badges/overview.php?id=1", "http://activitystrea.ms/schema/1.0/badge")),
    statement(COMPLETED, activity("badges/overview.php?id=1", "http://activitystrea.ms/schema/1.0/badge")),
    statement(SCORED, activity("review.php?attempt=1&slot=1", "http://activitystrea.ms/schema/1.0/review#slot"),
              **result(score={"raw": 1, "max": 1})),
    statement(COMPLETED, activity("mod/quiz/attempt.php?attempt=1", "http://adlnet.gov/expapi/activities/attempt")),
    statement("http://activitystrea.ms/schema/1.0/receive", activity(LESSON, LESSON_TYPE)),
    statement(COMPLETED, {"objectType": "Agent", "mbox": "mailto:b@example.edu"}),
    statement(COMPLETED, {"objectType": "StatementRef", "id": "a50ca17f-5971-47bb-8fca-4e6e6879001d"}),
])  # fmt: skip
def test_ev27_what_the_tool_has_no_use_for_is_ignored_and_badges_never_loop(said: Any) -> None:
    reading = read(said)
    assert (reading.batch.events, reading.batch.ignored, len(reading.ids)) == ([], 1, 1)


def test_ev22_and_ev23_the_grader_is_never_the_learner() -> None:
    graded = assignment_graded()
    graded["context"]["instructor"] = account("1")
    graded["authority"] = account("1")
    assert [event.subject for event in events(graded)] == ["18"]


def test_the_account_is_the_name_that_the_sender_says() -> None:
    sender = replace(SENDER, person_kind="login")
    (event,) = events(assignment_graded(actor=account("amina")), sender=sender)
    assert (event.subject, event.subject_kind) == ("amina", "login")


@pytest.mark.parametrize("home_page", [f"{MOODLE}/", "HTTPS://Moodle.Example.edu"])
def test_one_site_may_be_written_in_several_ways(home_page: str) -> None:
    assert len(events(assignment_graded(actor=account("18", home_page)))) == 1


@pytest.mark.parametrize("home_page", ["https://other.example.edu", f"{MOODLE}.evil.example", "", None])
def test_ev09_an_account_of_another_site_is_somebody_else(home_page: Any) -> None:
    assert refusal(assignment_graded(actor=account("18", home_page))) == ("event.person_elsewhere", 422)


@pytest.mark.parametrize("actor", [
    {"mbox": "mailto:a@example.edu"}, {"account": "18"}, {},
    {"objectType": "Group", "account": {"homePage": MOODLE, "name": "18"}},
])  # fmt: skip
def test_a_learner_needs_an_account(actor: Any) -> None:
    assert refusal(assignment_graded(actor=actor)) == ("event.person_unnamed", 422)


def test_a_course_that_is_not_named_may_be_the_senders() -> None:
    said = assignment_graded(context={})
    assert refusal(said) == ("event.course_unnamed", 422)
    (event,) = events(said, sender=replace(SENDER, course_id="lab-101"))
    assert (event.context_id, event.context_kind) == ("lab-101", "lti")


def test_the_course_may_stand_among_the_grouping_and_alone() -> None:
    said = assignment_graded(context={"contextActivities": {"grouping": course(3)}})
    assert [event.context_id for event in events(said)] == ["3"]


def test_canvas_numbers_its_courses_otherwise_than_lti() -> None:
    inside = activity("https://canvas.example.edu/courses/41", COURSE_TYPE)
    said = statement(COMPLETED, activity(LESSON, LESSON_TYPE), context={"contextActivities": {"parent": [inside]}})
    (event,) = events(said)
    assert (event.context_kind, event.context_id) == ("lms_course_id", "41")


@pytest.mark.parametrize("timestamp", [
    1777895998, True, "", "yesterday", "2026-05-04", "2026-05-04T11:59:58", "1970-01-01T00:00:00Z",
    "2100-01-01T00:00:00Z", "2026-05-06T00:00:00Z", "0001-01-01T00:00:00+14:00",
])  # fmt: skip
def test_ev20_unusable_times(timestamp: Any) -> None:
    assert refusal(assignment_graded(timestamp=timestamp)) == ("event.time_invalid", 422)


def test_statements_without_a_time_happened_now_in_their_order() -> None:
    """xAPI 1.0.3, part two, 2.4.7: the time of a statement that has none is when it was stored."""
    first, second = events(book_completed(timestamp=None), book_completed(UNCOMPLETED, timestamp=None))
    assert NOW == first.occurred_at < second.occurred_at < NOW + timedelta(seconds=1)
    assert not first.is_timed


@pytest.mark.parametrize("score", [
    {"raw": 21, "max": 20}, {"raw": -1, "max": 20}, {"raw": "85%", "max": 100}, {"raw": "8,5", "max": 10},
    {"raw": True, "max": 20}, {"raw": 5}, {"max": 5}, {}, "17", {"raw": 0, "max": 0}, {"raw": 1, "min": 2, "max": 3},
    {"raw": 1e300, "max": 1e300}, {"raw": 10**400, "max": 20}, {"scaled": 1.2}, {"scaled": -0.5}, {"scaled": "1"},
    {"raw": 5, "max": -5}, None,
])  # fmt: skip
def test_ev28_and_ev29_impossible_scores(score: Any) -> None:
    assert refusal(assignment_graded(result={"score": score})) == ("event.score_invalid", 422)


def test_ev28_not_a_number_is_no_json() -> None:
    raw = body(assignment_graded()).replace(b"17.0", b"NaN")
    with pytest.raises(BadgeToolError, match=r"event\.malformed"):
        xapi.parse(raw, SENDER, NOW)


@pytest.mark.parametrize("changes", [
    {"actor": None}, {"actor": []}, {"verb": None}, {"verb": {"id": 5}}, {"object": None}, {"object": "x"},
    {"object": {}}, {"object": {"id": "x" * 3000}}, {"object": {"id": ""}}, {"id": "no-uuid"}, {"id": 7},
    {"actor": account("18\nforged")}, {"actor": account("a\0b")}, {"actor": account("\ud800")},
    {"actor": account("")}, {"actor": account("x" * 256)}, {"object": {"id": "https://x.example/\ud800"}},
])  # fmt: skip
def test_ev31_malformed(changes: dict[str, Any]) -> None:
    assert refusal(assignment_graded() | changes) == ("event.malformed", 400)


def test_ev50_what_is_shown_is_plain() -> None:
    said = assignment_graded()
    said["context"]["contextActivities"]["parent"][0]["definition"]["name"] = {"de": "Auf\0satz\ud800 <b>&amp;"}
    assert read(said).batch.activities[0][1].title == "Auf satz  <b>&"
    said = statement(COMPLETED, activity("javascript://x", LESSON_TYPE))
    assert read(said).batch.activities[0][1].url == ""


def test_ev36_one_bad_of_500_costs_the_others_nothing() -> None:
    batch = [assignment_graded(actor=account(str(number))) for number in range(500)]
    batch[250]["result"] = {"score": {"raw": 21, "max": 20}}
    reading = read(*batch)
    assert len(reading.batch.events) == 499
    assert [(one.index, one.error.code) for one in reading.batch.refused] == [(250, "event.score_invalid")]
    assert len(reading.ids) == 500


def test_a_batch_is_refused_where_nothing_in_it_can_be_used() -> None:
    assert read(assignment_graded(21), assignment_graded(timestamp="x")).batch.is_refused
    assert not read(assignment_graded(21), statement(ACHIEVED, course())).batch.is_refused
    assert not read(assignment_graded(21), assignment_graded()).batch.is_refused


def test_an_empty_batch_says_nothing() -> None:
    reading = xapi.parse(b"[]", SENDER, NOW)
    assert (reading.ids, reading.is_list, reading.batch.events) == ([], True, [])


def test_too_many() -> None:
    with pytest.raises(BadgeToolError, match=r"event\.too_large"):
        read(*[{}] * 1001)


def test_ev11_ids_follow_from_the_content_where_the_sender_gives_none() -> None:
    again = json.loads(json.dumps(assignment_graded(), sort_keys=True))
    assert read(assignment_graded()).ids == read(again).ids
    assert read(assignment_graded()).ids != read(assignment_graded(16.0)).ids
    given = "A50CA17F-5971-47BB-8FCA-4E6E6879001D"
    assert read(assignment_graded(id=given)).ids == [given.lower()]


def test_without_id_and_time_a_repetition_is_what_comes_within_minutes() -> None:
    raw = body(book_completed(timestamp=None))
    first, again, later = (xapi.parse(raw, SENDER, NOW + timedelta(minutes=each)) for each in (0, 9, 10))
    assert first.ids == again.ids != later.ids
    (one,), (other,) = first.batch.events, again.batch.events
    assert one.content_hash() == other.content_hash()


@pytest.mark.parametrize("parameter", ["a50ca17f-5971-47bb-8fca-4e6e6879001d", "A50CA17F-5971-47BB-8FCA-4E6E6879001D"])
def test_a_put_names_its_statement(parameter: str) -> None:
    reading = xapi.parse(body(assignment_graded()), SENDER, NOW, parameter)
    assert reading.ids == [parameter.lower()]


@pytest.mark.parametrize(("parameter", "raw"), [
    ("", body(assignment_graded())),
    ("x", body(assignment_graded())),
    ("a50ca17f-5971-47bb-8fca-4e6e6879001d", body(assignment_graded(id="b50ca17f-5971-47bb-8fca-4e6e6879001d"))),
    ("a50ca17f-5971-47bb-8fca-4e6e6879001d", b"[]"),
    ("a50ca17f-5971-47bb-8fca-4e6e6879001d", b"5"),
])  # fmt: skip
def test_a_put_that_names_another_statement(parameter: str, raw: bytes) -> None:
    with pytest.raises(BadgeToolError, match=r"event\.malformed"):
        xapi.parse(raw, SENDER, NOW, parameter)


@pytest.mark.parametrize(("asked", "answered"), [
    ("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.3", "1.0.3"), ("2.0", "2.0.0"), ("2.0.0", "2.0.0"),
])  # fmt: skip
def test_versions(asked: str, answered: str) -> None:
    assert xapi.answered_version(asked) == answered


@pytest.mark.parametrize("asked", [None, "", "0.95", "1.1", "3.0.0", "1.0.3\n", "1.0.3; x"])
def test_other_versions(asked: str | None) -> None:
    with pytest.raises(BadgeToolError, match=r"event\.version_unknown"):
        xapi.answered_version(asked)
