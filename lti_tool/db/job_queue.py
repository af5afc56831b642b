"""Claiming and finishing work of the outbox: lease, fence, retry, dead letter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, exists, func, or_, select, update

from lti_tool.db.fence import held_by, holding
from lti_tool.db.tables.work import circuits, outbox
from lti_tool.db.work_time import DatabaseTime, WorkTime
from lti_tool.usecases.ports import Job


@dataclass(frozen=True, slots=True)
class DeadWork:
    """Work that was set aside: `last_error` starts with the error's code."""

    id: int
    kind: str
    last_error: str
    attempts: int


class SqlJobQueue:
    """The outbox as a worker sees it. Every call is a transaction of its own, by the clock of `time`."""

    def __init__(self, engine: Engine, time: WorkTime | None = None) -> None:
        self._engine = engine
        self._time = time or DatabaseTime()

    def claim(self, lease: timedelta, limit: int, kinds: Collection[str]) -> list[Job]:
        """Up to `limit` pieces of due work of these kinds, leased for that long. Their fences are new. What calls a
        platform that rests is left where it is."""
        due = select(outbox.c.id).where(*self._claimable(kinds)).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
        if self._engine.dialect.name == "sqlite":
            # Looking first without the write lock keeps an idle worker from disturbing the writers.
            with self._engine.connect().execution_options(write=False) as connection:
                if connection.execute(due).first() is None:
                    return []
        else:
            due = due.with_for_update(skip_locked=True)
        statement = (
            update(outbox)
            .where(outbox.c.id.in_(due))
            .values(
                lease_until=self._time.after(lease),
                fence=outbox.c.fence + 1,
                attempts=outbox.c.attempts + 1,
                dedupe_key=None,
            )
            .returning(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.attempts, outbox.c.fence)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(statement).all()
        return [Job(row.id, row.kind, row.payload, row.attempts, row.fence) for row in sorted(rows)]

    def _claimable(self, kinds: Collection[str]) -> Sequence[ColumnElement[bool]]:
        now = self._time.after()
        resting = exists().where(circuits.c.registration_id == outbox.c.platform, circuits.c.retry_at > now)
        free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
        return (outbox.c.state == "ready", outbox.c.due_at <= now, outbox.c.kind.in_(sorted(kinds)), free, ~resting)

    def holding(self, *jobs: Job) -> AbstractContextManager[None]:
        """Inside, this thread's commits are refused (`outbox.taken_over`) once somebody else holds any of this work."""
        return holding(*jobs)

    def renew(self, jobs: Collection[Job], lease: timedelta) -> set[int]:
        """Prolongs leases; gives the ids of the work that is still one's own."""
        if not jobs:
            return set()
        statement = (
            update(outbox).where(held_by(jobs)).values(lease_until=self._time.after(lease)).returning(outbox.c.id)
        )
        with self._engine.begin() as connection:
            return set(connection.execute(statement).scalars())

    def done(self, *jobs: Job) -> bool:
        """Forgets finished work; False when the fence of any of it has moved on."""
        with self._engine.begin() as connection:
            return connection.execute(outbox.delete().where(held_by(jobs))).rowcount == len(jobs)

    def retry(self, job: Job, wait: timedelta, error: str, *, counted: bool = True) -> bool:
        """Makes it due again after that time. `counted`: as a try of the work that failed."""
        attempts = job.attempts if counted else job.attempts - 1
        due_at = self._time.after(wait)
        return self._finish(job, lease_until=None, due_at=due_at, attempts=attempts, last_error=error[:2000])

    def release(self, job: Job) -> bool:
        """Gives back what was claimed and not begun."""
        return self._finish(job, lease_until=None, attempts=job.attempts - 1)

    def bury(self, job: Job, error: str) -> bool:
        """Sets hopeless work aside, where an administrator sees it."""
        return self._finish(job, lease_until=None, state="dead", last_error=error[:2000])

    def _finish(self, job: Job, **changes: Any) -> bool:
        statement = update(outbox).where(outbox.c.id == job.id, outbox.c.fence == job.fence).values(changes)
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def depth(self) -> dict[str, int]:
        """Number of rows by state."""
        query = select(outbox.c.state, func.count().label("waiting")).group_by(outbox.c.state)
        with self._engine.connect().execution_options(write=False) as connection:
            return {row.state: row.waiting for row in connection.execute(query)}

    def waiting(self) -> dict[str, int]:
        """Number of pieces that wait or are being done, by kind."""
        query = select(outbox.c.kind, func.count().label("waiting")).where(outbox.c.state == "ready")
        with self._engine.connect().execution_options(write=False) as connection:
            return {row.kind: row.waiting for row in connection.execute(query.group_by(outbox.c.kind))}

    def oldest_waiting(self) -> datetime | None:
        """Since when the oldest piece of due work is due."""
        due = (outbox.c.state == "ready", outbox.c.due_at <= self._time.after())
        query = select(func.min(outbox.c.due_at)).where(*due)
        with self._engine.connect().execution_options(write=False) as connection:
            return connection.execute(query).scalar()

    def dead(self, limit: int = 50) -> list[DeadWork]:
        """What was set aside, newest first."""
        query = select(outbox.c.id, outbox.c.kind, outbox.c.last_error, outbox.c.attempts)
        query = query.where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(limit)
        with self._engine.connect().execution_options(write=False) as connection:
            return [DeadWork(*row) for row in connection.execute(query)]

    def revive(self, work_id: int) -> bool:
        """Makes work that was set aside due again, with its tries counted anew."""
        statement = update(outbox).where(outbox.c.id == work_id, outbox.c.state == "dead")
        again = {"state": "ready", "due_at": self._time.after(), "attempts": 0}
        with self._engine.begin() as connection:
            return connection.execute(statement.values(again)).rowcount == 1
