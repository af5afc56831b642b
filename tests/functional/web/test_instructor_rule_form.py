"""The rule as a form: what is stored comes back, buttons change what they say, nothing that is sent makes it fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain import criteria
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.answerable import answerable
from lti_tool.domain.criteria import Criteria, Group, Requirement, requirements
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity, Registration
from lti_tool.web.instructor import rule_edits, rule_form
from lti_tool.web.instructor.choices import Choices
from lti_tool.web.instructor.rule_check import problems
from lti_tool.web.instructor.rule_form import RulePart
from lti_tool.web.instructor.rule_rows import rule_rows
from tests.factories.criteria_trees import ITEMS, trees

ACTIVITIES = [
    Activity("quiz-1", "item", "Quiz 1", 100.0, "module-2"),
    Activity("essay", "item", "Essay", 50.0),
    Activity("module-1", "module", "Module 1"),
    Activity("module-2", "module", "Module 2"),
]
OTHER = Achievement("badge-2", "c", "Other", "", "", None)
CHOICES = Choices.of(ACTIVITIES, [OTHER], "badge-1")

_minimum = st.floats(0.01, 100, allow_nan=False).map(lambda value: round(value, 6) or 1.0)
_leaves = st.one_of(
    st.builds(
        Requirement,
        st.just(FactKind.ITEM_SCORE),
        st.sampled_from(["quiz-1", "essay"]),
        st.floats(0.01, 50, allow_nan=False),
        st.sampled_from(["percent", "points"]),
    ),
    st.builds(Requirement, st.just(FactKind.ITEM_COMPLETION), st.sampled_from(["quiz-1", "essay"])),
    st.builds(Requirement, st.just(FactKind.MODULE_COMPLETION), st.just("module-1")),
    st.builds(Requirement, st.just(FactKind.COURSE_GRADE), st.just(""), _minimum),
    st.builds(Requirement, st.just(FactKind.BADGE_HELD), st.just("badge-2")),
    st.just(Requirement(FactKind.MANUAL_APPROVAL)),
)


@st.composite
def _groups(draw: st.DrawFn, parts: st.SearchStrategy) -> Group:
    found = tuple(draw(st.lists(parts, min_size=1, max_size=4)))
    joiner = draw(st.sampled_from(["all", "any", "at_least"]))
    count = draw(st.integers(1, len(found))) if joiner == "at_least" else 0
    return Group(joiner, found, count)


_empty_leaves = st.sampled_from(["item_score", "course_grade", "badge_held", "manual_approval"]).map(RulePart)


def _half_filled_groups(parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(
        RulePart,
        st.just("group"),
        joiner=st.sampled_from(["all", "any", "at_least"]),
        count=st.sampled_from(["0", "1", "9", "x", ""]),
        parts=st.lists(parts, max_size=3).map(tuple),
    )


# Four groups deep: the domain takes six.
RULES = _groups(_leaves | _groups(_leaves | _groups(_leaves | _groups(_leaves))))
_OPERATIONS = st.builds(
    lambda verb, path, kind: f"{verb}:{path}{f':{kind}' if kind else ''}",
    st.sampled_from(["add", "remove", "up", "down", "into", "out", "burn"]),
    st.sampled_from(
        ["rule", "rule.0", "rule.1", "rule.2", "rule.0.0", "rule.1.1", "rule.0.0.0", "rule.x", "", "rule.²"]
    ),
    st.sampled_from(["", "item_score", "group", "manual_approval", "sleep"]),
)


@given(RULES)
def test_stored_rule_survives_the_form(rule: Group) -> None:
    part = rule_form.from_criteria(rule)
    assert rule_form.read(rule_form.write(part)) == part
    assert criteria.parse(rule_form.to_json(part)) == rule


@given(RULES)
def test_what_can_be_stored_has_no_problem(rule: Group) -> None:
    assert problems(rule_form.from_criteria(rule), CHOICES) == []


@given(RULES, st.lists(_OPERATIONS, max_size=8))
def test_buttons_keep_every_condition_but_the_removed(rule: Group, operations: list[str]) -> None:
    part = rule_form.from_criteria(rule)
    for operation in operations:
        edit = rule_edits.apply(part, operation)
        before, after = _conditions(part), _conditions(edit.rule)
        if operation.startswith("add"):
            assert len(after) - len(before) in (0, 1)
        elif operation.startswith("remove"):
            assert set(after) <= set(before)
        else:
            assert sorted(after, key=repr) == sorted(before, key=repr)
        # Whatever a button says it did can be shown, and the focus goes to something that is there.
        rule_rows(edit.rule, CHOICES, problems(edit.rule, CHOICES))
        if edit.focus:
            steps = [int(step) for step in edit.focus.split(".")[1:]]
            assert rule_edits.part_at(edit.rule, steps) is not None
        assert rule_form.read(rule_form.write(edit.rule)) == edit.rule
        part = edit.rule


_FIELDS = st.from_regex(r"rule(\.[0-9]){0,8}\.(type|joiner|count|target|minimum|unit)", fullmatch=True)
_VALUES = st.sampled_from(["group", "item_score", "all", "at_least", "essay", "points", "1"]) | st.text(max_size=20)


@given(st.dictionaries(_FIELDS, _VALUES))
def test_nothing_that_is_sent_makes_it_fail(fields: dict[str, str]) -> None:
    part = rule_form.read(fields)
    found = problems(part, CHOICES)
    rule_rows(part, CHOICES, found)
    if not found:
        criteria.parse(rule_form.to_json(part))


@given(_half_filled_groups(_empty_leaves | _half_filled_groups(_empty_leaves | _half_filled_groups(_empty_leaves))))
def test_half_filled_rule_is_refused_by_the_domain_or_named_a_problem(part: RulePart) -> None:
    if not problems(part, CHOICES):
        criteria.parse(rule_form.to_json(part))
    assert rule_form.read(rule_form.write(part)) == part


def test_lone_requirement_becomes_a_group_of_one() -> None:
    part = rule_form.from_criteria(Requirement(FactKind.ITEM_COMPLETION, "essay"))
    assert part == RulePart("group", parts=(RulePart("item_completed", "essay"),))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("80", 80.0), ("72.5", 72.5), ("72,5", 72.5), ("80 %", 80.0), ("80%", 80.0), ("", None), ("eighty", None)],
)
def test_minimum_as_people_type_it(typed: str, number: float | None) -> None:
    assert rule_form.minimum_of(RulePart("course_grade", minimum=typed)) == number


def _rule(*parts: RulePart, **more: str) -> RulePart:
    return RulePart("group", parts=parts, **more)


DONE = RulePart("item_completed", "essay")
BAD_RULES = {
    "empty": (_rule(), "rule", "Add what"),
    "empty group": (_rule(DONE, _rule()), "rule.1", "Add a condition"),
    "nothing chosen": (_rule(RulePart("item_completed")), "rule.0.target", "Choose the activity"),
    "no module chosen": (_rule(RulePart("module_completed")), "rule.0.target", "Choose the module"),
    "no badge chosen": (_rule(RulePart("badge_held")), "rule.0.target", "Choose the badge"),
    "deleted activity": (_rule(RulePart("item_completed", "gone")), "rule.0.target", "any more"),
    "its own badge": (_rule(RulePart("badge_held", "badge-1")), "rule.0.target", "any more"),
    "more than 100 %": (_rule(RulePart("item_score", "essay", "101")), "rule.0.minimum", "100 %"),
    "more points than there are": (
        _rule(RulePart("item_score", "essay", "51", "points")),
        "rule.0.minimum",
        "50 points",
    ),
    "nothing asked": (_rule(RulePart("course_grade", minimum="0")), "rule.0.minimum", "more than 0"),
    "not a number": (_rule(RulePart("course_grade", minimum="nan")), "rule.0.minimum", "more than 0"),
    "at least 3 of 2": (_rule(DONE, DONE, joiner="at_least", count="3"), "rule.count", "at most 2"),
    "not of two": (_rule(DONE, DONE, joiner="not"), "rule", "one condition"),
    "more credits than offered": (_rule(DONE, DONE, joiner="credits", count="3"), "rule", "only 2 are offered"),
    "no scale": (
        _rule(RulePart("item_score", "essay", more=(("letter", "B"),))),
        "rule.0",
        "A scale lists",
    ),
    "skill without address": (
        _rule(DONE, RulePart("item_completed", "essay", more=(("skill_name", "x"),))),
        "rule.1",
        "address",
    ),
    "window that ends first": (
        _rule(_rule(DONE, more=(("from", "2026-09-02T00:00"), ("until", "2026-09-01T00:00")))),
        "rule.0",
        "ends before",
    ),
    "at least 0": (_rule(DONE, joiner="at_least", count="0"), "rule.count", "at least 1"),
}


@pytest.mark.parametrize("name", BAD_RULES)
def test_impossible_rule_is_named_beside_its_field(name: str) -> None:
    rule, field, words = BAD_RULES[name]
    (found,) = problems(rule, CHOICES)
    assert found.field == field
    assert words in found.message


def test_problem_says_which_condition_it_is_about() -> None:
    (found,) = problems(_rule(DONE, _rule(DONE, RulePart("badge_held"))), CHOICES)
    assert found.place == "Condition 2.2"


def test_two_badges_cannot_ask_for_each_other() -> None:
    asks = Group("all", (Requirement(FactKind.BADGE_HELD, "a"),))
    through = Group("all", (Requirement(FactKind.BADGE_HELD, "b"),))
    badges = [
        Achievement("a", "c", "A", "", "", None),
        Achievement("b", "c", "B", "", "", asks),
        Achievement("d", "c", "D", "", "", through),
        Achievement("e", "c", "E", "", "", None),
    ]
    assert [choice.value for choice in Choices.of([], badges, "a").badges] == ["e"]
    assert [choice.value for choice in Choices.of([], badges, "d").badges] == ["a", "b", "e"]


def test_only_what_the_course_has_is_offered() -> None:
    kinds = [kind.value for kind in Choices.of([ACTIVITIES[2]], []).kinds()]
    anywhere = ["course_grade", "badge_held", "manual_approval", "group"]
    rarely = ["course_completed", "external_fact", "evidence_approved"]
    assert kinds == ["module_completed", *anywhere, *rarely]


def test_only_what_the_platform_can_tell_is_offered() -> None:
    told = answerable(_registration(moodle_token="t"), [])
    kinds = [kind.value for kind in Choices.of(ACTIVITIES, [], told=told).kinds()]
    assert kinds == [
        "item_score",
        "item_completed",
        "module_completed",
        "course_grade",
        "badge_held",
        "manual_approval",
        "group",
        "module_share",
        "evidence_approved",
    ]
    assert answerable(_registration(), []) == frozenset(FactKind)
    assert FactKind.ITEM_SUBMISSION in answerable(_registration(), ["canvas_live_events"])


def test_a_canvas_that_is_read_and_a_table_tell_what_live_events_do_not() -> None:
    assert FactKind.MODULE_COMPLETION not in answerable(_registration(), ["canvas_live_events"])
    assert FactKind.MODULE_COMPLETION in answerable(_registration(), ["canvas_rest"])
    assert FactKind.ITEM_COMPLETION in answerable(_registration(), ["caliper"])
    assert FactKind.COURSE_GRADE not in answerable(_registration(), ["caliper"])
    assert FactKind.COURSE_GRADE in answerable(_registration(), ["caliper"], uploaded=True)


def _registration(**values: str) -> Registration:
    return Registration("r", "t", "LMS", "https://lms.example.edu", "c", "a", "b", "d", **values)


@given(trees())
def test_the_whole_language_survives_the_form(tree: Criteria) -> None:
    rule = tree if isinstance(tree, Group) else Group("all", (tree,))
    part = rule_form.from_criteria(rule)
    items_of = {"one": ITEMS, "two": ITEMS}
    again = rule_form.with_items(rule_form.read(rule_form.write(part)), items_of)
    assert criteria.parse(rule_form.to_json(again)) == rule
    rule_rows(again, CHOICES, problems(again, CHOICES))


def test_moving_into_a_group_and_out_again() -> None:
    rule = _rule(DONE, _rule(RulePart("manual_approval")))
    inside = rule_edits.apply(rule, "into:rule.0")
    assert inside.rule == _rule(_rule(RulePart("manual_approval"), DONE))
    assert inside.focus == "rule.0.1"
    outside = rule_edits.apply(inside.rule, "out:rule.0.1")
    assert outside.rule == _rule(_rule(RulePart("manual_approval")), DONE)
    assert (outside.focus, outside.said) == ("rule.1", "Moved out of the group.")


def _conditions(part: RulePart) -> list[RulePart]:
    if not part.is_group:
        return [part]
    return [leaf for child in part.parts for leaf in _conditions(child)]


@given(RULES)
def test_rows_count_as_the_rule_does(rule: Group) -> None:
    rows = rule_rows(rule_form.from_criteria(rule), CHOICES, ())

    def leaves(row: object) -> int:
        return sum(leaves(one) for one in row.parts) if row.part.is_group else 1  # type: ignore[attr-defined]

    assert leaves(rows) == len(list(requirements(rule)))
