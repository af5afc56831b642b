"""Keys at rest: no plain text where a secret is set, and a way from one secret to the next."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore import ROTATED, KeyStore

SECRET, NEXT = b"a-secret-of-more-than-32-characters-x", b"the-next-of-more-than-32-characters-y"


def kids(store: KeyStore) -> dict[str, str]:
    return {purpose: store.active(purpose).kid for purpose in ROTATED}


def made(folder: Path, secret: bytes | None) -> KeyStore:
    store = KeyStore(folder / "keys", secret=secret)
    store.ensure()
    return store


def texts(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "keys").glob("*.pem")]


def refused(code: str, do: object) -> BadgeToolError:
    with pytest.raises(BadgeToolError) as caught:
        do()  # type: ignore[operator]
    assert caught.value.code == code
    assert SECRET.decode() not in str(caught.value)
    return caught.value


def test_new_keys_lie_encrypted_and_are_there_after_a_restart(tmp_path: Path) -> None:
    first = kids(made(tmp_path, SECRET))
    assert len(texts(tmp_path)) == len(ROTATED)
    for text in texts(tmp_path):
        assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert b"BEGIN PRIVATE KEY" not in text
    assert kids(KeyStore(tmp_path / "keys", secret=SECRET)) == first
    assert all(pair.encrypted for purpose in ROTATED for pair in made(tmp_path, SECRET).all(purpose))


@pytest.mark.parametrize(("secret", "code"), [(None, "keys.locked"), (NEXT, "keys.secret_wrong")])
def test_without_the_right_secret_it_says_so(secret: bytes | None, code: str, tmp_path: Path) -> None:
    made(tmp_path, SECRET)
    store = KeyStore(tmp_path / "keys", secret=secret)
    error = refused(code, lambda: store.active("lti"))
    assert "LTI_BADGES_KEY_ENCRYPTION_SECRET" in error.hint or "--old-secret-file" in error.hint
    refused(code, store.ensure)
    assert len(texts(tmp_path)) == len(ROTATED)  # and it makes no new ones in their place


def test_plain_keys_are_used_until_they_are_encrypted_and_are_the_same_afterwards(tmp_path: Path) -> None:
    first = kids(made(tmp_path, None))
    store = made(tmp_path, SECRET)
    assert kids(store) == first
    assert not store.active("lti").encrypted
    assert store.encrypt() == len(ROTATED)
    assert all(b"ENCRYPTED" in text for text in texts(tmp_path))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").glob("*.pem")} == {0o600}
    assert store.active("lti").encrypted
    assert kids(store) == kids(KeyStore(tmp_path / "keys", secret=SECRET)) == first
    assert store.encrypt() == 0


def test_the_secret_is_changed(tmp_path: Path) -> None:
    first = kids(made(tmp_path, SECRET))
    fresh = KeyStore(tmp_path / "keys", secret=NEXT)
    refused("keys.secret_wrong", fresh.encrypt)
    before = sorted(texts(tmp_path))
    refused("keys.secret_wrong", lambda: fresh.encrypt([b"another-old-one-of-32-characters-or-so"]))
    assert sorted(texts(tmp_path)) == before  # nothing is written before every key could be opened
    assert fresh.encrypt([SECRET]) == len(ROTATED)
    assert kids(KeyStore(tmp_path / "keys", secret=NEXT)) == first
    refused("keys.secret_wrong", lambda: KeyStore(tmp_path / "keys", secret=SECRET).active("lti"))


def test_a_change_that_was_broken_off_is_finished(tmp_path: Path) -> None:
    first = kids(made(tmp_path, SECRET))
    path = next((tmp_path / "keys").glob("lti.*.pem"))
    old = path.read_bytes()
    fresh = KeyStore(tmp_path / "keys", secret=NEXT)
    assert fresh.encrypt([SECRET]) == len(ROTATED)
    path.write_bytes(old)  # as if this one had not been reached
    assert KeyStore(tmp_path / "keys", secret=NEXT).encrypt([SECRET]) == 1
    assert kids(KeyStore(tmp_path / "keys", secret=NEXT)) == first


def test_nothing_is_encrypted_without_a_secret(tmp_path: Path) -> None:
    refused("keys.secret_missing", made(tmp_path, None).encrypt)


def test_a_damaged_encrypted_key_is_no_other_key(tmp_path: Path) -> None:
    made(tmp_path, SECRET)
    keys = {path.name.partition(".")[0]: path for path in (tmp_path / "keys").glob("*.pem")}
    keys["lti"].write_bytes(keys["credential-rsa"].read_bytes())
    refused("keys.damaged", lambda: KeyStore(tmp_path / "keys", secret=SECRET).active("lti"))
