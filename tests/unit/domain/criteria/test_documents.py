"""Criteria as JSON: every tree comes back, the published schema agrees, and what is wrong is named by its place."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.criteria import (
    LEAF_TYPES,
    MAX_DEPTH,
    SCHEMA_ID,
    CriteriaError,
    from_document,
    parse,
    schema_text,
    to_document,
    to_json,
)
from lti_tool.domain.criteria.tree import GRADES, JOINERS, TAKES
from tests.factories.criteria_trees import trees

SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DONE = {"type": "item_completed", "item": "essay"}


def document(tree: object) -> dict[str, object]:
    return {"version": 2, "criteria": tree}


@MANY
@given(trees())
def test_every_tree_comes_back_from_its_document_and_fits_the_schema(tree):
    stored = json.loads(json.dumps(to_document(tree)))
    assert from_document(stored, strict=True) == tree
    assert to_document(from_document(stored)) == stored
    VALIDATOR.validate(stored)


def test_a_tree_of_version_1_is_still_read():
    # As it stands in databases of version 0.1: without a version, and with the unit always written.
    stored = {
        "type": "at_least",
        "count": 1,
        "parts": [
            {"type": "item_score", "item": "q", "minimum": 80.0, "unit": "percent"},
            {"type": "course_grade", "minimum": 70.0, "unit": "points"},
            {"type": "badge_held", "achievement": "b"},
            {"type": "manual_approval"},
        ],
    }
    assert from_document(stored) == from_document(document(stored), strict=True)


def test_the_schema_names_all_that_the_language_has():
    named = SCHEMA["$defs"]["part"]["properties"]["type"]["enum"]
    assert sorted(named) == sorted([*LEAF_TYPES, *JOINERS])
    assert SCHEMA["$id"] == SCHEMA_ID
    assert set(SCHEMA["$defs"]["item_score"]["properties"]["take"]["enum"]) == set(TAKES)
    assert set(SCHEMA["$defs"]["course_grade"]["properties"]["grade"]["enum"]) == set(GRADES)
    for name, leaf in LEAF_TYPES.items():
        assert leaf.asks <= set(SCHEMA["$defs"][name]["properties"])


def nested(depth: int) -> dict[str, object]:
    tree: dict[str, object] = DONE
    for _ in range(depth):
        tree = {"type": "all", "parts": [tree]}
    return tree


BAD = {
    "no tree": (7, "", "criteria.invalid"),
    "no kind": ({"type": "all", "parts": [DONE, {"type": "sleep"}]}, "/parts/1", "criteria.invalid"),
    "deep in it": (
        {"type": "all", "parts": [DONE, {"type": "any", "parts": [{"type": "item_score", "item": "q"}]}]},
        "/parts/1/parts/0",
        "criteria.invalid",
    ),
    "misspelt": ({"type": "item_completed", "item": "q", "itm": "x"}, "", "criteria.invalid"),
    "misspelt in a group": ({"type": "all", "parts": [DONE], "cout": 1}, "", "criteria.invalid"),
    "parts no list": ({"type": "all", "parts": {"0": DONE}}, "", "criteria.invalid"),
    "not of two": ({"type": "not", "parts": [DONE, DONE]}, "", "criteria.invalid"),
    "all optional": ({"type": "all", "parts": [DONE | {"optional": True}]}, "", "criteria.invalid"),
    "optional among any": ({"type": "any", "parts": [DONE, DONE | {"optional": True}]}, "", "criteria.invalid"),
    "more credits than offered": (
        {"type": "all", "parts": [{"type": "credits", "total": 3.5, "parts": [DONE | {"credits": 3}]}]},
        "/parts/0",
        "criteria.credits_short",
    ),
    "no credits": ({"type": "credits", "parts": [DONE]}, "", "criteria.invalid"),
    "letter without scale": ({"type": "item_score", "item": "q", "letter": "B"}, "", "criteria.invalid"),
    "letter off the scale": (
        {"type": "item_score", "item": "q", "letter": "B", "scale": ["F", "A"]},
        "",
        "criteria.invalid",
    ),
    "letter and number": (
        {"type": "item_score", "item": "q", "letter": "A", "scale": ["F", "A"], "minimum": 5},
        "",
        "criteria.invalid",
    ),
    "scale that repeats": (
        {"type": "item_score", "item": "q", "letter": "A", "scale": ["A", "a"]},
        "",
        "criteria.invalid",
    ),
    "average of letters": (
        {"type": "item_score", "item": "q", "letter": "A", "scale": ["F", "A"], "take": "average"},
        "",
        "criteria.invalid",
    ),
    "unknown attempt": ({"type": "item_score", "item": "q", "minimum": 5, "take": "first"}, "", "criteria.invalid"),
    "share of nothing": ({"type": "module_share", "module": "m", "minimum": 50}, "", "criteria.invalid"),
    "share twice the same": (
        {"type": "module_share", "module": "m", "minimum": 50, "items": ["a", "a"]},
        "",
        "criteria.invalid",
    ),
    "rubric too short": (
        {"type": "evidence_approved", "evidence": "p", "rubric": [{"name": "x", "points": 5}], "minimum": 6},
        "",
        "criteria.unreachable",
    ),
    **{
        f"rubric with {name}": (
            {"type": "evidence_approved", "evidence": "p", "rubric": [row]},
            "",
            "criteria.invalid",
        )
        for name, row in {
            "one level": {"name": "x", "levels": [{"name": "a", "points": 1}]},
            "two levels of one name": {"name": "x", "levels": [{"name": "a", "points": 0}, {"name": "A", "points": 1}]},
            "levels that fall": {"name": "x", "levels": [{"name": "a", "points": 2}, {"name": "b", "points": 1}]},
            "a level without points": {"name": "x", "levels": [{"name": "a"}, {"name": "b", "points": 1}]},
            "other points than its levels": {
                "name": "x",
                "points": 9,
                "levels": [{"name": "a", "points": 0}, {"name": "b", "points": 1}],
            },
            "a need of nothing": {"name": "x", "points": 5, "needs": "a"},
            "levels that are none": {"name": "x", "points": 5, "levels": "abc"},
        }.items()
    },
    "evidence of nothing": ({"type": "evidence_approved"}, "", "criteria.invalid"),
    "skill without address": (DONE | {"skill": {"name": "x"}}, "", "criteria.invalid"),
    "skill by script": (DONE | {"skill": {"name": "x", "uri": "javascript:alert(1)"}}, "", "criteria.invalid"),
    "skill of no framework": (
        DONE | {"skill": {"name": "x", "uri": "https://e.org", "kind": "mine"}},
        "",
        "criteria.invalid",
    ),
    "time without zone": (DONE | {"window": {"from": "2026-09-01T00:00:00"}}, "", "criteria.invalid"),
    "no time": (DONE | {"window": {"from": "soon"}}, "", "criteria.invalid"),
    "window that ends first": (
        DONE | {"window": {"from": "2026-09-02T00:00:00Z", "until": "2026-09-01T00:00:00Z"}},
        "",
        "criteria.invalid",
    ),
    "since a whim": (DONE | {"window": {"since": "easter"}}, "", "criteria.invalid"),
    "text over two lines": ({"type": "item_completed", "item": "a\nb"}, "", "criteria.invalid"),
    "weight of nothing": (DONE | {"credits": 0}, "", "criteria.invalid"),
    "groups no list": (DONE | {"only_for": "red"}, "", "criteria.invalid"),
    "true as a number": ({"type": "item_score", "item": "q", "minimum": True}, "", "criteria.invalid"),
    "too deep": (nested(MAX_DEPTH + 1), "/parts/0" * (MAX_DEPTH + 1), "criteria.too_deep"),
    "too large": (
        {"type": "all", "parts": [{"type": "all", "parts": [DONE] * 50}] * 10},
        "/parts/9/parts/39",
        "criteria.too_large",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_refused_with_its_place(name):
    tree, path, code = BAD[name]
    with pytest.raises(CriteriaError) as refused:
        from_document(document(tree), strict=True)
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize("version", [0, 3, "2", None, True, 10**9])
def test_a_version_that_is_not_known_is_refused_and_not_guessed_at(version):
    with pytest.raises(CriteriaError) as refused:
        from_document({"version": version, "criteria": DONE})
    assert refused.value.code == "criteria.version_unknown"


def test_twelve_groups_deep_is_allowed():
    assert to_json(parse(nested(MAX_DEPTH))) == nested(MAX_DEPTH)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type", "parts", "item", "minimum", "unit", "count", "total", "letter", "scale", "window", "from",
                    "since", "skill", "uri", "name", "rubric", "points", "levels", "needs",
                    "only_for", "credits", "version", "criteria",
                ]
            ),
            inner | st.sampled_from([*LEAF_TYPES, *JOINERS, "enrolment"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@MANY
@given(any_json)
def test_whatever_is_sent_is_a_tree_or_a_refusal_and_what_is_taken_fits_the_schema(value):
    try:
        tree = from_document(value, strict=True)
    except CriteriaError:
        return
    VALIDATOR.validate(to_document(tree))
