"""The fence around what a worker stores.

While a worker does a claimed piece of work, every transaction that it commits first makes sure that the work is still
its own. A worker that was frozen or cut off, and whose work somebody else has taken over meanwhile, changes nothing
any more: its next commit is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Select, select, tuple_

from lti_tool.db.tables.work import outbox
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Job

_held: ContextVar[tuple[Job, ...]] = ContextVar("held_work", default=())


class TakenOver(BadgeToolError):
    """Somebody else holds the work by now."""

    def __init__(self) -> None:
        super().__init__("outbox.taken_over", "Another worker has taken this work over.", status=409)


@contextmanager
def holding(*jobs: Job) -> Iterator[None]:
    """Whatever this thread commits inside belongs to that work, and is refused once any of it is somebody else's."""
    token = _held.set(jobs)
    try:
        yield
    finally:
        _held.reset(token)


def require_held(connection: Connection) -> None:
    """Raises `outbox.taken_over` where this thread's work is not its own any more; from then to the end of the
    transaction nobody takes it over."""
    jobs = _held.get()
    if not jobs:
        return
    # SQLite has one writer, who cannot be overtaken before he commits.
    found = connection.execute(_mine(jobs).with_for_update(read=True)).all()
    if len(found) < len(jobs):
        raise TakenOver


def _mine(jobs: Sequence[Job]) -> Select[tuple[int]]:
    """The ids of those of the jobs that nobody else has claimed since."""
    held = tuple_(outbox.c.id, outbox.c.fence).in_(sorted((job.id, job.fence) for job in jobs))
    return select(outbox.c.id).where(held).order_by(outbox.c.id)
