"""The record is the same whatever the order and the number of deliveries of its history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.criteria import parse
from lti_tool.domain.evaluation import evaluate
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind, LearningEvent

START = datetime(2026, 9, 1, tzinfo=UTC)


@st.composite
def events(draw: st.DrawFn) -> LearningEvent:
    kind = draw(st.sampled_from([FactKind.ITEM_SCORE, FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION]))
    scored = kind is FactKind.ITEM_SCORE
    return LearningEvent(
        event_id=draw(st.text("abc", min_size=1, max_size=3)),
        source=draw(st.sampled_from(["webhook", "moodle"])),
        context_id="course",
        subject="ana",
        kind=kind,
        target=draw(st.sampled_from(["quiz", "module"])),
        occurred_at=START + timedelta(seconds=draw(st.integers(0, 3))),
        score=draw(st.none() | st.floats(0, 100)) if scored else None,
        maximum=100.0 if scored else None,
        completed=None if scored else draw(st.booleans()),
    )


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
