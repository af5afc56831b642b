"""Keys by the environment: the same as the files they were made of, and nothing is written."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.bootstrap.house import assemble
from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore import ROTATED, EnvironmentKeys, KeyStore
from lti_tool.settings import Settings
from tests.factories.house import HandClock

SECRET = b"a secret of this test, long enough for it"


def content_of(folder: Path) -> str:
    return json.dumps({path.name: path.read_text() for path in folder.glob("*.pem")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "made"


def test_they_are_those_of_the_files(folder: Path) -> None:
    clock = HandClock()
    files = KeyStore(folder, clock, SECRET)
    files.ensure()
    files.rotate("credential-ed25519")
    keys = EnvironmentKeys(content_of(folder), clock, SECRET)
    keys.ensure()
    for _ in range(2):
        for purpose in ROTATED:
            assert keys.all(purpose) == files.all(purpose)
            assert keys.active(purpose).kid == files.active(purpose).kid
            assert keys.jwks(purpose) == files.jwks(purpose)
        signed = keys.active("credential-ed25519").private_key.sign(b"a badge")
        assert signed == files.active("credential-ed25519").private_key.sign(b"a badge")
        clock.pass_time(minutes=20)  # from now on the new one signs


def test_they_are_changed_where_they_are_made(folder: Path) -> None:
    KeyStore(folder).ensure()
    keys = EnvironmentKeys(content_of(folder), HandClock())
    kid = keys.active("lti").kid
    for change in (lambda: keys.rotate("lti", timedelta(0)), lambda: keys.retire("lti", kid), keys.encrypt):
        with pytest.raises(BadgeToolError, match=r"keys\.elsewhere"):
            change()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "no JSON"),
        ("[]", "no object"),
        ('{"lti": 7}', "no object"),
        ('{"lti.pem": "x"}', "no key file"),
        ('{"lti.20260101T000000000000Z.abcdefghijklmnopqrstuvwx.pem": "x"}', "holds no such key"),
        ("{}", "There is no key for lti"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_keys(text: str, says: str) -> None:
    with pytest.raises(BadgeToolError, match=r"keys\.environment") as refused:
        EnvironmentKeys(text, HandClock()).ensure()
    assert says in refused.value.message


def test_a_house_signs_with_them_and_writes_none(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeyStore(folder, secret=SECRET).ensure()
    monkeypatch.setenv("LTI_BADGES_PRIVATE_KEYS", content_of(folder))
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET", SECRET.decode())
    settings = Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys")
    assert "PRIVATE KEY" not in repr(settings)
    house = assemble(settings)
    house.prepare()
    assert house.key_store.active("credential-rsa").kid == KeyStore(folder, secret=SECRET).active("credential-rsa").kid
    assert not list((tmp_path / "keys").glob("*.pem"))
    house.engine.dispose()
