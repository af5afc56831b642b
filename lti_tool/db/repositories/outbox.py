"""Adding work. Claiming and finishing it is in job_queue.py, for the jobs room alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func

from lti_tool.db.statements import insert_into
from lti_tool.db.tables.work import outbox


class SqlOutbox:
    """`added` becomes True with the first piece of work, so that the unit of work can wake a worker on commit."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        self.added = False

    def add(self, kind: str, payload: dict[str, Any], *, dedupe_key: str = "", due_at: datetime | None = None) -> None:
        now = self._now()
        statement = insert_into(self._connection, outbox).values(
            kind=kind,
            payload=payload,
            dedupe_key=dedupe_key or None,
            created_at=now,
            due_at=due_at or now,
            fence=0,
            attempts=0,
            last_error="",
            state="ready",
        )
        if dedupe_key:
            # The update is there for its row lock: a worker cannot claim the waiting work before this transaction
            # has committed, and so cannot miss what it brings.
            earlier = func.least if self._connection.dialect.name == "postgresql" else func.min
            statement = statement.on_conflict_do_update(
                index_elements=["dedupe_key"],
                set_={"due_at": earlier(outbox.c.due_at, statement.excluded.due_at)},
            )
        self._connection.execute(statement)
        self.added = True
