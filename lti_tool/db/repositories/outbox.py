"""Adding work, which is written when the transaction commits. Claiming and finishing it is in job_queue.py, for the
jobs room alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func

from lti_tool.db.repositories.intake import Name, Row, insert_rows_with_work
from lti_tool.db.statements import execute_all, insert_of
from lti_tool.db.tables.work import outbox
from lti_tool.db.work_time import WorkTime
from lti_tool.usecases.ports import Clock


@cache
def _add(dialect: str, later: Callable[[str], Any], dedupes: bool) -> Any:
    """Built once, as every event runs it."""
    statement = insert_of(dialect, outbox).values(
        kind=bindparam("kind"),
        payload=bindparam("payload"),
        dedupe_key=bindparam("dedupe_key"),
        platform=bindparam("platform"),
        created_at=later("now"),
        due_at=later("due"),
        fence=0,
        attempts=0,
        last_error="",
        state="ready",
    )
    if not dedupes:
        return statement
    # The update is there for its row lock: a worker cannot claim the waiting work before this transaction has
    # committed, and so cannot miss what it brings.
    earlier = func.least if dialect == "postgresql" else func.min
    return statement.on_conflict_do_update(
        index_elements=["dedupe_key"],
        set_={"due_at": earlier(outbox.c.due_at, statement.excluded.due_at)},
    )


class SqlOutbox:
    """`added` holds the kinds of the work that was added, so that the unit of work can wake workers on commit."""

    def __init__(self, connection: Connection, clock: Clock, time: WorkTime) -> None:
        self._connection = connection
        self._clock = clock
        self._time = time
        self._rows: list[dict[str, Any]] = []
        self._deduped: dict[str, dict[str, Any]] = {}
        self.added: set[str] = set()

    def add(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        dedupe_key: str = "",
        due_at: datetime | None = None,
        platform: str | None = None,
    ) -> None:
        # By our own clock it is due in so many seconds: that holds by the database's clock as well.
        wait = timedelta() if due_at is None else due_at - self._clock.now()
        row = {
            "kind": kind,
            "payload": payload,
            "dedupe_key": dedupe_key or None,
            "platform": platform,
            "now": self._time.value(),
            "due": self._time.value(wait),
        }
        if not dedupe_key:
            self._rows.append(row)
        else:
            held = self._deduped.setdefault(dedupe_key, row)
            held["due"] = min(held["due"], row["due"])
        if wait <= timedelta():
            self.added.add(kind)

    def insert_with_rows(self, kind: str, ids_as: str, rows: Sequence[Row]) -> dict[Name, int]:
        """Events, and at once the work on them (PostgreSQL; see intake)."""
        work = {"kind": kind, "ids_as": ids_as, "now": self._time.value()}
        new = insert_rows_with_work(self._connection, rows, self._time.later, work)
        if new:
            self.added.add(kind)
        return new

    def write(self) -> None:
        """In one order for all, so that two transactions that ask for the same follow each other."""
        self._insert(self._rows, dedupes=False)
        self._insert([self._deduped[key] for key in sorted(self._deduped)], dedupes=True)
        self._rows, self._deduped = [], {}

    def _insert(self, rows: list[dict[str, Any]], *, dedupes: bool) -> None:
        if rows:
            statement = _add(self._connection.dialect.name, self._time.later, dedupes)
            execute_all(self._connection, statement, rows)
