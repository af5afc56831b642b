"""Mass awards, and the notices of what happened to a learner's badges."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from lti_tool.db.pending import Pending
from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables import badges as t
from lti_tool.domain.award import Award
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.identity import Actor
from lti_tool.usecases.ports import LearnerNotice

_NOTICE = insert(t.learner_notices)
_OPEN = (BatchState.WAITING.value, BatchState.CONFIRMED.value, BatchState.OPEN.value)
_NEWEST_FIRST = select(t.award_batches).order_by(t.award_batches.c.made_at.desc(), t.award_batches.c.id)
# Built once, as every award asks for them.
_GET = select(t.award_batches).where(t.award_batches.c.id == bindparam("batch_id"))
_OPEN_OF = _NEWEST_FIRST.where(
    t.award_batches.c.achievement_id == bindparam("achievement_id"), t.award_batches.c.state.in_(_OPEN)
)


def _batch(row: Row[Any]) -> AwardBatch:
    return AwardBatch(
        row.id,
        row.achievement_id,
        row.course_id,
        BatchState(row.state),
        row.made_at,
        tuple(row.people),
        row.sign_at,
        Actor(row.actor_kind, row.actor_id, row.actor_name),
        row.reason,
    )


class SqlAwardBatches(Remembering):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @once
    def get(self, batch_id: str) -> AwardBatch | None:
        row = self._connection.execute(_GET, {"batch_id": batch_id}).first()
        return _batch(row) if row else None

    def save(self, batch: AwardBatch) -> None:
        actor = {"actor_kind": batch.actor.kind, "actor_id": batch.actor.id, "actor_name": batch.actor.name}
        upsert(self._connection, t.award_batches, values_of(batch, t.award_batches) | actor)

    def of_course(self, course_id: str) -> list[AwardBatch]:
        query = _NEWEST_FIRST.where(t.award_batches.c.course_id == course_id)
        return [_batch(row) for row in self._connection.execute(query)]

    @once
    def open_of(self, achievement_id: str) -> list[AwardBatch]:
        rows = self._connection.execute(_OPEN_OF, {"achievement_id": achievement_id})
        return [_batch(row) for row in rows]


class SqlLearnerNotices:
    def __init__(self, connection: Connection, pending: Pending) -> None:
        self._connection = connection
        self._pending = pending

    def add(self, award: Award, at: datetime, action: str, reason: str, by: str) -> None:
        whose = {"course_id": award.course_id, "person_id": award.person_id, "award_id": award.id}
        said = {"at": at, "action": action, "reason": reason, "by": by}
        # The award that it is about may be written with the commit, and then has to be there first.
        self._pending.add(_NOTICE, whose | said)

    def new(self, course_id: str, person_id: str) -> list[LearnerNotice]:
        self._pending.write()
        table = t.learner_notices
        columns = (table.c[name] for name in LearnerNotice.__dataclass_fields__)
        query = select(*columns).where(*self._unseen(course_id, person_id)).order_by(table.c.id.desc())
        return [LearnerNotice(**row._mapping) for row in self._connection.execute(query)]

    def seen(self, course_id: str, person_id: str, at: datetime, notice_ids: Collection[int]) -> None:
        self._pending.write()
        table = t.learner_notices
        which = (*self._unseen(course_id, person_id), table.c.id.in_(sorted(notice_ids)))
        self._connection.execute(update(table).where(*which).values(seen_at=at))

    @staticmethod
    def _unseen(course_id: str, person_id: str) -> tuple[Any, ...]:
        table = t.learner_notices
        return (table.c.course_id == course_id, table.c.person_id == person_id, table.c.seen_at.is_(None))
