"""lti-badges keys on a disk: what an operator does, and what then lies there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli.main import cli

SECRET, NEXT = "a-secret-of-more-than-32-characters-x", "the-next-of-more-than-32-characters-y"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_BADGES_KEYS_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("LTI_BADGES_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LTI_BADGES_DATABASE_URL", "")
    monkeypatch.delenv("LTI_BADGES_KEY_ENCRYPTION_SECRET", raising=False)


def run(*words: str, fails: str = "") -> Result:
    ran = CliRunner().invoke(cli, words)
    if fails:
        assert getattr(ran.exception, "code", "") == fails, ran.output
    else:
        assert ran.exit_code == 0, (ran.output, ran.exception)
    return ran


def listed() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run("keys", "list", "--json").stdout)
    return found


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "keys").rglob("*.pem"))


def test_list_tells_what_signs_and_what_waits() -> None:
    run("db", "upgrade")
    run("keys", "ensure")
    run("keys", "rotate", "lti")
    states = sorted((row["purpose"], row["state"]) for row in listed())
    assert states == [
        ("credential-ed25519", "signing"),
        ("credential-es256", "signing"),
        ("credential-p256", "signing"),
        ("credential-rsa", "signing"),
        ("lti", "signing"),
        ("lti", "waiting"),
    ]
    run("keys", "rotate", "lti", "--now")
    signing = [row for row in listed() if row["purpose"] == "lti" and row["state"] == "signing"]
    assert len(signing) == 1
    lines = run("keys", "list").stdout.splitlines()
    assert len(lines) == 7
    assert all("not encrypted" in line for line in lines)
    run("keys", "retire", signing[0]["kid"], fails="keys.still_needed")
    for unknown in ("nothing", "-C7xvWPLMlT_YVkjK5RhHGmGhBJLr6rpijaULQynemg", "-hLt", "--x_y"):
        run("keys", "retire", unknown, fails="keys.unknown")


def test_a_secret_is_set_and_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "upgrade")
    before = {row["kid"] for row in listed()}
    run("keys", "encrypt", fails="keys.secret_missing")
    assert b"BEGIN PRIVATE KEY" in on_disk(tmp_path)
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET", SECRET)
    assert "5 keys written" in run("keys", "encrypt").stdout
    assert b"BEGIN PRIVATE KEY" not in on_disk(tmp_path)
    assert {row["kid"] for row in listed()} == before
    assert all(row["encrypted"] for row in listed())
    run("keys", "rotate", "credential-ed25519")
    assert b"BEGIN PRIVATE KEY" not in on_disk(tmp_path)

    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text(SECRET + "\n")
    new.write_text(f" {NEXT}\n")
    monkeypatch.delenv("LTI_BADGES_KEY_ENCRYPTION_SECRET")
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET_FILE", str(new))
    run("keys", "list", fails="keys.secret_wrong")
    run("keys", "encrypt", "--old-secret-file", str(old))
    assert before < {row["kid"] for row in listed()}


def test_the_doctor_names_the_wrong_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET", SECRET)
    run("db", "upgrade")
    assert CliRunner().invoke(cli, ["doctor"]).exit_code == 0
    monkeypatch.setenv("LTI_BADGES_KEY_ENCRYPTION_SECRET", NEXT)
    ran = CliRunner().invoke(cli, ["doctor"])
    assert ran.exit_code == 1
    assert "cannot be opened with this key-encryption secret" in ran.output
    assert SECRET not in ran.output
    assert NEXT not in ran.output


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"KEY_ENCRYPTION_SECRET": "too short"}, "at least 32 characters"),
        ({"KEY_ENCRYPTION_SECRET_FILE": "/nowhere/at/all"}, "No such file"),
        ({"KEY_ENCRYPTION_SECRET": SECRET, "KEY_ENCRYPTION_SECRET_FILE": "/nowhere"}, "not both"),
    ],
)
def test_a_secret_that_cannot_be_used_is_one_line(environment: dict[str, str], told: str, tmp_path: Path) -> None:
    keys = {"LTI_BADGES_KEYS_DIR": str(tmp_path / "keys"), "LTI_BADGES_DATA_DIR": str(tmp_path / "data")}
    given = {f"LTI_BADGES_{name}": value for name, value in environment.items()}
    ran = subprocess.run(
        [sys.executable, "-m", "lti_tool.cli", "keys", "ensure"],
        env=keys | given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert told in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert "too short" not in ran.stderr
    assert SECRET not in ran.stderr
