"""What an event may say, and that what is stored already keeps its hashes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from tests.factories.learning_events import events

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


@given(events())
def test_json_gives_the_same_event_back(event):
    again = LearningEvent.from_json(event.to_json())
    assert again == event
    assert (again.content_hash(), again.statement_hash()) == (event.content_hash(), event.statement_hash())


@given(events(), events())
def test_what_is_said_otherwise_has_another_hash(one, other):
    def said(event: LearningEvent) -> dict[str, object]:
        about = ("event_id", "context_id", "subject", "occurred_at", "deployment_id", "subject_kind", "context_kind")
        return {name: value for name, value in event.to_json().items() if name not in about}

    assert (one.statement_hash() == other.statement_hash()) == (said(one) == said(other))


@pytest.mark.parametrize(
    ("event", "content_hash", "statement_hash"),
    [
        (
            LearningEvent("e1", "webhook", "c1", "ana", FactKind.ITEM_SCORE, "quiz-1", AT, score=80.0, maximum=100.0),
            "0188f8ac987746ecc5cbeb22fa9f1a4d425238f008a3905b696f61945e4b56dd",
            "235b0ed2e8c16fab77d64cc8efc495c2275de726fbb7c37c265c6bfc14834416",
        ),
        (
            LearningEvent(
                "e2",
                "moodle",
                "c1",
                "7",
                FactKind.COURSE_GRADE,
                "",
                AT,
                maximum=50.0,
                standing="hidden",
                subject_kind="lms_user_id",
                is_timed=False,
            ),
            "facf90af1d3c2b2ee0344223c421a39d4083469be4386b5190459116669dbc5f",
            "0a9d209ebc5f260107b6a2ba25191c7940aaf7bb9fb1ff7a2ab8d1b39251edfa",
        ),
        (
            LearningEvent(
                "e3", "xapi", "c1", "ana", FactKind.MODULE_COMPLETION, "m", AT, completed=True, deployment_id="1"
            ),
            "0712129059d9bcfe9b137efe37246fa359954ecfe41502fa9d421be4beab771e",
            "ef9503515ced1278f6426a8289463a0775a5c87619c0f93a81dd050bd7e4fbb3",
        ),
    ],
    ids=["score", "hidden course grade", "completion"],
)
def test_events_stored_by_version_0_1_keep_their_hashes(event, content_hash, statement_hash):
    # Another hash would make every event that is sent again a contradiction.
    assert (event.content_hash(), event.statement_hash()) == (content_hash, statement_hash)


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        (FactKind.ITEM_SUBMISSION, {}, "event.malformed"),
        (FactKind.ENROLMENT, {}, "event.malformed"),
        (FactKind.ITEM_SCORE, {"score": 1.0, "attempt": -1}, "event.malformed"),
        (FactKind.ITEM_SCORE, {"score": 1.0, "attempt": 1001}, "event.malformed"),
        (FactKind.ITEM_SCORE, {"score": 1.0, "variant": "final"}, "event.malformed"),
        (FactKind.COURSE_GRADE, {"score": 1.0, "attempt": 1}, "event.malformed"),
        (FactKind.COURSE_GRADE, {"score": 1.0, "variant": "best"}, "event.malformed"),
        (FactKind.ITEM_SCORE, {"score": 1.0, "late": True}, "event.malformed"),
        (FactKind.ITEM_SCORE, {"letter": "x" * 65}, "event.score_invalid"),
        (FactKind.ITEM_SCORE, {"letter": "A\n"}, "event.score_invalid"),
        (FactKind.OUTCOME_MASTERY, {"score": float("nan")}, "event.score_invalid"),
        (FactKind.ITEM_SUBMISSION, {"completed": True, "submitted_at": datetime(2026, 9, 1)}, "event.time_invalid"),  # noqa: DTZ001
    ],
)
def test_what_means_nothing_is_refused(kind, values, code):
    with pytest.raises(BadgeToolError) as refused:
        LearningEvent("e", "webhook", "c", "ana", kind, "quiz", AT, **values)
    assert refused.value.code == code
