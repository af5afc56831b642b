"""The whole tool with a key-encryption secret: what lies on its disk, and that it works after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.bootstrap.house import assemble
from lti_tool.keystore import ROTATED
from lti_tool.settings import Settings
from tests.functional.diagnosis.stage import Stage, staged

SECRET = "a-secret-of-more-than-32-characters-x"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET_FILE", str(secret))
    with staged(tmp_path, f"sqlite:///{tmp_path / 'tool.sqlite3'}", monkeypatch) as made:
        made.connect()
        yield made


def test_nothing_secret_is_readable_and_everything_works(stage: Stage, tmp_path: Path) -> None:
    stage.change(moodle_url="https://moodle.example.edu", moodle_token="a-token-of-moodle")
    held = stage.registration
    assert held.webhook_secret.startswith("whsec_")
    assert stage.launch().status_code == 303
    stage.work()
    restarted = assemble(Settings())  # another process, with nothing kept in memory
    with restarted.transactions(write=False) as unit:
        assert unit.registrations.get(held.id) is not None
        again = unit.registrations.get(held.id)
    assert again is not None
    assert (again.webhook_secret, again.moodle_token) == (held.webhook_secret, "a-token-of-moodle")
    assert restarted.key_store.active("lti").kid == stage.house.key_store.active("lti").kid
    restarted.engine.dispose()
    files = [path for folder in ("keys", "data") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    files += tmp_path.glob("tool.sqlite3*")
    assert len([path for path in files if path.suffix == ".pem"]) == len(ROTATED)
    for path in files:
        content = path.read_bytes()
        for secret in (b"BEGIN PRIVATE KEY", b"a-token-of-moodle", held.webhook_secret.encode(), SECRET.encode()):
            assert secret not in content, path
    _, lines, document = stage.doctor()
    assert lines["token"]["light"] == "green"
    assert SECRET not in str(document)
