"""Canvas's numbers, told in several forms, are one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.aliases import SHARD, aliases_of
from lti_tool.domain.canvas_ids import (
    assignment_target,
    local_form,
    module_item_target,
    module_target,
    number_of,
    person_name,
    shard_of,
)
from lti_tool.domain.errors import BadgeToolError

shards = st.integers(1, 99_999)
locals_ = st.integers(1, SHARD - 1)


@given(shards, locals_)
def test_every_form_of_a_number_is_one(shard: int, number: int) -> None:
    whole = shard * SHARD + number
    forms = [whole, str(whole), f"{shard}~{number}", f"urn:instructure:canvas:user:{whole}"]
    assert {number_of(form) for form in forms} == {whole}
    assert {local_form(form) for form in [*forms, number, str(number)]} == {str(number)}
    assert {shard_of(None, number, form) for form in forms} == {shard}
    assert {person_name(form, shard) for form in [*forms, number]} == {("lms_user_id", str(number))}


@given(shards, shards, locals_)
def test_a_person_of_another_shard_is_never_taken_for_a_neighbour(home: int, other: int, number: int) -> None:
    told = other * SHARD + number
    assert (person_name(told, home) == person_name(number, home)) == (home == other)
    assert person_name(told, None) == ("lms_global_user_id", str(told))


@pytest.mark.parametrize(
    ("shard", "custom"),
    [
        # Of the account's own shard, with and without the global number; of another shard, in both ways of telling it.
        (2107, {"canvas_user_id": "48", "canvas_user_global_id": "21070000000000048"}),
        (2107, {"canvas_user_id": "48"}),
        (2107, {"canvas_user_global_id": "21070000000000048"}),
        (1012, {"canvas_user_id": "21070000000000048", "canvas_user_global_id": "21070000000000048"}),
        (1012, {"canvas_user_id": "21070000000000048"}),
    ],
)
def test_an_event_meets_the_person_of_whom_a_launch_told(shard: int, custom: dict[str, str]) -> None:
    assert person_name("21070000000000048", shard) in {alias.key for alias in aliases_of(custom)}


def test_the_shard_is_that_of_the_first_global_number() -> None:
    assert shard_of("565", "21070000000000565", "10120000000000001") == 2107
    assert shard_of("565", None) is None


def test_assignments_modules_and_module_items_are_counted_apart() -> None:
    names = {assignment_target("14"), module_target(14), module_item_target("21070000000000014")}
    assert names == {"assignment-14", "module-14", "item-14"}


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1, 1.5, "", "0", "20000000000000", "-1", "1.5", "٣", " 1", "1~", "~1", "9" * 19, "urn:x:user:1"],
)
def test_what_is_no_number_of_canvas_is_refused(value: Any) -> None:
    with pytest.raises(BadgeToolError, match=r"event\.malformed"):
        number_of(value)
