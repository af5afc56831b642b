"""What Canvas's Live Events say, in both formats, and what they must not be taken for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.batch import Batch
from lti_tool.sources.canvas_live_events import Stream, parse, read_payload
from tests.factories import canvas_events as canvas

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
AT = datetime(2026, 9, 1, 7, 58, 30, 250_000, tzinfo=UTC)
TARGET = "assignment-640"


def read(said: Any, **stream: Any) -> Batch:
    return parse(read_payload(json.dumps(said).encode(), NOW), Stream(**stream), NOW)


def only(said: Any, **stream: Any) -> LearningEvent:
    (found,) = read(said, **stream).events
    return found


def refusal(said: Any) -> str:
    batch = read(said)
    assert batch.is_refused
    (refused,) = batch.refused
    return refused.error.code


def test_ev22_a_grade_is_the_students_and_not_the_teachers_who_gave_it() -> None:
    batch = read(canvas.grade_change())
    (found,) = batch.events
    assert found == LearningEvent(
        event_id=found.event_id,
        source="canvas_live_events",
        context_id="71",
        context_kind="lms_course_id",
        subject="52",
        subject_kind="lms_user_id",
        kind=FactKind.ITEM_SCORE,
        target=TARGET,
        occurred_at=AT,
        score=17.0,
        maximum=20.0,
    )
    assert batch.activities == [("71", Activity(TARGET, "item", "Risk assessment", 20.0))]
    assert (batch.changed, batch.ignored, batch.refused) == ([], 0, [])


def test_a_person_of_another_shard_keeps_her_whole_number() -> None:
    said = canvas.grade_change(student_id=canvas.whole(52, shard=7), user_id=canvas.whole(52, shard=7))
    found = only(said)
    assert (found.subject_kind, found.subject) == ("lms_global_user_id", canvas.whole(52, shard=7))


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"muted": True}, "hidden"),
        ({"muted": None}, "hidden"),
        ({"muted": "false"}, "hidden"),
        ({"grading_complete": False}, "ungraded"),
        ({"grading_complete": None}, "ungraded"),
        ({"muted": True, "grading_complete": False}, "hidden"),
        ({"score": None, "grade": None}, "excused"),
        ({"score": None, "grade": None, "grading_complete": False}, ""),
        ({"score": None, "grade": None, "grading_complete": False, "muted": True}, ""),
    ],
)
def test_ev30_what_is_not_posted_or_not_complete_is_kept_without_its_value(changes: Any, standing: str) -> None:
    found = only(canvas.grade_change(**changes))
    assert (found.standing, found.score, found.maximum, found.letter) == (standing, None, None, "")


@pytest.mark.parametrize(
    ("grade", "letter"), [("17", ""), ("85%", ""), ("17.5", ""), ("B+", "B+"), ("complete", "complete"), (None, "")]
)
def test_a_grade_in_letters(grade: str | None, letter: str) -> None:
    found = only(canvas.grade_change(grade=grade))
    assert (found.score, found.letter) == (17.0, letter)


def test_points_beyond_the_most_and_an_assignment_out_of_nothing() -> None:
    """Both are common in Canvas, for extra credit."""
    assert (only(canvas.grade_change(23)).score, only(canvas.grade_change(23)).maximum) == (23.0, 20.0)
    assert only(canvas.grade_change(2, points_possible=0)).maximum is None
    assert only(canvas.grade_change(2, points_possible=None)).maximum is None


@pytest.mark.parametrize("score", ["17", True, -1, 1e12, [17], {"score": 1}])
def test_ev28_a_score_that_is_none_is_refused(score: Any) -> None:
    assert refusal(canvas.grade_change(score)) == "event.score_invalid"


@pytest.mark.parametrize(
    "at", [None, "", "yesterday", "2026-09-01T07:58:30", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
)
def test_ev20_a_time_that_is_none_is_refused(at: Any) -> None:
    said = canvas.grade_change()
    said["metadata"]["event_time"] = at
    assert refusal(said) == "event.time_invalid"


def test_the_grades_of_the_course_are_those_that_learners_see() -> None:
    batch = read(canvas.course_grade_change())
    assert {(one.variant, one.score, one.maximum) for one in batch.events} == {
        ("current", 91.5, 100.0),
        ("final", 40.0, 100.0),
    }
    assert {(one.subject, one.context_id, one.kind) for one in batch.events} == {("52", "71", FactKind.COURSE_GRADE)}
    assert len({one.event_id for one in batch.events}) == 2


def test_a_course_grade_that_is_gone() -> None:
    batch = read(canvas.course_grade_change(current=None, final=None))
    assert [(one.score, one.maximum) for one in batch.events] == [(None, None)] * 2
    deleted = read(canvas.course_grade_change(workflow_state="deleted"))
    assert {one.standing for one in deleted.events} == {"deleted"}


@pytest.mark.parametrize("name", ["grade_override", "grade_change"])
def test_an_override_is_one_under_either_name_and_can_be_taken_back(name: str) -> None:
    body = {
        "user_id": "52",
        "course_id": "71",
        "grading_period_id": None,
        "override_score": 90,
        "old_override_score": 8,
    }
    found = only(canvas.event(name, body))
    assert (found.kind, found.variant, found.score, found.subject) == (FactKind.COURSE_GRADE, "override", 90.0, "52")
    taken_back = only(canvas.event(name, body | {"override_score": None}))
    assert (taken_back.variant, taken_back.score) == ("override", None)


def test_an_override_of_one_grading_period_is_not_the_courses() -> None:
    body = {"user_id": "52", "course_id": "71", "grading_period_id": "3", "override_score": 90}
    batch = read(canvas.event("grade_override", body))
    assert (batch.events, batch.changed) == ([], ["71"])


def test_progress_is_a_reason_to_read_the_modules_and_no_completion_of_one() -> None:
    batch = read(canvas.course_progress())
    (found,) = batch.events
    assert (found.kind, found.completed, found.subject) == (FactKind.COURSE_COMPLETION, False, "52")
    assert batch.changed == ["71"]
    completed = read(canvas.course_progress(4, 4, completed_at="2026-09-01T07:58:00.218Z"))
    assert [one.completed for one in completed.events] == [True]
    assert "ana@school.example" not in json.dumps([one.to_json() for one in batch.events])


def test_progress_where_there_is_none_only_asks_for_a_reading() -> None:
    said = canvas.course_progress()
    said["body"]["progress"] = {"error": {"message": "no progress available because this course is not module based"}}
    batch = read(said)
    assert (batch.events, batch.changed, batch.refused) == ([], ["71"], [])


def test_a_submission_with_its_attempt_and_without_its_text_or_score() -> None:
    batch = read(canvas.submission("submission_updated", score=19, grade="19"))
    assert {(one.attempt, one.completed, one.late, one.score) for one in batch.events} == {
        (None, True, True, None),
        (2, True, True, None),
    }
    assert all(one.kind is FactKind.ITEM_SUBMISSION and one.target == TARGET for one in batch.events)
    assert "My own words" not in json.dumps([one.to_json() for one in batch.events])


def test_of_what_is_refused_nothing_is_kept_that_is_a_learners_own() -> None:
    unread = canvas.submission(submitted_at="yesterday"), canvas.course_progress()
    unread[1]["metadata"]["event_time"] = "yesterday"
    for said in unread:
        (refused,) = read(said).refused
        kept = json.loads(refused.said)
        assert kept["metadata"]["event_name"] == said["metadata"]["event_name"]
        for private in ("My own words", "ana@school.example", "Ana Example", "tess@school.example"):
            assert private not in refused.said
    assert kept["body"]["user"] == {"id": "52"}


def test_what_was_not_handed_in_or_is_no_longer() -> None:
    graded_on_paper = only(canvas.submission(submitted_at=None, attempt=None, workflow_state="graded"))
    assert (graded_on_paper.completed, graded_on_paper.late, graded_on_paper.submitted_at) == (False, None, None)
    assert {one.completed for one in read(canvas.submission(workflow_state="unsubmitted")).events} == {False}


def test_a_submission_through_a_tool_names_no_course_and_is_ignored() -> None:
    said = canvas.submission()
    said["metadata"] = canvas.job("submission_created")
    batch = read(said)
    assert (batch.events, batch.refused, batch.ignored) == ([], [], 1)


def test_an_outcome_is_mastered_by_whom_the_uuid_names() -> None:
    body = {"learning_outcome_id": "31", "mastery": True, "score": 4, "possible": 5, "user_uuid": "Xy7Kq"}
    found = only(canvas.event("learning_outcome_result_created", body))
    assert (found.kind, found.target, found.completed) == (FactKind.OUTCOME_MASTERY, "outcome-31", True)
    assert (found.subject_kind, found.subject, found.score, found.maximum) == ("lms_user_uuid", "Xy7Kq", 4.0, 5.0)
    del body["user_uuid"]
    assert read(canvas.event("learning_outcome_result_created", body)).events == []


def test_modules_and_assignments_bring_their_names() -> None:
    batch = read(canvas.module())
    assert batch.activities == [("71", Activity("module-14", "module", "Before you begin"))]
    assert (batch.events, batch.changed) == ([], ["71"])
    body = {"assignment_id": canvas.whole(640), "context_id": canvas.whole(71), "context_type": "Course"}
    named = body | {"title": "Risk &amp; reward", "points_possible": 30, "workflow_state": "published"}
    batch = read(canvas.event("assignment_updated", named))
    assert batch.activities == [("71", Activity(TARGET, "item", "Risk & reward", 30.0))]


@pytest.mark.parametrize("state", ["deleted", "unpublished"])
def test_what_learners_do_not_see_is_not_learnt(state: str) -> None:
    batch = read(canvas.module(state=state))
    assert (batch.activities, batch.changed) == ([], ["71"])


ENROLMENT = {"course_id": canvas.whole(71), "user_id": canvas.whole(52), "workflow_state": "active"}


@pytest.mark.parametrize(
    "said",
    [
        canvas.event("module_item_updated", {"context_id": "71", "context_type": "Course", "module_item_id": "9"}),
        {"metadata": canvas.job("enrollment_updated"), "body": ENROLMENT},
        canvas.event("enrollment_created", ENROLMENT),
        canvas.event("enrollment_state_updated", {"enrollment_id": canvas.whole(4), "state": "active"}),
        canvas.event("content_migration_completed", {"context_id": canvas.whole(71), "context_type": "Course"}),
    ],
)
def test_what_moves_the_course_asks_for_a_reading_of_it(said: Any) -> None:
    batch = read(said)
    assert (batch.changed, batch.events, batch.activities, batch.ignored) == (["71"], [], [], 0)


def test_a_copied_course_is_named_as_lti_names_it() -> None:
    body = {"context_id": canvas.whole(71), "context_type": "Course", "destination_course_lti_id": "ab12" * 10}
    assert read(canvas.event("content_migration_completed", body)).changed == ["ab12" * 10]


@pytest.mark.parametrize(
    "said",
    [
        canvas.event("logged_in", {"redirect_url": "/"}),
        canvas.event("module_item_completed", {"context_id": "71"}),
        canvas.event("content_migration_completed", {"context_id": canvas.whole(2), "context_type": "Account"}),
        {"metadata": canvas.job("enrollment_state_created"), "body": {"enrollment_id": "4", "state": "active"}},
        canvas.caliper_envelope({"type": "SessionEvent", "action": "LoggedIn", "id": "urn:uuid:1"}),
    ],
)
def test_ev27_what_is_of_no_use_is_ignored(said: Any) -> None:
    batch = read(said)
    assert (batch.ignored, batch.events, batch.changed, batch.refused) == (1, [], [], [])


def test_the_same_event_has_the_same_id_and_another_one_another() -> None:
    first, again = only(canvas.grade_change()), only(canvas.grade_change())
    others = [
        canvas.grade_change(18),
        canvas.grade_change(at="2026-09-01T07:58:30.251Z"),
        canvas.grade_change(person=53),
    ]
    assert first.event_id == again.event_id
    assert len({first.event_id, *(only(one).event_id for one in others)}) == 4


def test_a_grade_in_caliper_does_not_say_whether_it_is_hidden_and_asks_for_a_reading() -> None:
    batch = read(canvas.caliper_envelope(canvas.caliper_grade()))
    assert (batch.events, batch.changed) == ([], ["71"])


def test_a_grade_in_caliper_counts_where_an_administrator_says_so() -> None:
    event, ours = (
        only(canvas.caliper_envelope(canvas.caliper_grade()), trusts_caliper=True),
        only(canvas.grade_change()),
    )
    assert event.event_id == "urn:uuid:6f0d9c3a-1d0e-4b7c-9f51-0a5a3e1b2c77"
    assert event.content_hash() == ours.content_hash()


def test_an_envelope_of_caliper_with_one_bad_event() -> None:
    good, bad = canvas.caliper_grade(), canvas.caliper_grade("17", id="urn:uuid:2")
    batch = read(canvas.caliper_envelope(bad, good), trusts_caliper=True)
    assert [one.event_id for one in batch.events] == [good["id"]]
    assert [(one.index, one.event_id, one.error.code) for one in batch.refused] == [
        (0, "urn:uuid:2", "event.score_invalid")
    ]


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iat": (NOW - timedelta(minutes=59)).timestamp()}, None),
        ({"iat": (NOW - timedelta(minutes=61)).timestamp()}, "event.stale"),
        ({"exp": (NOW - timedelta(minutes=6)).timestamp()}, "event.stale"),
        ({"iat": (NOW + timedelta(minutes=4)).timestamp()}, None),
        ({"iat": (NOW + timedelta(minutes=6)).timestamp()}, "event.future"),
        ({"nbf": (NOW + timedelta(minutes=6)).timestamp()}, "event.future"),
        ({"exp": "tomorrow"}, "event.malformed"),
        ({"exp": 1e300}, "event.malformed"),
    ],
)
def test_ev04_ev05_the_times_of_the_token_where_it_has_any(claims: Any, code: str | None) -> None:
    raw = json.dumps(canvas.grade_change() | claims).encode()
    if code is None:
        assert read_payload(raw, NOW)["body"]
        return
    with pytest.raises(BadgeToolError) as refused:
        read_payload(raw, NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("raw", [b"", b"[]", b'"text"', b"{", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}'])
def test_ev31_ev32_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(BadgeToolError) as refused:
        read_payload(raw, NOW)
    assert refused.value.code in ("event.malformed", "event.duplicate_key")


SAYINGS = [
    canvas.grade_change(), canvas.course_grade_change(), canvas.course_progress(), canvas.submission(), canvas.module(),
]  # fmt: skip
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(SAYINGS), st.sampled_from(["metadata", "body"]), st.integers(0, 30), junk)
def test_whatever_stands_in_a_member_the_event_is_read_or_refused(said: Any, part: str, place: int, value: Any) -> None:
    names = sorted(said[part])
    changed = said | {part: said[part] | {names[place % len(names)]: value}}
    batch = parse(changed, Stream(), NOW)
    assert all(one.error.code.startswith("event.") for one in batch.refused)
