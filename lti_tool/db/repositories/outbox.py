"""Adding work. Claiming and finishing it is in job_queue.py, for the jobs room alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func

from lti_tool.db.statements import insert_into
from lti_tool.db.tables.work import outbox
from lti_tool.db.work_time import WorkTime
from lti_tool.usecases.ports import Clock


class SqlOutbox:
    """`added` holds the kinds of the work that was added, so that the unit of work can wake workers on commit."""

    def __init__(self, connection: Connection, clock: Clock, time: WorkTime) -> None:
        self._connection = connection
        self._clock = clock
        self._time = time
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
        statement = insert_into(self._connection, outbox).values(
            kind=kind,
            payload=payload,
            dedupe_key=dedupe_key or None,
            created_at=self._time.after(),
            due_at=self._time.after(wait),
            fence=0,
            attempts=0,
            last_error="",
            state="ready",
            platform=platform,
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
        if wait <= timedelta():
            self.added.add(kind)
