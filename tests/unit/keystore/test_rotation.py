"""A key is published before it signs, and leaves after its last signature has been used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore import OVERLAP, KeyStore

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FixedClock:
    time = NOON

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> KeyStore:
    made = KeyStore(tmp_path / "keys", clock)
    made.ensure()
    return made


def listed(store: KeyStore) -> set[str]:
    return {key["kid"] for key in store.jwks("lti")["keys"]}


def test_the_overlap_is_longer_than_our_key_set_may_be_kept() -> None:
    assert timedelta(seconds=600) < OVERLAP


def test_a_new_key_is_listed_at_once_and_signs_later(store: KeyStore, clock: FixedClock) -> None:
    old, new = store.active("lti").kid, store.rotate("lti").kid
    for moment in (NOON, NOON + OVERLAP - timedelta(seconds=1)):
        clock.time = moment
        assert listed(store) == {old, new}
        assert store.active("lti").kid == old
    clock.time = NOON + OVERLAP
    assert store.active("lti").kid == new
    assert listed(store) == {old, new}


def test_after_a_theft_the_new_key_signs_at_once(store: KeyStore, clock: FixedClock) -> None:
    waiting = store.rotate("lti").kid
    clock.time = NOON + timedelta(minutes=1)
    at_once = store.rotate("lti", timedelta(0)).kid
    assert store.active("lti").kid == at_once
    clock.time = NOON + OVERLAP
    assert store.active("lti").kid == waiting


def test_a_key_leaves_when_nothing_it_signed_is_under_way(store: KeyStore, clock: FixedClock, tmp_path: Path) -> None:
    old, new = store.active("lti").kid, store.rotate("lti").kid
    other = KeyStore(tmp_path / "keys", clock)
    assert {pair.kid for pair in other.all("lti")} == {old, new}

    def still_needed(kid: str) -> None:
        with pytest.raises(BadgeToolError) as refused:
            store.retire("lti", kid)
        assert refused.value.code == "keys.still_needed"
        assert listed(store) == {old, new}

    still_needed(old)
    still_needed(new)
    clock.time = NOON + OVERLAP + timedelta(minutes=1)
    still_needed(old)  # a minute ago it signed
    still_needed(new)
    clock.time = NOON + 2 * OVERLAP
    store.retire("lti", old)
    assert listed(store) == {new}
    assert {pair.kid for pair in other.all("lti")} == {new}  # another process follows at once
    assert not list((tmp_path / "keys").glob(f"*{old}*"))
    with pytest.raises(BadgeToolError, match=r"keys\.still_needed"):
        store.retire("lti", new)


def test_what_is_not_there_cannot_be_retired(store: KeyStore) -> None:
    with pytest.raises(BadgeToolError) as refused:
        store.retire("lti", store.active("credential-rsa").kid)
    assert refused.value.code == "keys.unknown"


def test_a_key_that_vanishes_while_the_set_is_made_is_left_out(store: KeyStore, tmp_path: Path) -> None:
    store.rotate("lti")
    fresh = KeyStore(tmp_path / "keys")
    real = fresh._pair

    def vanishing(file):  # type: ignore[no-untyped-def]
        if file.signs_from > NOON:
            file.path.unlink(missing_ok=True)
        return real(file)

    fresh._pair = vanishing  # type: ignore[method-assign]
    assert len(fresh.all("lti")) == 1
