"""Secrets that are derived, not stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.delivery.openid4vci.secrets import OfferSecrets

SECRETS = OfferSecrets(b"a" * 32)
IDS = st.text(min_size=1, max_size=40)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        OfferSecrets(b"a" * 31)


@given(IDS, IDS)
def test_each_offer_and_each_purpose_has_its_own(first: str, second: str) -> None:
    codes = {SECRETS.code(first), SECRETS.code(second)}
    assert len(codes) == len({first, second})
    assert SECRETS.code(first) == OfferSecrets(b"a" * 32).code(first)
    assert SECRETS.code(first) != OfferSecrets(b"b" * 32).code(first)
    assert SECRETS.notification_id(first) not in codes
    assert len(SECRETS.code(first)) == 43


@given(IDS, st.text(max_size=10), IDS, st.text(max_size=10))
def test_hashes_of_transaction_codes_do_not_collide_by_joining(id1: str, tx1: str, id2: str, tx2: str) -> None:
    same = SECRETS.tx_code_hash(id1, tx1) == SECRETS.tx_code_hash(id2, tx2)
    assert same == ((id1, tx1) == (id2, tx2))


def test_transaction_codes_are_six_digits() -> None:
    codes = {OfferSecrets.new_tx_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdecimal() and code.isascii() for code in codes)
    assert len(codes) > 150
