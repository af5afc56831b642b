"""One stage for each test: a platform with its own key, and the tool's endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from tests.factories.whole_site import WholeSite, whole_site
from tests.fakes.lti_stage import Stage
from tests.services.databases import SqliteDatabases


@pytest.fixture
def stage() -> Iterator[Stage]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        yield Stage(web)


@pytest.fixture
def site(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Iterator[WholeSite]:
    """The whole tool, with a course and a badge."""
    url = sqlite_databases.migrated(_migrate)
    with whole_site(url, tmp_path) as made:
        yield made
    sqlite_databases.drop(url)


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
