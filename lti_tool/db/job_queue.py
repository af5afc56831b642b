"""Claiming and finishing work of the outbox: lease, fence, retry, dead letter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, or_, select, update

from lti_tool.db.tables.work import outbox
from lti_tool.usecases.ports import Job


@dataclass(frozen=True, slots=True)
class DeadWork:
    """Work that was set aside: `last_error` starts with the error's code."""

    id: int
    kind: str
    last_error: str
    attempts: int


class SqlJobQueue:
    """The outbox as a worker sees it. Every call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, now: datetime, lease: timedelta, limit: int, kinds: Collection[str]) -> list[Job]:
        """Up to `limit` pieces of due work of these kinds, leased until now + lease. Their fences are new."""
        ready = (outbox.c.state == "ready", outbox.c.due_at <= now, outbox.c.kind.in_(sorted(kinds)))
        free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
        due = select(outbox.c.id).where(*ready, free).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
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
                lease_until=now + lease,
                fence=outbox.c.fence + 1,
                attempts=outbox.c.attempts + 1,
                dedupe_key=None,
            )
            .returning(outbox.c.id, outbox.c.kind, outbox.c.payload, outbox.c.attempts, outbox.c.fence)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(statement).all()
        return [Job(row.id, row.kind, row.payload, row.attempts, row.fence) for row in sorted(rows)]

    def renew(self, job: Job, until: datetime) -> bool:
        """Prolongs a lease; False when somebody else holds the work by now."""
        return self._finish(job, lease_until=until)

    def done(self, job: Job) -> bool:
        """Forgets finished work; False when the fence has moved on."""
        with self._engine.begin() as connection:
            statement = outbox.delete().where(outbox.c.id == job.id, outbox.c.fence == job.fence)
            return connection.execute(statement).rowcount == 1

    def retry(self, job: Job, due_at: datetime, error: str) -> bool:
        return self._finish(job, lease_until=None, due_at=due_at, last_error=error[:2000])

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

    def oldest_waiting(self, now: datetime) -> datetime | None:
        query = select(func.min(outbox.c.due_at)).where(outbox.c.state == "ready", outbox.c.due_at <= now)
        with self._engine.connect().execution_options(write=False) as connection:
            return connection.execute(query).scalar()

    def dead(self, limit: int = 50) -> list[DeadWork]:
        """What was set aside, newest first."""
        query = select(outbox.c.id, outbox.c.kind, outbox.c.last_error, outbox.c.attempts)
        query = query.where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(limit)
        with self._engine.connect().execution_options(write=False) as connection:
            return [DeadWork(*row) for row in connection.execute(query)]

    def revive(self, work_id: int, now: datetime) -> bool:
        """Makes work that was set aside due again, with its tries counted anew."""
        statement = update(outbox).where(outbox.c.id == work_id, outbox.c.state == "dead")
        with self._engine.begin() as connection:
            return connection.execute(statement.values(state="ready", due_at=now, attempts=0)).rowcount == 1
