"""Stages: one a file and kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.stage import Stage, postgres_stage, sqlite_stage


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    if request.param == "sqlite":
        opened = sqlite_stage(folder)
    else:
        opened = postgres_stage(folder, request.getfixturevalue("postgres_cluster"))
    with opened as made:
        yield made
