"""Any order and any repetition of a history gives the same awards, through the real inbox, record and worker.

Two statements hold. A history that is delivered before the worker looks gives the same awards in any order. And a
history in which nothing is taken back gives the same awards even when the worker looks after every single event.
(Where a grade falls again, what was awarded in between stays and is flagged: that is the regrade policy, and depends
on when the worker looked.)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.learning_event import FactKind, LearningEvent
from tests.factories.house import TestHouse, event, make_house

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RULE = {
    "type": "at_least",
    "count": 2,
    "parts": [
        {"type": "item_score", "item": "quiz-1", "minimum": 50},
        {"type": "item_completed", "item": "essay"},
        {"type": "module_completed", "module": "module-1"},
    ],
}
# (what, value, second): several statements about the same thing at the same second are meant to occur.
scores = st.tuples(st.just("quiz-1"), st.none() | st.integers(0, 100), st.integers(0, 4))
completions = st.tuples(st.sampled_from(["essay", "module-1"]), st.booleans(), st.integers(0, 4))
histories = st.lists(scores | completions, min_size=1, max_size=8)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHouse]:
    folder: Path = tmp_path_factory.mktemp("permutations")
    made = make_house(f"sqlite:///{folder / 'db.sqlite3'}", folder, [f"learner-{number}" for number in range(400)])
    made.publish(RULE)
    made.work()
    yield made
    made.house.engine.dispose()


_numbers = count()


def said(lab: TestHouse, subject: str, history: list[tuple[str, object, int]]) -> list[LearningEvent]:
    kinds = {
        "quiz-1": FactKind.ITEM_SCORE,
        "essay": FactKind.ITEM_COMPLETION,
        "module-1": FactKind.MODULE_COMPLETION,
    }
    events = []
    for number, (target, value, second) in enumerate(history):
        at = lab.clock.now() + timedelta(seconds=second)
        scored = kinds[target] is FactKind.ITEM_SCORE
        values = {"score": value, "maximum": 100.0} if scored else {"completed": value}
        events.append(event(subject, kinds[target], target, lab.clock, f"{subject}-{number}", at=at, **values))
    return events


def outcome(lab: TestHouse, subject: str) -> list[tuple[str, str, str]]:
    with lab.house.transactions(write=False) as unit:
        found = unit.awards.of_person(lab.course.id, lab.people[subject].id)
    return [(award.achievement_id, award.state, award.flag) for award in found]


@SLOW
@given(histories, st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_order_and_number_of_deliveries_do_not_matter(lab, history, chance, times):
    one, other = (f"learner-{next(_numbers) % 400}" for _ in range(2))
    if outcome(lab, one) or outcome(lab, other):
        return
    lab.hear(*said(lab, one, history))
    shuffled = said(lab, other, history) * times
    chance.shuffle(shuffled)
    for single in shuffled:
        lab.hear(single)
    lab.work()
    assert outcome(lab, one) == outcome(lab, other)


@SLOW
@given(
    st.lists(
        st.sampled_from([("quiz-1", 80, 1), ("quiz-1", 95, 2), ("essay", True, 1), ("module-1", True, 3)]), max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_nor_does_it_matter_when_the_worker_looks_while_nothing_is_taken_back(lab, history, chance):
    one, other = (f"learner-{next(_numbers) % 400}" for _ in range(2))
    if outcome(lab, one) or outcome(lab, other):
        return
    lab.hear(*said(lab, one, history))
    shuffled = said(lab, other, history) * 2
    chance.shuffle(shuffled)
    for single in shuffled:
        lab.hear(single)
        lab.work()
    lab.work()
    assert outcome(lab, one) == outcome(lab, other)
