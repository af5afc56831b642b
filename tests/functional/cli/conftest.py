"""A platform that was begun by hand, in an installation of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.cli.test_source_keys import run
from tests.services.databases import SqliteDatabases


@pytest.fixture
def platform_id(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_databases: SqliteDatabases) -> str:
    monkeypatch.chdir(tmp_path)
    values = {
        "BASE_URL": "https://b.example",
        "DATABASE_URL": sqlite_databases.empty(),
        "KEYS_DIR": str(tmp_path / "k"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"LTI_BADGES_{name}", value)
    return str(run("reserve", "--name", "Moodle", "--product", "moodle", "--json")["id"])
