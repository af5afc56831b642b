"""Other names of a person."""

from __future__ import annotations

import pytest

from lti_tool.domain.aliases import Alias, AliasKind, aliases_of, unambiguous

GLOBAL = "10000000000123"


def test_what_canvas_tells_of_a_person() -> None:
    custom = {"canvas_user_id": "123", "canvas_user_global_id": GLOBAL, "user_login_id": "ana", "context_id": "7"}
    found = {(alias.kind, alias.value) for alias in aliases_of(custom, lti11_user_id="f" * 40, sis_user_id="S-9")}
    assert found == {
        (AliasKind.LMS_USER_ID, "123"),
        (AliasKind.LMS_GLOBAL_USER_ID, GLOBAL),
        (AliasKind.LOGIN, "ana"),
        (AliasKind.SIS_USER_ID, "S-9"),
        (AliasKind.LTI11_USER_ID, "f" * 40),
    }


@pytest.mark.parametrize("value", ["$Canvas.user.id", "$User.id", "", " ", "x" * 256, "a\0b", " padded"])
def test_what_is_no_value_is_no_alias(value: str) -> None:
    assert aliases_of({"user_id": value, "user_username": value}, lti11_user_id=value, sis_user_id=value) == ()


@pytest.mark.parametrize(
    ("custom", "expected"),
    [
        # Only the global number is told: the local one is worked out, and known to be no more than that.
        ({"user_global_id": GLOBAL}, {("lms_global_user_id", GLOBAL, True), ("lms_user_id", "123", False)}),
        # A person of another shard: her local number would be somebody else's here.
        (
            {"user_id": "20000000000123", "user_global_id": "20000000000123"},
            {("lms_user_id", "20000000000123", True), ("lms_global_user_id", "20000000000123", True)},
        ),
        ({"user_id": GLOBAL}, {("lms_user_id", GLOBAL, True), ("lms_global_user_id", GLOBAL, False)}),
        ({"user_id": "18"}, {("lms_user_id", "18", True)}),
        ({"user_id": "٣" * 15}, {("lms_user_id", "٣" * 15, True)}),
    ],
)
def test_numbers_of_shards(custom: dict[str, str], expected: set[tuple[str, str, bool]]) -> None:
    assert {(alias.kind.value, alias.value, alias.is_told) for alias in aliases_of(custom)} == expected


def test_a_name_that_two_bear_tells_nobody_apart() -> None:
    shared, own = Alias(AliasKind.LOGIN, "guest"), Alias(AliasKind.LMS_USER_ID, "5")
    assert unambiguous([("a", shared), ("b", shared), ("b", own), ("b", own)]) == [("b", own), ("b", own)]
