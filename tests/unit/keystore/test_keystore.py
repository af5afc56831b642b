"""Keys are made once, read by their owner only, and never lost by a rotation."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import base58
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore import ROTATED, KeyStore, public_jwk

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


class FixedClock:
    def __init__(self) -> None:
        self.time = NOON

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


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_missing_is_made_and_kept(store: KeyStore, tmp_path: Path) -> None:
    before = {purpose: store.active(purpose).kid for purpose in ROTATED}
    assert isinstance(store.active("lti").private_key, RSAPrivateKey)
    assert store.active("lti").private_key.key_size == 2048
    assert isinstance(store.active("credential-rsa").private_key, RSAPrivateKey)
    assert isinstance(store.active("credential-ed25519").private_key, Ed25519PrivateKey)
    assert len(set(before.values())) == len(ROTATED)
    again = KeyStore(tmp_path / "keys")
    again.ensure()
    assert {purpose: again.active(purpose).kid for purpose in ROTATED} == before
    assert again.active("lti").created_at == NOON


def test_nobody_else_can_read_directory_or_keys(tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    directory.mkdir(mode=0o755)
    (directory / "README.md").write_text("hello")
    before = os.umask(0)
    try:
        KeyStore(directory).ensure()
    finally:
        os.umask(before)
    assert _mode(directory) == 0o700
    keys = list(directory.glob("*.pem"))
    assert len(keys) == len(ROTATED)
    assert [_mode(key) for key in keys] == [0o600] * len(ROTATED)
    assert not list(directory.glob(".*.new"))


def test_a_file_is_named_after_purpose_and_kid(store: KeyStore, tmp_path: Path) -> None:
    kid = store.active("lti").kid
    assert (tmp_path / "keys" / f"lti.20260302T120000123456Z.{kid}.pem").is_file()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_can_read_is_refused(mode: int, store: KeyStore, tmp_path: Path) -> None:
    (path,) = (tmp_path / "keys").glob("lti.*.pem")
    path.chmod(mode)
    fresh = KeyStore(tmp_path / "keys")
    for use in (lambda: fresh.active("lti"), fresh.ensure):
        with pytest.raises(BadgeToolError) as refused:
            use()
        assert refused.value.code == "keys.permissions"
    assert fresh.active("credential-rsa").kid == store.active("credential-rsa").kid


def test_a_key_of_another_user_is_refused(store: KeyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = (tmp_path / "keys").glob("lti.*.pem")
    if path.stat().st_uid == 0:  # root's files are accepted, as that is how secrets are mounted
        os.chown(path, 12_345, -1)
    other = path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(BadgeToolError) as refused:
        KeyStore(tmp_path / "keys").active("lti")
    assert refused.value.code == "keys.permissions"


def test_rotation_adds_and_keeps(store: KeyStore, clock: FixedClock) -> None:
    first = store.active("lti")
    clock.time = NOON + timedelta(days=90)
    second = store.rotate("lti", timedelta(0))
    clock.time = NOON - timedelta(days=1)  # the machine's clock was set back
    third = store.rotate("lti", timedelta(0))
    assert [pair.kid for pair in store.all("lti")] == [third.kid, second.kid, first.kid]
    assert store.active("lti") == third
    assert third.created_at > second.created_at
    assert len(store.all("credential-rsa")) == 1
    assert [key["kid"] for key in store.jwks("lti")["keys"]] == [third.kid, second.kid, first.kid]


def test_another_process_sees_a_rotation_at_once(store: KeyStore, tmp_path: Path) -> None:
    other = KeyStore(tmp_path / "keys")
    assert other.active("lti").kid == store.active("lti").kid
    assert store.rotate("lti", timedelta(0)).kid == other.active("lti").kid


def test_kids_are_what_the_standards_say(store: KeyStore) -> None:
    jwk = public_jwk(store.active("lti"))
    canonical = json.dumps({"e": jwk["e"], "kty": "RSA", "n": jwk["n"]}, separators=(",", ":")).encode()
    assert jwk["kid"] == urlsafe_b64encode(hashlib.sha256(canonical).digest()).decode().rstrip("=")
    pair = store.active("credential-ed25519")
    assert pair.kid.startswith("z6Mk")
    assert base58.b58decode(pair.kid[1:]) == b"\xed\x01" + pair.private_key.public_key().public_bytes_raw()
    proofs, tokens = store.active("credential-p256"), store.active("credential-es256")
    point = proofs.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert proofs.kid.startswith("zDn")
    assert base58.b58decode(proofs.kid[1:]) == b"\x80\x24" + point
    jwk = public_jwk(tokens)
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":")).encode()
    assert tokens.kid == urlsafe_b64encode(hashlib.sha256(canonical).digest()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("purpose", "algorithm"), [("lti", "RS256"), ("credential-ed25519", "EdDSA"), ("credential-es256", "ES256")]
)
def test_the_published_key_verifies_and_holds_nothing_private(purpose: str, algorithm: str, store: KeyStore) -> None:
    token = jwt.encode({"a": 1}, store.active(purpose).private_key, algorithm=algorithm)
    published = store.jwks(purpose)
    assert jwt.decode(token, jwt.PyJWKSet.from_dict(published).keys[0].key, algorithms=[algorithm]) == {"a": 1}
    assert set(published["keys"][0]) <= {"kty", "n", "e", "crv", "x", "y", "kid", "use", "alg"}
    assert "PRIVATE" not in repr(store.active(purpose))
    assert "private_key" not in repr(store.active(purpose))


@pytest.mark.parametrize("damage", ["nonsense", "other_key", "wrong_kind", "empty"])
def test_a_file_that_is_not_what_its_name_says_is_refused(damage: str, store: KeyStore, tmp_path: Path) -> None:
    directory = tmp_path / "keys"
    (path,) = directory.glob("lti.*.pem")
    (rsa,) = directory.glob("credential-rsa.*.pem")
    (ed25519,) = directory.glob("credential-ed25519.*.pem")
    contents = {"nonsense": b"x", "empty": b"", "other_key": rsa.read_bytes(), "wrong_kind": ed25519.read_bytes()}
    path.write_bytes(contents[damage])
    with pytest.raises(BadgeToolError) as refused:
        KeyStore(directory).active("lti")
    assert refused.value.code == "keys.damaged"


def test_missing_and_unknown_have_codes(tmp_path: Path) -> None:
    empty = KeyStore(tmp_path / "nowhere")
    assert empty.all("lti") == []
    with pytest.raises(BadgeToolError) as refused:
        empty.active("lti")
    assert refused.value.code == "keys.missing"
    with pytest.raises(BadgeToolError) as refused:
        empty.rotate("../../etc")
    assert refused.value.code == "keys.unknown_purpose"


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from lti_tool.keystore import KeyStore, ROTATED; "
        "sys.stdin.readline(); store = KeyStore(Path(sys.argv[1])); store.ensure(); "
        "print([store.active(purpose).kid for purpose in ROTATED])"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "keys")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    printed = {starter.communicate(timeout=60)[0] for starter in starters}
    assert len(printed) == 1
    assert "z6Mk" in printed.pop()
    assert len(list((tmp_path / "keys").glob("*.pem"))) == len(ROTATED)
