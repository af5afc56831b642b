"""The fence around what a worker stores.

While a worker does a claimed piece of work, every transaction that it commits first makes sure that the work is still
its own. A worker that was frozen or cut off, and whose work somebody else has taken over meanwhile, changes nothing
any more: its next commit is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, select

from lti_tool.db.tables.work import outbox
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Job

_held: ContextVar[Job | None] = ContextVar("held_work", default=None)


class TakenOver(BadgeToolError):
    """Somebody else holds the work by now."""

    def __init__(self) -> None:
        super().__init__("outbox.taken_over", "Another worker has taken this work over.", status=409)


@contextmanager
def holding(job: Job) -> Iterator[None]:
    """Whatever this thread commits inside belongs to that work, and is refused once the work is somebody else's."""
    token = _held.set(job)
    try:
        yield
    finally:
        _held.reset(token)


def require_held(connection: Connection) -> None:
    """Raises `outbox.taken_over` where this thread's work is not its own any more; from then to the end of the
    transaction nobody takes it over."""
    job = _held.get()
    if job is None:
        return
    mine = select(outbox.c.id).where(outbox.c.id == job.id, outbox.c.fence == job.fence)
    # SQLite has one writer, who cannot be overtaken before he commits.
    if connection.execute(mine.with_for_update(read=True)).first() is None:
        raise TakenOver
