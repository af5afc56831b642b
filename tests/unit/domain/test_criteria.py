"""The criteria tree: reading, writing, weighing, saying."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.criteria import Group, Requirement, parse, requirements, to_json
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evaluation import Outcome, evaluate, steps
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.sentence import criteria_sentence

NOW = datetime(2026, 9, 1, tzinfo=UTC)

leaves = st.one_of(
    st.builds(
        Requirement,
        st.just(FactKind.ITEM_SCORE),
        st.sampled_from(["a", "b", "c"]),
        st.floats(1, 100),
        st.sampled_from(["percent", "points"]),
    ),
    st.builds(Requirement, st.just(FactKind.ITEM_COMPLETION), st.sampled_from(["a", "b", "c"])),
    st.builds(Requirement, st.just(FactKind.MODULE_COMPLETION), st.sampled_from(["m", "n"])),
    st.builds(Requirement, st.just(FactKind.COURSE_GRADE), st.just(""), st.floats(1, 100)),
    st.just(Requirement(FactKind.MANUAL_APPROVAL)),
)


def groups(parts):
    return st.lists(parts, min_size=1, max_size=4).flatmap(
        lambda chosen: st.one_of(
            st.just(Group("all", tuple(chosen))),
            st.just(Group("any", tuple(chosen))),
            st.integers(1, len(chosen)).map(lambda count: Group("at_least", tuple(chosen), count)),
        )
    )


trees = st.recursive(leaves, groups, max_leaves=8).filter(lambda tree: _depth(tree) < 6)


def _depth(tree):
    return 0 if isinstance(tree, Requirement) else 1 + max(_depth(part) for part in tree.parts)


def fact(kind, target, *, score=None, completed=None):
    return Fact(kind, target, score, 100.0, completed, NOW, "x", "webhook", NOW)


records = st.lists(
    st.one_of(
        st.builds(
            lambda t, s: fact(FactKind.ITEM_SCORE, t, score=s), st.sampled_from("abc"), st.none() | st.floats(0, 120)
        ),
        st.builds(lambda t, c: fact(FactKind.ITEM_COMPLETION, t, completed=c), st.sampled_from("abc"), st.booleans()),
        st.builds(lambda t, c: fact(FactKind.MODULE_COMPLETION, t, completed=c), st.sampled_from("mn"), st.booleans()),
        st.builds(lambda s: fact(FactKind.COURSE_GRADE, "", score=s), st.floats(0, 120)),
    )
).map(LearnerRecord.fold)


@given(trees)
def test_json_round_trip(tree):
    assert parse(to_json(tree)) == tree


@given(trees, records)
def test_every_leaf_has_its_reason_and_steps_count_to_the_goal(tree, record):
    reason = evaluate(tree, record)
    assert [leaf.criteria for leaf in reason.leaves()] == list(requirements(tree))
    assert (steps(reason) == 0) == (reason.outcome is Outcome.MET)


@given(trees, records)
def test_filling_in_what_is_unknown_never_turns_a_known_answer(tree, record):
    before = evaluate(tree, record)
    unknown = [leaf.criteria for leaf in before.leaves() if leaf.outcome is Outcome.UNKNOWN and leaf.fact is None]
    said = [
        fact(leaf.kind, leaf.target, score=100.0 if leaf.minimum else None, completed=not leaf.minimum)
        for leaf in unknown
    ]
    after = evaluate(tree, LearnerRecord.fold([*record, *said]))
    if before.outcome is not Outcome.UNKNOWN:
        assert after.outcome is before.outcome


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["type", "parts", "item", "minimum", "unit", "count"]), inner)
    ),
)


@given(any_json.filter(lambda value: not isinstance(value, dict) or value.get("type") != "manual_approval"))
def test_whatever_is_not_a_tree_is_refused_with_its_own_code(value):
    with pytest.raises(BadgeToolError, match=r"criteria\.invalid"):
        parse(value)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "item_score", "item": "q", "minimum": 120, "unit": "percent"},
        {"type": "item_score", "item": "q", "minimum": 0},
        {"type": "item_score", "item": "q", "minimum": 10**400},
        {"type": ["all"]},
        {"type": "item_score", "item": "q", "minimum": float("nan")},
        {"type": "item_score", "minimum": 50},
        {"type": "item_completed", "item": "q", "minimum": 3},
        {"type": "all", "parts": []},
        {"type": "at_least", "count": 3, "parts": [{"type": "manual_approval"}]},
        {"type": "at_least", "count": True, "parts": [{"type": "manual_approval"}]},
    ],
)
def test_rules_that_nobody_can_mean_are_refused(value):
    with pytest.raises(BadgeToolError, match=r"criteria\.invalid"):
        parse(value)


def names(kind, target):
    return {"q": "Quiz 1", "m": "Module 1", "b": "Safety"}[target]


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (
            {
                "type": "all",
                "parts": [
                    {"type": "item_score", "item": "q", "minimum": 80},
                    {"type": "module_completed", "module": "m"},
                ],
            },
            "Score at least 80 % in Quiz 1 and complete Module 1.",
        ),
        (
            {
                "type": "any",
                "parts": [
                    {"type": "badge_held", "achievement": "b"},
                    {
                        "type": "all",
                        "parts": [
                            {"type": "course_grade", "minimum": 72.5, "unit": "points"},
                            {"type": "manual_approval"},
                        ],
                    },
                ],
            },
            "Hold the badge Safety or (reach at least 72.5 points as course grade and be approved by the teacher).",
        ),
        (
            {
                "type": "all",
                "parts": [
                    {
                        "type": "any",
                        "parts": [
                            {"type": "item_score", "item": "q", "minimum": 1, "unit": "points"},
                            {"type": "manual_approval"},
                        ],
                    },
                    {"type": "module_completed", "module": "m"},
                ],
            },
            "(Score at least 1 point in Quiz 1 or be approved by the teacher) and complete Module 1.",
        ),
        (
            {
                "type": "at_least",
                "count": 2,
                "parts": [
                    {"type": "item_completed", "item": "q"},
                    {"type": "module_completed", "module": "m"},
                    {"type": "manual_approval"},
                ],
            },
            "Do at least 2 of these 3: complete Quiz 1; complete Module 1; be approved by the teacher.",
        ),
    ],
)
def test_the_sentence(tree, sentence):
    assert criteria_sentence(parse(tree), names) == sentence


@pytest.mark.parametrize(
    ("score", "outcome"),
    [(80.0, Outcome.MET), (79.999, Outcome.NOT_MET), (120.0, Outcome.MET), (None, Outcome.NOT_MET)],
)
def test_a_score_is_weighed_in_percent_of_its_maximum(score, outcome):
    rule = parse({"type": "item_score", "item": "q", "minimum": 80})
    assert evaluate(rule, LearnerRecord.fold([fact(FactKind.ITEM_SCORE, "q", score=score)])).outcome is outcome


def test_what_nobody_has_told_is_unknown_and_what_only_we_can_tell_is_not():
    assert evaluate(parse({"type": "item_completed", "item": "q"}), LearnerRecord({})).outcome is Outcome.UNKNOWN
    assert evaluate(parse({"type": "manual_approval"}), LearnerRecord({})).outcome is Outcome.NOT_MET
    assert evaluate(parse({"type": "badge_held", "achievement": "b"}), LearnerRecord({})).outcome is Outcome.NOT_MET


def test_an_approval_counts_for_its_own_badge_only():
    record = LearnerRecord.fold([fact(FactKind.MANUAL_APPROVAL, "badge-1", completed=True)])
    assert evaluate(parse({"type": "manual_approval"}), record, "badge-1").outcome is Outcome.MET
    assert evaluate(parse({"type": "manual_approval"}), record, "badge-2").outcome is Outcome.NOT_MET
