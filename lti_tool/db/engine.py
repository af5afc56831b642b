"""Engines: SQLite that survives a power cut, PostgreSQL through psycopg 3."""

from __future__ import annotations

import select
import sqlite3
import time
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

__all__ = ["Engine", "StorageError", "busy", "is_away", "make_engine"]

# Whatever the database refuses or fails at.
StorageError = SQLAlchemyError


# PostgreSQL while it takes no changes: a standby that is about to become the server, or an operator's precaution.
_READ_ONLY = "25006"


def is_away(error: Exception) -> bool:
    """Whether the database could not be reached, was busy or full, or takes no changes just now, so that the same may
    succeed later."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _READ_ONLY:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


BUSY_TIMEOUT_MS = 15_000
TURN_SECONDS = 0.0005
REST_SECONDS = 2.0
# A worker that is frozen in the middle of a transaction keeps its locks, and with them the work of others, until the
# server ends its session. A machine that vanished is noticed within the lifetime of two leases.
POSTGRESQL_SETTINGS = {
    "options": "-c idle_in_transaction_session_timeout=8000",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}


def busy(error: sqlite3.Error | None = None) -> StorageError:
    """Where SQLite's one writer has been somebody else for too long."""
    return OperationalError("BEGIN IMMEDIATE", None, error or sqlite3.OperationalError("database is locked"))


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:////path`` or ``postgresql://…`` (psycopg is chosen where no driver is named)."""
    parsed = make_url(url)
    parsed = parsed.set(drivername=f"{parsed.get_backend_name()}+{_OURS}")
    if parsed.get_backend_name() != "sqlite":
        named = {name: value for name, value in POSTGRESQL_SETTINGS.items() if name not in parsed.query}
        engine = create_engine(parsed, pool_use_lifo=True, pool_size=10, max_overflow=10, connect_args=named)
        event.listen(engine, "checkin", _forget_how)
        _ask_where_in_doubt(engine)
        return engine
    engine = create_engine(
        parsed,
        poolclass=QueuePool,
        pool_use_lifo=True,
        pool_size=10,
        max_overflow=20,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkin", _forget_how)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is off: it would begin too late for BEGIN IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        # An acknowledged event must survive a power cut, not only a crash of the process.
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _BeginsAsTold(DefaultDialect):
    """Begins a transaction as the execution options "write" and "durable" of its connection say, both on unless told
    otherwise. A listener to the event "begin" could do it too; but where one event is listened to, SQLAlchemy looks for
    listeners to all of them at every statement."""

    supports_statement_cache = True

    def set_connection_execution_options(self, connection: Connection, opts: Mapping[str, Any]) -> None:
        super().set_connection_execution_options(connection, opts)
        told = connection.connection.info
        told[_HOW] = {**told.get(_HOW, {}), **opts}

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        told = dbapi_connection.info.get(_HOW, {})
        self.begin(dbapi_connection, write=told.get("write", True), durable=told.get("durable", True))

    def begin(self, pooled: PoolProxiedConnection, *, write: bool, durable: bool) -> None:
        raise NotImplementedError


class Sqlite(_BeginsAsTold, SQLiteDialect_pysqlite):
    supports_statement_cache = True

    def begin(self, pooled: PoolProxiedConnection, *, write: bool, durable: bool) -> None:
        driver = cast(sqlite3.Connection, pooled.driver_connection)
        # Whoever writes takes the lock at once: upgrading a read fails at random under load (SQLITE_BUSY_SNAPSHOT).
        if write:
            # NORMAL leaves the flush of the journal to the next commit that asks for it, or to the checkpoint.
            _set(pooled, "synchronous", "FULL" if durable else "NORMAL")
            _set(pooled, "busy_timeout", 0)
            _take_turn(driver)
        else:
            _set(pooled, "busy_timeout", BUSY_TIMEOUT_MS)
            driver.execute("BEGIN")


class Postgresql(_BeginsAsTold, PGDialect_psycopg):
    supports_statement_cache = True

    def begin(self, pooled: PoolProxiedConnection, *, write: bool, durable: bool) -> None:
        if not durable:
            cast(Any, pooled.driver_connection).execute("SET LOCAL synchronous_commit TO off")


_HOW = "how its transactions begin"
_OURS = "badges"
registry.register(f"sqlite.{_OURS}", __name__, Sqlite.__name__)
registry.register(f"postgresql.{_OURS}", __name__, Postgresql.__name__)


def _forget_how(_: Any, record: Any) -> None:
    record.info.pop(_HOW, None)


def _set(pooled: PoolProxiedConnection, pragma: str, value: str | int) -> None:
    """Only where the driver's connection is not set so already: a PRAGMA costs as much as the BEGIN."""
    if pooled.info.get(pragma) != value:
        cast(sqlite3.Connection, pooled.driver_connection).execute(f"PRAGMA {pragma}={value}")
        pooled.info[pragma] = value


def _take_turn(driver: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE, waiting for other processes in small steps.

    SQLite's own handler waits for up to a tenth of a second between two tries, in which a busy neighbour has taken
    fifty turns: of two processes that write, one starves. So it is off; whoever writes does not need it later either,
    as in WAL nobody stands between the one writer and his commit.
    """
    ends = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise busy(error) from error
        time.sleep(TURN_SECONDS)


def _ask_where_in_doubt(engine: Engine) -> None:
    """A connection that nobody used for a while is asked whether the server is still there, and so is one on which the
    server has said something unasked, as it does when it ends it; all are made anew where it is not there. Asking each
    time would cost a busy server two more round trips an event."""

    def returned(_: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    def taken(driver: Any, record: Any, _: Any) -> None:
        used_at = record.info.get("used_at")
        if used_at is None or (time.monotonic() - used_at < REST_SECONDS and not _has_something_to_read(driver)):
            return
        try:
            engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


def _has_something_to_read(driver: Any) -> bool:
    """Costs microseconds, as nothing is sent."""
    if driver.closed:
        return True
    waiting = select.poll()
    waiting.register(driver.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
