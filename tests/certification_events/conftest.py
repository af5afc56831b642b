"""A whole house, or a whole site with senders, for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certification_events.hooks import Hooks, hooks_at
from tests.certification_events.lms import Asking, asking_at
from tests.factories.house import TestHouse, make_house


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def hooks(published_database_url: str, tmp_path: Path) -> Iterator[Hooks]:
    with hooks_at(published_database_url, tmp_path) as made:
        yield made


@pytest.fixture
def asking(furnished_database_url: str, tmp_path: Path) -> Iterator[Asking]:
    with asking_at(furnished_database_url, tmp_path) as made:
        yield made
