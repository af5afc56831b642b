"""The evaluation of whole trees: the same as an oracle's, monotone, indifferent to order, and explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.criteria import Group, Requirement, requirements
from lti_tool.domain.evaluation import NEVER, Outcome, compiled, deciding, evaluate, facts_of, steps
from lti_tool.domain.fact_kind import SCORED, FactKind, Standing
from lti_tool.domain.learner_record import Fact, LearnerRecord
from tests.factories.criteria_trees import BADGE, START, facts, records, trees
from tests.unit.domain.criteria import oracle

MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OUTCOMES = {oracle.YES: Outcome.MET, oracle.NO: Outcome.NOT_MET, oracle.OPEN: Outcome.UNKNOWN}


@MANY
@given(trees(), records)
def test_it_decides_as_an_oracle_that_tries_every_possible_world(tree, record):
    found, expected = evaluate(tree, record, BADGE).outcome, OUTCOMES[oracle.decide(tree, record, BADGE)]
    # Whether a part is for her is one question to the oracle and two-sided logic to the evaluation: where membership
    # is not known the evaluation may leave open what the oracle can still decide, and never says otherwise.
    if found is not expected:
        assert found is Outcome.UNKNOWN
        assert any(kind is FactKind.GROUP_MEMBERSHIP for kind, _ in facts_of(tree, BADGE))


@MANY
@given(trees(), records)
def test_the_fast_evaluation_decides_as_the_traced_one(tree, record):
    assert compiled(tree, BADGE)(record) is evaluate(tree, record, BADGE).outcome


@MANY
@given(trees(), records, st.randoms(use_true_random=False))
def test_the_facts_named_by_the_explanation_reproduce_the_decision(tree, record, chance):
    reason = evaluate(tree, record, BADGE)
    assert [leaf.criteria for leaf in reason.leaves()] == list(requirements(tree))
    everything = LearnerRecord.fold(reason.facts())
    assert evaluate(tree, everything, BADGE) == reason
    if reason.outcome is not Outcome.UNKNOWN:
        named = [fact for part in deciding(reason) for fact in (part.fact, *part.more) if fact is not None]
        chance.shuffle(named)
        assert evaluate(tree, LearnerRecord.fold(named), BADGE).outcome is reason.outcome


@MANY
@given(trees(), records, facts())
def test_a_fact_that_the_tree_does_not_name_changes_nothing(tree, record, fact):
    if (fact.kind, fact.target) not in facts_of(tree, BADGE):
        more = LearnerRecord.fold([*record, fact])
        assert evaluate(tree, more, BADGE) == evaluate(tree, record, BADGE)


def _better(fact: Fact) -> Fact:
    """The same thing done well, at the same time and in time."""
    values = {"completed": None if fact.kind in SCORED else True, "late": False if fact.late is not None else None}
    return replace(fact, score=100.0, maximum=100.0, letter="A", standing=Standing.COUNTS, order="zz", **values)


@MANY
@given(trees(negations=False, plain=True), records, st.lists(facts(), max_size=4))
def test_more_and_better_work_never_un_earns_a_tree_without_not(tree, record, added):
    # An attempt more can lower an average and be a worse latest one: here whatever is added is done well.
    before = evaluate(tree, record, BADGE)
    done = [_better(fact) for fact in (*record, *added)]
    late = START + timedelta(days=6)
    after = evaluate(tree, LearnerRecord.fold([*record, *(replace(fact, occurred_at=late) for fact in done)]), BADGE)
    if before.outcome is Outcome.MET:
        assert after.outcome is Outcome.MET


@MANY
@given(trees(), st.lists(facts(), max_size=10), st.randoms(use_true_random=False), st.integers(1, 3))
def test_the_order_and_repetition_of_facts_never_matter(tree, history, chance, times):
    shuffled = history * times
    chance.shuffle(shuffled)
    assert evaluate(tree, LearnerRecord.fold(history), BADGE) == evaluate(tree, LearnerRecord.fold(shuffled), BADGE)


@MANY
@given(trees(), records)
def test_steps_count_to_the_goal(tree, record):
    reason = evaluate(tree, record, BADGE)
    assert (steps(reason) == 0) == (reason.outcome is Outcome.MET)
    assert steps(reason) <= len(list(requirements(tree))) or steps(reason) == NEVER


def test_a_part_that_may_be_left_out_takes_its_group_along():
    """Where it is not told whether she is of the only group that a part is for, all of the rule may be the quiz."""
    work = Requirement(FactKind.BADGE_HELD, "one")
    some = Group("any", (replace(work, only_for=("red",)),))
    tree = Group("all", (Requirement(FactKind.ITEM_SCORE, "quiz", minimum=50.0), some))
    assert evaluate(tree, LearnerRecord({}), BADGE).outcome is Outcome.UNKNOWN
    assert compiled(tree, BADGE)(LearnerRecord({})) is Outcome.UNKNOWN
