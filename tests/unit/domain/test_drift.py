"""What changed of the things that a rule names, and the rule put right."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given

from lti_tool.domain.criteria import CriteriaError, parse
from lti_tool.domain.drift import Change, drifts, dropped, replaced, snapshot, targets
from lti_tool.domain.platform import Activity
from tests.factories.criteria_trees import trees

QUIZ = Activity("quiz", "item", "Quiz", 100.0)
MODULE = Activity("module", "module", "Module")
SCORE = {"type": "item_score", "item": "quiz", "minimum": 80}
DONE = {"type": "module_completed", "module": "module"}
BOTH = parse({"type": "all", "parts": [SCORE, DONE]})


def changes(*activities: Activity) -> list[tuple[Change, str]]:
    known = {(one.kind, one.id): one for one in (QUIZ, MODULE)}
    seen = snapshot(BOTH, known)
    now = {(one.kind, one.id): one for one in activities}
    return [(drift.change, drift.key[1]) for drift in drifts(BOTH, seen, now)]


def test_each_change_is_told() -> None:
    assert changes(QUIZ, MODULE) == []
    assert changes(Activity("quiz", "item", "Test", 100.0), MODULE) == [(Change.RENAMED, "quiz")]
    assert changes(Activity("quiz", "item", "Quiz", 50.0), MODULE) == [(Change.POINTS, "quiz")]
    assert changes(Activity("quiz", "item", "Quiz", 100.0, hidden=True), MODULE) == [(Change.HIDDEN, "quiz")]
    assert changes(Activity("quiz", "item", "Quiz", 100.0, is_gone=True), MODULE) == [(Change.DELETED, "quiz")]
    assert changes(QUIZ) == [(Change.DELETED, "module")]
    # That the full mark is not known at the moment is no change of it.
    assert changes(Activity("quiz", "item", "Quiz"), MODULE) == []


def test_replaced_and_dropped() -> None:
    assert replaced(BOTH, ("item", "quiz"), "essay") == parse(
        {"type": "all", "parts": [SCORE | {"item": "essay"}, DONE]}
    )
    assert dropped(BOTH, ("item", "quiz")) == parse({"type": "all", "parts": [DONE]})
    with pytest.raises(CriteriaError, match=r"criteria\.nothing_left"):
        dropped(parse(SCORE), ("item", "quiz"))
    two = parse({"type": "at_least", "count": 2, "parts": [SCORE, DONE]})
    assert dropped(two, ("module", "module")) == parse({"type": "at_least", "count": 1, "parts": [SCORE]})
    share = parse({"type": "module_share", "module": "module", "items": ["quiz", "essay"], "minimum": 50})
    assert dropped(share, ("item", "essay")) == parse(
        {"type": "module_share", "module": "module", "items": ["quiz"], "minimum": 50}
    )


@given(trees())
def test_a_mended_rule_names_the_thing_no_longer(tree) -> None:
    for key in targets(tree):
        with suppress(CriteriaError):  # two of the same can mean nothing together
            assert key not in targets(replaced(tree, key, "another"))
        with suppress(CriteriaError):  # nothing is left, or too few credits
            assert key not in targets(dropped(tree, key))
