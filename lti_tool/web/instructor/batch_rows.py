"""Mass awards of a badge as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.award_batch import BatchState
from lti_tool.usecases.course_badges import BatchRow

# An older one is undone learner by learner: by then the badges have been used.
UNDOABLE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class BatchView:
    """`names` are those who wait. `can_be_undone`: as one. `sign_at` lies ahead, else None."""

    id: str
    count: int
    made_at: datetime
    names: tuple[str, ...]
    waits: bool
    can_be_undone: bool
    sign_at: datetime | None


def batch_views(rows: list[BatchRow], now: datetime) -> list[BatchView]:
    """Those about which something can be decided."""
    views = []
    for row in rows:
        batch = row.batch
        waits = batch.state is BatchState.WAITING
        can_be_undone = batch.state in (BatchState.AWARDED, BatchState.OPEN) and row.count > 1
        if waits or (can_be_undone and now - batch.made_at < UNDOABLE):
            sign_at = batch.sign_at if batch.sign_at is not None and batch.sign_at > now else None
            views.append(BatchView(batch.id, row.count, batch.made_at, row.names, waits, can_be_undone, sign_at))
    return views
