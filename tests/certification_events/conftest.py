"""A whole house for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.house import TestHouse, make_house


@pytest.fixture
def lab(migrated_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(migrated_database_url, tmp_path)
    yield made
    made.house.engine.dispose()
