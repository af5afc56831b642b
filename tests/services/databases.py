"""One fresh database for each test, on SQLite and on PostgreSQL alike.

The schema is migrated once in a run; each test that wants it gets a copy, which takes milliseconds. So with whatever
else many tests begin with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from tests.services.postgres import Cluster

# What is done to an empty database of that URL, once for all that begin alike. It leaves no connection open: a
# database that somebody is connected to cannot be copied.
Make = Callable[[str], None]


class Databases(Protocol):
    """Makes databases of one kind and drops them again."""

    def empty(self) -> str:
        """The URL of a new database without tables."""
        ...

    def copy_of(self, make: Make) -> str:
        """The URL of a new database that is as `make` leaves it."""
        ...

    def drop(self, url: str) -> None: ...


class SqliteDatabases:
    """Files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[Make, Path] = {}

    def empty(self) -> str:
        return _sqlite_url(self._new_path())

    def copy_of(self, make: Make) -> str:
        if make not in self._templates:
            template = self._new_path()
            make(_sqlite_url(template))
            self._templates[make] = template
        copy = self._new_path()
        # The backup also takes what still lies in the write-ahead log.
        with closing(sqlite3.connect(self._templates[make])) as source, closing(sqlite3.connect(copy)) as target:
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
        self._templates: dict[Make, str] = {}

    def empty(self) -> str:
        return self._cluster.create(_new_name())

    def copy_of(self, make: Make) -> str:
        if make not in self._templates:
            template = _new_name()
            make(self._cluster.create(template))
            self._templates[make] = template
        return self._cluster.create(_new_name(), self._templates[make])

    def drop(self, url: str) -> None:
        self._cluster.drop(url.partition("@/")[2].partition("?")[0])


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _new_name() -> str:
    return f"test_{uuid4().hex}"
