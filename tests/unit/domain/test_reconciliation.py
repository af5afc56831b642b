"""What a reading shows, against what is known: each difference once, and mended for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind, LearningEvent, Standing
from lti_tool.domain.reconciliation import Absence, Coverage, Difference, Found, Reading, differences

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
EARLIER = START - timedelta(hours=1)
LMS = frozenset({"moodle", "xapi"})
ITEMS = frozenset({FactKind.ITEM_SCORE, FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION})
TOLD = {"xapi": EARLIER - timedelta(days=1)}


def score(points: float | None, at: datetime = EARLIER, target: str = "quiz", source: str = "moodle", **more):
    values = {"score": points, "maximum": None if points is None else 100.0} | more
    return LearningEvent("e", source, "c", "ana", FactKind.ITEM_SCORE, target, at, **values)


def done(completed: bool, kind: FactKind = FactKind.ITEM_COMPLETION, target: str = "page", at: datetime = EARLIER):
    return LearningEvent("e", "moodle", "c", "ana", kind, target, at, completed=completed)


def record(*events: LearningEvent, received_at: datetime = EARLIER) -> LearnerRecord:
    return LearnerRecord.fold(Fact.of(event, received_at) for event in events)


def reading(*stated: LearningEvent, absent=(), is_whole: bool = False, mentioned=frozenset(), covers=True) -> Reading:
    coverage = Coverage(frozenset({"ana"}), ITEMS, "moodle", LMS, is_whole)
    return Reading("c", "ana", stated, absent, [coverage] if covers else [], mentioned)


def compare(held: LearnerRecord, said: Reading, told=None) -> list[tuple[str, float | None, str]]:
    found = differences(held, said, START, told or {})
    return [(each.found.value, each.event.score, each.event.standing) for each in found]


def test_what_the_record_holds_is_no_difference():
    assert compare(record(score(80)), reading(score(80))) == []


def test_a_new_grade_is_news_where_nobody_tells_of_grades():
    assert compare(record(), reading(score(80))) == [("news", 80, "")]


def test_a_grade_that_a_sender_should_have_told_was_missed():
    assert compare(record(), reading(score(80)), TOLD) == [("missed", 80, "")]
    assert compare(record(score(70)), reading(score(80, START - timedelta(minutes=5))), TOLD) == [("missed", 80, "")]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (START - timedelta(seconds=30), TOLD),  # it may be on its way
        (EARLIER, {"xapi": START}),  # nobody listened yet
        (EARLIER, {"caliper": EARLIER - timedelta(days=1)}),  # that one does not speak of Moodle
    ],
)
def test_what_nobody_could_have_told_yet_is_news(at, told):
    assert compare(record(), reading(score(80, at)), told) == [("news", 80, "")]


def test_the_lms_is_right_about_what_a_sender_said_later():
    said = score(95, EARLIER + timedelta(minutes=9), source="xapi")
    [found] = differences(record(said), reading(score(80)), START, {})
    assert (found.found, found.event.score, found.held.score) == (Found.CORRECTED, 80, 95)
    assert found.event.occurred_at == said.occurred_at + timedelta(microseconds=1)


def test_a_later_true_statement_counts_more_than_a_correction():
    said = score(95, EARLIER, source="xapi")
    [found] = differences(record(said), reading(score(80, EARLIER - timedelta(hours=1))), START, {})
    later = score(60, EARLIER + timedelta(seconds=1))
    assert record(later, said, found.event).get(FactKind.ITEM_SCORE, "quiz").score == 60


@pytest.mark.parametrize(
    ("held", "received_at"),
    [
        (score(95, source="xapi"), START - timedelta(seconds=10)),  # the LMS may not show it yet
        (score(95, source="csv"), EARLIER),  # somebody entered it by hand
    ],
)
def test_what_the_lms_cannot_know_better_stays(held, received_at):
    said = reading(score(80, EARLIER - timedelta(hours=1)), absent=[Absence(score(None, target="quiz"))])
    assert compare(record(held, received_at=received_at), said) == []


def test_the_same_result_in_other_points_is_put_right_and_not_told():
    held = record(score(8, EARLIER + timedelta(minutes=1), source="xapi", maximum=10.0))
    assert compare(held, reading(score(80))) == [("news", 80, "")]


@pytest.mark.parametrize("standing", list(Standing))
def test_a_grade_that_is_gone_or_does_not_count_any_more_is_withdrawn(standing):
    absent = [Absence(score(None, standing=standing))]
    assert compare(record(score(80)), reading(absent=absent)) == [("withdrawn", None, standing)]
    assert compare(record(), reading(absent=absent)) == []
    assert compare(record(score(None)), reading(absent=absent)) == []


def test_a_grade_that_comes_back_with_its_old_date_counts_again():
    held = score(80)
    [gone] = differences(record(held), reading(absent=[Absence(score(None))]), START, {})
    again = record(held, gone.event)
    [back] = differences(again, reading(held), START, {})
    assert record(held, gone.event, back.event).get(FactKind.ITEM_SCORE, "quiz").score == 80
    assert len({held.event_id, gone.event.event_id, back.event.event_id}) == 3


def test_an_activity_that_a_whole_reading_does_not_know_any_more_is_deleted():
    held = record(score(80), score(70, target="other"), score(60, target="told", source="xapi"))
    whole = reading(score(80), is_whole=True)
    assert compare(held, whole) == [("withdrawn", None, "deleted")]
    assert compare(held, reading(score(80))) == []
    assert compare(held, reading(score(80), is_whole=True, mentioned=frozenset({"other"}))) == []


def test_attempts_are_no_business_of_a_gradebook():
    assert compare(record(score(50, attempt=1)), reading(is_whole=True)) == []


def test_a_module_is_taken_back_with_one_of_its_items_only():
    module = done(True, FactKind.MODULE_COMPLETION, "section-7")
    gone = Absence(done(False, FactKind.MODULE_COMPLETION, "section-7"), frozenset({"page"}))
    held = record(done(True), module)
    assert compare(held, reading(absent=[gone])) == []
    found = differences(held, reading(absent=[gone, Absence(done(False))]), START, {})
    assert [(each.event.kind, each.event.completed) for each in found] == [
        (FactKind.ITEM_COMPLETION, False),
        (FactKind.MODULE_COMPLETION, False),
    ]


def test_a_log_corrects_nothing():
    held = record(score(95, EARLIER + timedelta(minutes=9)))
    assert compare(held, reading(score(80), covers=False)) == []


points = st.none() | st.sampled_from([0.0, 40.0, 80.0])
times = st.integers(1, 90).map(lambda minutes: START - timedelta(minutes=minutes))
sources = st.sampled_from(["moodle", "xapi", "csv"])
targets = st.sampled_from(["quiz", "essay"])
events = st.builds(score, points, times, targets, sources)


@given(st.lists(events, max_size=6), st.lists(st.builds(score, points, times, targets), max_size=2), st.booleans())
def test_what_was_mended_stays_mended(history, stated, is_whole):
    """After the differences are folded, the same reading finds none; and finding them twice says the same twice."""
    said = reading(*{event.target: event for event in stated}.values(), is_whole=is_whole)
    first: list[Difference] = differences(record(*history), said, START, {})
    assert first == differences(record(*history), said, START, {})
    mended = record(*history, *(each.event for each in first))
    assert differences(mended, said, START, {}) == []
    for event in said.stated:
        held = mended.get(event.kind, event.target)
        assert (held.score, held.standing) == (event.score, event.standing) or held.source == "csv"
