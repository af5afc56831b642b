"""What many tests begin with, for `Databases.copy_of`: made once for each kind of database, copied for each test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from tests.factories.house import LEARNERS, make_house


def migrated(url: str) -> None:
    """The newest schema, and nothing in it."""
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def furnished(url: str) -> None:
    """What `make_house` writes, to be opened with `furnished=True`."""
    furnish(url, LEARNERS, publishes=False)


def published(url: str) -> None:
    """The same with one published badge, for which everybody has been weighed."""
    furnish(url, LEARNERS, publishes=True)


def furnish(url: str, learners: Sequence[str], *, publishes: bool) -> None:
    with TemporaryDirectory() as folder:
        made = make_house(url, Path(folder), learners)
        if publishes:
            made.publish()
            made.work()
        made.house.engine.dispose()
