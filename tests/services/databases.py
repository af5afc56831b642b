"""One fresh database for each test, on SQLite and on PostgreSQL alike.

The schema is migrated once in a run; each test that wants it gets a copy, which takes milliseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from tests.services.postgres import Cluster

Migrate = Callable[[str], None]


class Databases(Protocol):
    """Makes databases of one kind and drops them again."""

    def empty(self) -> str:
        """The URL of a new database without tables."""
        ...

    def migrated(self, migrate: Migrate) -> str:
        """The URL of a new database in the newest schema."""
        ...

    def drop(self, url: str) -> None: ...


class SqliteDatabases:
    """Files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template: Path | None = None

    def empty(self) -> str:
        return _sqlite_url(self._new_path())

    def migrated(self, migrate: Migrate) -> str:
        if self._template is None:
            template = self._new_path()
            migrate(_sqlite_url(template))
            self._template = template
        copy = self._new_path()
        # The backup also takes what still lies in the write-ahead log.
        with closing(sqlite3.connect(self._template)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return _sqlite_url(copy)

    def drop(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)

    def _new_path(self) -> Path:
        return self._folder / f"{uuid4().hex}.sqlite3"


class PostgresDatabases:
    """Databases of a private cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._template: str | None = None

    def empty(self) -> str:
        return self._cluster.create(_new_name())

    def migrated(self, migrate: Migrate) -> str:
        if self._template is None:
            template = _new_name()
            migrate(self._cluster.create(template))
            self._template = template
        return self._cluster.create(_new_name(), self._template)

    def drop(self, url: str) -> None:
        self._cluster.drop(url.partition("@/")[2].partition("?")[0])


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _new_name() -> str:
    return f"test_{uuid4().hex}"
