"""The time by which work is due and leased: the database's own, so that it is one for all machines.

The clocks of two workers may differ by minutes, and the one that is ahead would take the other's work away from under
its hands. Tests that move an injected clock hand it in here as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Float, bindparam, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lti_tool.db.types import UtcDateTime
from lti_tool.usecases.ports import Clock


class WorkTime(Protocol):
    """Time as an expression of SQL."""

    def after(self, wait: timedelta = timedelta()) -> ColumnElement[datetime]:
        """Now, or that much later."""
        ...

    @staticmethod
    def later(name: str) -> ColumnElement[datetime]:
        """The same for a statement that is built once: `name` is the parameter, and `value` what it is to be."""
        ...

    def value(self, wait: timedelta = timedelta()) -> Any: ...


class _InSeconds(FunctionElement[datetime]):
    """The database's time that many seconds from now. Constant within one statement."""

    type = UtcDateTime()
    inherit_cache = True
    name = "in_seconds"


@compiles(_InSeconds, "sqlite")
def _sqlite(element: _InSeconds, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    # The form in which times are stored there, with the six digits that they sort by.
    return f"strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000'"


@compiles(_InSeconds, "postgresql")
def _postgresql(element: _InSeconds, compiler: Any, **options: Any) -> str:
    # Of the statement, not of the transaction: that may have waited for a lock.
    return f"(statement_timestamp() + {compiler.process(element.clauses, **options)} * interval '1 second')"


class DatabaseTime:
    """The database's clock."""

    def after(self, wait: timedelta = timedelta()) -> ColumnElement[datetime]:
        return _InSeconds(bindparam(None, self.value(wait)))

    @staticmethod
    def later(name: str) -> ColumnElement[datetime]:
        return _InSeconds(bindparam(name, type_=Float()))

    def value(self, wait: timedelta = timedelta()) -> float:
        return round(wait.total_seconds(), 3)


class ClockTime:
    """A clock of this process (for tests and recordings, which move it)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def after(self, wait: timedelta = timedelta()) -> ColumnElement[datetime]:
        return literal(self.value(wait), UtcDateTime())

    @staticmethod
    def later(name: str) -> ColumnElement[datetime]:
        return bindparam(name, type_=UtcDateTime())

    def value(self, wait: timedelta = timedelta()) -> datetime:
        return self._clock.now() + wait


def read(connection: Connection, time: WorkTime) -> datetime:
    """What time it is by that clock."""
    return connection.execute(select(time.after())).scalar_one()
