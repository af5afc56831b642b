"""Matching the activities of a copied course, and rules that name what the new course has."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.domain.course_copy import LEFT_OUT, How, match_activities, named_in, open_targets, origins_of, retargeted
from lti_tool.domain.criteria import nodes, parse, to_json
from lti_tool.domain.platform import Activity
from tests.factories.criteria_trees import trees

titles = st.sampled_from(["Quiz 1", "quiz  1", "Essay", ""])


def item(number: int, title: str, kind: str = "item") -> Activity:
    return Activity(str(number), kind, title)


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Activity], list[Activity], dict[tuple[str, str], list[str]]]:
    kinds = st.sampled_from(["item", "module"])
    old = [item(n, draw(titles), draw(kinds)) for n in range(draw(st.integers(0, 5)))]
    new = [item(100 + n, draw(titles), draw(kinds)) for n in range(draw(st.integers(0, 5)))]
    history = {
        (one.kind, one.id): draw(st.lists(st.sampled_from(["0", "1", "2"]), max_size=2))
        for one in new
        if draw(st.booleans())
    }
    return old, new, history


@given(courses())
def test_every_activity_is_matched_once_ambiguous_or_missing(found) -> None:
    old, new, history = found
    matches = match_activities(old, new, history)
    assert set(matches) == {(one.kind, one.id) for one in old}
    targets = [match.target for match in matches.values() if match.target is not None]
    assert all(one.kind == match.source.kind for match in matches.values() for one in match.candidates)
    for key, match in matches.items():
        assert (match.target is None) == (match.how in (How.AMBIGUOUS, How.MISSING))
        claimed = [one for one in new if one.kind == key[0] and key[1] in history.get((one.kind, one.id), ())]
        assert (match.how is How.HISTORY) == (len(claimed) == 1)
        if match.target is not None:
            assert match.target in new
            assert match.how is How.HISTORY or match.source.title.split() or match.target.title.split() == []
    by_name = [match.target for match in matches.values() if match.how in (How.NAME, How.POSITION)]
    assert len({(one.kind, one.id) for one in by_name}) == len(by_name)
    assert set(targets) <= set(new)


def test_ids_count_before_names_and_names_before_places() -> None:
    old = [item(1, "Quiz"), item(2, "Essay"), item(3, "Lab"), item(4, "Lab"), item(5, "Talk"), item(6, "Gone")]
    new = [
        item(12, "Essay "),
        item(11, "A new name"),
        item(13, "Lab"),
        item(14, "LAB"),
        item(15, "Talk"),
        item(16, "Talk"),
    ]
    found = match_activities(old, new, {("item", "11"): ["0", "1"]})
    assert {key[1]: (match.how, match.target and match.target.id) for key, match in found.items()} == {
        "1": (How.HISTORY, "11"),
        "2": (How.NAME, "12"),
        "3": (How.POSITION, "13"),
        "4": (How.POSITION, "14"),
        "5": (How.AMBIGUOUS, None),
        "6": (How.MISSING, None),
    }


@settings(max_examples=40)
@given(trees())
def test_a_rule_whose_names_stay_is_the_same_rule_and_one_with_new_names_has_no_old_ones(tree) -> None:
    assert retargeted(tree, lambda key: key[1]) == tree
    there = retargeted(tree, lambda key: f"new-{key[1]}")
    assert there is not None
    assert [key[1] for key in named_in(there)] == [f"new-{key[1]}" for key in named_in(tree)]
    undecided = retargeted(tree, lambda _: None)
    assert len(open_targets(undecided)) == len(set(named_in(tree)))


@settings(max_examples=40)
@given(trees(), st.data())
def test_a_rule_with_parts_left_out_is_a_rule_or_nothing(tree, data) -> None:
    out = {key for key in dict.fromkeys(named_in(tree)) if data.draw(st.booleans())}
    left = retargeted(tree, lambda key: LEFT_OUT if key in out else key[1])
    if left is None:
        assert out
        return
    assert not set(named_in(left)) & out
    assert parse(to_json(left)) == left
    assert len(list(nodes(left))) <= len(list(nodes(tree)))


def test_what_was_asked_for_stays_asked_for_as_far_as_there_is_as_much() -> None:
    parts = [{"type": "item_completed", "item": name} for name in "abc"]
    rule = parse({"type": "at_least", "count": 2, "parts": parts})
    left = retargeted(rule, lambda key: LEFT_OUT if key[1] == "a" else key[1])
    assert to_json(left) == {"type": "at_least", "count": 2, "parts": parts[1:]}


def test_a_history_is_read_as_moodle_and_canvas_write_it() -> None:
    assert origins_of({"context_id_history": "12, 7"}) == ("12", "7")
    assert origins_of({"context_history": "abc,def,truncated"}) == ("abc", "def")
    assert origins_of({"context_id_history": "$Context.id.history"}) == ()
    assert origins_of({"context_id_history": ""}) == ()
