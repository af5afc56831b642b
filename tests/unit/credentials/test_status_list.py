"""Bitstring Status List: the bits, their text, and the credential around them."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.credentials.keys_text import b64url
from lti_tool.credentials.status_list import LIST_SIZE, decode, encode, is_set, require_status_list
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import LIST_URL, Issuer


@given(st.sets(st.integers(0, LIST_SIZE - 1), max_size=50), st.integers(0, LIST_SIZE - 1))
@settings(max_examples=50)
def test_exactly_the_given_entries_are_set(indexes: set[int], other: int) -> None:
    bits = decode(encode(indexes))
    assert all(is_set(bits, index) for index in indexes)
    assert is_set(bits, other) == (other in indexes)
    assert sum(byte.bit_count() for byte in bits) == len(indexes)


def test_entry_zero_is_the_left_most_bit() -> None:
    bits = decode(encode({0, 9}))
    assert bits[:2] == bytes([0b1000_0000, 0b0100_0000])
    assert len(bits) == 16384


def test_the_text_depends_on_the_entries_only() -> None:
    assert encode([5, 70000]) == encode({70000, 5})


@pytest.mark.parametrize("index", [-1, LIST_SIZE])
def test_a_place_outside_the_list_is_refused(index: int) -> None:
    with pytest.raises(BadgeToolError, match="index_out_of_range"):
        encode({index})
    with pytest.raises(BadgeToolError, match="index_out_of_range"):
        is_set(decode(encode(())), index)


def test_a_short_list_is_neither_written_nor_read() -> None:
    with pytest.raises(BadgeToolError, match="list_too_short"):
        encode((), LIST_SIZE - 8)
    with pytest.raises(BadgeToolError, match="list_unreadable"):
        decode("u" + b64url(gzip.compress(bytes(LIST_SIZE // 8 - 1))))


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "z" + encode(())[1:],
        "u!!!",
        "u" + b64url(b"not gzip"),
        encode(())[:-8],
        "u" + b64url(gzip.compress(bytes(64 * 1024 * 1024), compresslevel=1)),
    ],
    ids=["empty", "other base", "not base64", "not gzip", "cut off", "bomb"],
)
def test_a_damaged_list_is_refused(encoded: str) -> None:
    with pytest.raises(BadgeToolError, match="list_unreadable"):
        decode(encoded)


def test_only_the_list_that_is_meant_is_taken() -> None:
    issuer = Issuer()
    document = issuer.status_list(7)
    meant = {"list_url": LIST_URL, "issuer_id": issuer.did, "purpose": "revocation"}
    assert is_set(decode(require_status_list(document, **meant)), 7)
    for changed in ({"list_url": LIST_URL + "0"}, {"issuer_id": "did:web:x"}, {"purpose": "suspension"}):
        with pytest.raises(BadgeToolError, match="list_foreign"):
            require_status_list(document, **{**meant, **changed})
    with pytest.raises(BadgeToolError, match="list_unreadable"):
        require_status_list({**document, "type": ["VerifiableCredential"]}, **meant)
