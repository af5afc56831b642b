"""lti-badges endorsement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lti_tool.cli.main import cli
from tests.services.databases import SqliteDatabases


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def test_one_issuer_endorses_another_and_takes_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_databases: SqliteDatabases
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LTI_BADGES_DATABASE_URL", sqlite_databases.empty())
    monkeypatch.setenv("LTI_BADGES_KEYS_DIR", str(tmp_path / "k"))
    run("issuer", "add", "guild", "--name", "Guild")
    made = run("endorsement", "add", "guild", "--issuer", "default", "--comment", "Good.", "--by", "Dean", "--json")
    assert made["about"] == "did:web:localhost%3A8000:issuers:default"
    assert made["actor"]["name"] == "Dean"
    assert json.loads(made["document"])["proof"]
    assert "stands" in run("endorsement", "list")
    run("endorsement", "withdraw", made["id"])
    (listed,) = run("endorsement", "list", "--json")
    assert (listed["id"], bool(listed["withdrawn_at"])) == (made["id"], True)
    assert CliRunner().invoke(cli, ["endorsement", "add", "guild", "--comment", "Of what?"]).exit_code == 2
