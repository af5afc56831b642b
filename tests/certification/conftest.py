"""One stage for each test: a platform with its own key, and the tool's endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from lti_tool.keystore import KeyStore
from tests.factories.beginnings import furnished, published
from tests.factories.house import HandClock
from tests.factories.whole_site import WholeSite, whole_site
from tests.fakes.lti_stage import Stage
from tests.fakes.registering_platform import RegisteringPlatform
from tests.fakes.registration_office import Office, open_office
from tests.services.databases import SqliteDatabases


@pytest.fixture
def stage() -> Iterator[Stage]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        yield Stage(web)


@pytest.fixture
def site(tmp_path: Path, sqlite_databases: SqliteDatabases) -> Iterator[WholeSite]:
    """The whole tool, with a course and a badge."""
    url = sqlite_databases.copy_of(published)
    with whole_site(url, tmp_path) as made:
        yield made
    sqlite_databases.drop(url)


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RSA keys take a while to make; no test of a registration changes them."""
    folder = tmp_path_factory.mktemp("house") / "keys"
    KeyStore(folder, HandClock()).ensure()
    return folder


@pytest.fixture
def office(
    tmp_path: Path, made_keys: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The tool, an invitation, and a platform that registers."""
    url, platform = sqlite_databases.copy_of(furnished), RegisteringPlatform()
    with open_office(url, tmp_path, platform, monkeypatch) as made:
        yield made
    platform.close()
    sqlite_databases.drop(url)
