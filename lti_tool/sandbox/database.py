"""One SQLite file holds everything this LMS remembers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")


class Database:
    """Short transactions, each on a connection of its own, so any thread may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Held open so that closing the last transaction's connection does not fold the WAL every time.
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(SCHEMA.read_text(encoding="utf-8"))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; writers queue behind one another."""
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # what was not committed is rolled back

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the data."""
        connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Folds the write-ahead log into the file."""
        self._anchor.close()
