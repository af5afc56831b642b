"""Fixtures that every folder of tests shares: fresh databases, Redis, a browser.

Everything is started on first use, private to one pytest process, and removed at its end, so that parallel runs and
the services of the machine stay apart. Sockets reach this machine only (pytest-socket, see pyproject.toml).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from redis import Redis

from lti_tool.bootstrap.notebook import Notebook
from tests import made_once, plain_logs
from tests.certification.rows import LAUNCHES
from tests.certification_events.rows import EVENTS
from tests.certification_uploads.rows import UPLOADS
from tests.counting import Counting
from tests.dealing import dealt
from tests.factories.beginnings import furnished, migrated, published
from tests.services.browser import AGAIN, FIXTURE, Browsers, running_browsers
from tests.services.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.services.folders import fast_folder
from tests.services.peers import require_peer
from tests.services.postgres import Cluster, running_cluster
from tests.services.redis import running_redis

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# CI runs the same examples each time, so that a red run is red again on the same commit and nobody else's change is
# blamed for a rare case; on a person's machine the search goes on. A busy machine is no failure: no deadline.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


made_once.arrange()
plain_logs.arrange()


def pytest_configure(config: pytest.Config) -> None:
    """Each catalogue of cases says at the end how many of its rows were proved."""
    config.pluginmanager.register(Counting((LAUNCHES, EVENTS, UPLOADS)), Counting.NAME)
    if folder := fast_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FIXTURE in getattr(item, "fixturenames", ()):
            item.add_marker(AGAIN)
    if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = dealt(items, processes)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.peer("node")`: the test needs that program."""
    for marker in item.iter_markers("peer"):
        require_peer(marker.args[0])


@pytest.fixture(autouse=True)
def no_note_outlives_its_test() -> Iterator[None]:
    """The diagnosis writes its notes a moment later. In the next test their database is gone, and what is said about
    that would stand among what the next test prints."""
    yield
    for thread in threading.enumerate():
        owner = getattr(getattr(thread, "function", None), "__self__", None)
        if isinstance(owner, Notebook):
            owner.flush()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL cluster."""
    with running_cluster(require_peer("postgresql")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Cluster) -> PostgresDatabases:
    return PostgresDatabases(postgres_cluster)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    url = postgres_databases.empty()
    yield url
    postgres_databases.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Runs the test once on each kind of database."""
    maker: Databases = request.getfixturevalue(
        "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    )
    return maker


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of an empty database of this test's own, on SQLite and on PostgreSQL."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
def migrated_database_url(databases: Databases) -> Iterator[str]:
    """The URL of a database in the newest schema, on SQLite and on PostgreSQL."""
    url = databases.copy_of(migrated)
    yield url
    databases.drop(url)


@pytest.fixture
def furnished_database_url(databases: Databases) -> Iterator[str]:
    """The URL of a database for `make_house(…, furnished=True)`, on SQLite and on PostgreSQL."""
    url = databases.copy_of(furnished)
    yield url
    databases.drop(url)


@pytest.fixture
def published_database_url(databases: Databases) -> Iterator[str]:
    """The same with a published badge, for `whole_site`."""
    url = databases.copy_of(published)
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a private Redis."""
    with running_redis(require_peer("redis-server"), tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of a Redis that is empty at the start of this test."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def chromium_executable() -> Path:
    return require_peer("chromium")


@pytest.fixture(scope="session")
def chromium_arguments() -> list[str]:
    """How every Chromium of the tests is started.

    A frame of another site in a process of its own is trouble for a test: Chromium drops input into it while its
    place changes (after scrolling, or where a page above it grew), which a test is fast enough to meet, and
    Playwright now and then loses hold of it where it changes process, though its page goes on working. In one
    process neither happens; what a site may see and keep of another is decided by site all the same.
    """
    arguments = ["--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"]
    # Chromium's sandbox does not work for root, as which containers run.
    return arguments + (["--no-sandbox"] if os.geteuid() == 0 else [])


@pytest.fixture(scope="session")
def browsers(chromium_executable: Path, chromium_arguments: list[str]) -> Iterator[Browsers]:
    with running_browsers(str(chromium_executable), chromium_arguments) as browsers:
        yield browsers


@pytest.fixture
def browser(browsers: Browsers) -> Browser:
    """A headless Chromium; tests open a context of their own in it."""
    return browsers.running()
