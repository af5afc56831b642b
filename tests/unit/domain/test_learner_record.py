"""The record is the same whatever the order and the number of deliveries of its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.criteria import parse
from lti_tool.domain.evaluation import evaluate
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind, LearningEvent, Standing
from tests.factories.learning_events import events

START = datetime(2026, 9, 1, tzinfo=UTC)


RULE = parse(
    {
        "type": "at_least",
        "count": 2,
        "parts": [
            {"type": "item_score", "item": "quiz", "minimum": 50},
            {"type": "item_completed", "item": "quiz"},
            {"type": "module_completed", "module": "module"},
        ],
    }
)


@given(st.lists(events(), max_size=12), st.randoms(use_true_random=False), st.integers(1, 3))
def test_permuted_and_repeated_histories_give_the_same_decision(history, chance, times):
    shuffled = history * times
    chance.shuffle(shuffled)
    first = LearnerRecord.fold(Fact.of(event, START) for event in history)
    second = LearnerRecord.fold(Fact.of(event, START) for event in shuffled)
    assert first == second
    assert evaluate(RULE, first) == evaluate(RULE, second)


def test_the_later_statement_counts_even_when_it_arrives_first():
    def score(value: float, minute: int) -> Fact:
        event = LearningEvent(
            "e", "webhook", "c", "s", FactKind.ITEM_SCORE, "quiz", START + timedelta(minutes=minute), value, 100.0
        )
        return Fact.of(event, START)

    record = LearnerRecord.fold([score(90, 5), score(40, 1)])
    assert record.get(FactKind.ITEM_SCORE, "quiz").score == 90


@given(st.lists(events(), max_size=10))
def test_attempts_and_variants_are_kept_apart(history):
    record = LearnerRecord.fold(Fact.of(event, START) for event in history)
    assert set(record.facts) == {(event.kind, event.target, event.aspect) for event in history}
    for fact in record:
        rivals = [Fact.of(e, START) for e in history if (e.kind, e.target, e.aspect) == fact.key]
        assert fact.rank == max(rival.rank for rival in rivals)


def test_attempts_come_in_their_order_and_without_what_stands_in_the_gradebook():
    def score(attempt: int | None) -> Fact:
        event = LearningEvent(
            "e", "webhook", "c", "s", FactKind.ITEM_SCORE, "quiz", START, 50.0, 100.0, attempt=attempt
        )
        return Fact.of(event, START)

    record = LearnerRecord.fold([score(10), score(None), score(9)])
    assert [fact.aspect for fact in record.attempts(FactKind.ITEM_SCORE, "quiz")] == ["9", "10"]
    assert record.get(FactKind.ITEM_SCORE, "quiz").aspect == ""


def test_a_letter_alone_is_a_grade_and_nothing_at_all_is_one_taken_back():
    def grade(**values) -> Fact:
        return Fact.of(LearningEvent("e", "webhook", "c", "s", FactKind.ITEM_SCORE, "quiz", START, **values), START)

    assert not grade(letter="B+").is_withdrawn
    assert grade().is_withdrawn
    assert not grade(standing=Standing.HIDDEN, letter="B+").counts
