"""Values of a registration by hand: plain http only where the operator allowed it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.platform_values import ADDRESSES, PlatformValues, problems
from lti_tool.http.addresses import AddressPolicy

GOOD = PlatformValues(
    "Our LMS",
    "https://lms.example",
    "client-1",
    "https://lms.example/a",
    "https://lms.example/t",
    "https://lms.example/k",
)
NOBODY = AddressPolicy().trusts


def test_good_values_have_no_problem() -> None:
    assert problems(GOOD, NOBODY) == {}


@pytest.mark.parametrize("field", ADDRESSES)
def test_plain_http_needs_the_development_setting(field: str) -> None:
    values = replace(GOOD, **{field: "http://localhost:8089/x"})
    assert "allowed_private_hosts" in problems(values, NOBODY)[field]
    assert problems(values, AddressPolicy(frozenset({"localhost:8089"})).trusts) == {}
    assert field in problems(values, AddressPolicy(frozenset({"localhost:8090"})).trusts)


@given(st.sampled_from(ADDRESSES), st.text(max_size=40))
def test_what_passes_is_a_web_address(field: str, text: str) -> None:
    values = replace(GOOD, **{field: text})
    if field not in problems(values, NOBODY):
        assert text.startswith("https://")
        assert not set(text) & set(' "<>\\`\n\t\x00')
