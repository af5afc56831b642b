"""The fold by time: an oracle that weighs the record of every moment from scratch says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.domain.evaluation import Outcome, evaluate
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.time_machine import first_met
from tests.factories.criteria_trees import BADGE, START, facts, trees

heard = st.lists(
    st.builds(lambda fact, days: replace(fact, received_at=START + timedelta(days=days)), facts(), st.integers(0, 4)),
    max_size=8,
)


@settings(max_examples=60)
@given(trees(), heard, st.randoms(use_true_random=False))
def test_it_is_the_first_moment_at_which_all_that_was_heard_meets_the_rule(tree, statements, order) -> None:
    moments = sorted({fact.received_at for fact in statements})
    met = [
        at
        for at in moments
        if evaluate(tree, LearnerRecord.fold(one for one in statements if one.received_at <= at), BADGE).outcome
        is Outcome.MET
    ]
    before = evaluate(tree, LearnerRecord({}), BADGE).outcome is Outcome.MET
    found = first_met(tree, BADGE, statements)
    shuffled = [*statements, *statements]
    order.shuffle(shuffled)
    assert first_met(tree, BADGE, shuffled) == found
    if not before:
        assert found == (met[0] if met else None)
