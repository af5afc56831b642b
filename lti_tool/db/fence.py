"""The fence around what a worker stores.

While a worker does a claimed piece of work, every transaction that it commits first makes sure that the work is still
its own. A worker that was frozen or cut off, and whose work somebody else has taken over meanwhile, changes nothing
any more: its next commit is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, or_, select

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
    mine = select(outbox.c.id).where(held_by(jobs)).order_by(outbox.c.id)
    found = connection.execute(mine.with_for_update(read=True)).all()
    if len(found) < len(jobs):
        raise TakenOver


def held_by(jobs: Iterable[Job]) -> ColumnElement[bool]:
    """Those of the jobs that nobody else has claimed since. By their fences, which are one number as a rule: a list of
    pairs PostgreSQL would look up one by one."""
    ids: dict[int, list[int]] = {}
    for job in sorted(jobs, key=lambda job: job.id):
        ids.setdefault(job.fence, []).append(job.id)
    return or_(false(), *(_of_fence(fence, some) for fence, some in ids.items()))


def _of_fence(fence: int, ids: list[int]) -> ColumnElement[bool]:
    # A list that is a parameter is taken as it is; of another, SQLAlchemy looks at each member.
    return and_(outbox.c.fence == fence, outbox.c.id.in_(bindparam(None, ids, expanding=True)))
