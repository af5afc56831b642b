"""The inbox, and what could not be taken in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select, tuple_, update

from lti_tool.db.repositories.intake import NAME, Name, Row, insert_rows, row_of
from lti_tool.db.repositories.outbox import SqlOutbox
from lti_tool.db.statements import insert_into
from lti_tool.db.tables import course as c
from lti_tool.db.tables import learning as t
from lti_tool.domain.aliases import AliasKind
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.usecases.ports import Backlog, EventConflict, Parked, RefusedEvent, StoredEvent, ToldEvent

_SHOWN = 100
_LONGEST_BODY = 4000


_ROWS_AT_ONCE = 2000


def _stored(row: Any) -> StoredEvent:
    event = LearningEvent.from_json(row.payload)
    return StoredEvent(
        row.id, row.registration_id, event, row.received_at, row.state, row.reason, row.tries, row.pushed
    )


class SqlInbox:
    def __init__(self, connection: Connection, outbox: SqlOutbox) -> None:
        self._connection = connection
        self._outbox = outbox

    def add(self, told: Sequence[ToldEvent], received_at: datetime) -> list[int | EventConflict | None]:
        return self._add(told, received_at, partial(insert_rows, self._connection))

    def add_with_work(
        self, told: Sequence[ToldEvent], received_at: datetime, kind: str, ids_as: str
    ) -> list[int | EventConflict | None]:
        return self._add(told, received_at, partial(self._outbox.insert_with_rows, kind, ids_as))

    def _add(
        self, told: Sequence[ToldEvent], received_at: datetime, insert: Callable[[Sequence[Row]], dict[Name, int]]
    ) -> list[int | EventConflict | None]:
        rows = [row_of(one, received_at) for one in told]
        names = [(row["registration_id"], row["source"], row["event_id"]) for row in rows]
        # The first of a name, in their order; what comes again within these is looked at like what came before.
        first: dict[Name, Row] = {}
        for name, row in zip(names, rows, strict=True):
            first.setdefault(name, row)
        new = insert(list(first.values()))
        added: list[int | EventConflict | None] = []
        for name, row in zip(names, rows, strict=True):
            if first[name] is row and name in new:
                added.append(new[name])
            else:
                same = self._hash_of(name) == row["content_hash"]
                added.append(None if same else EventConflict())
        return added

    def _hash_of(self, name: Name) -> str:
        query = select(t.inbox_events.c.content_hash).where(
            *(column == value for column, value in zip(NAME, name, strict=True))
        )
        found: str = self._connection.execute(query).scalar_one()
        return found

    def get(self, row_id: int) -> StoredEvent | None:
        row = self._connection.execute(select(t.inbox_events).where(t.inbox_events.c.id == row_id)).first()
        return _stored(row) if row else None

    def mark(self, row_id: int, state: str, reason: str = "", tries: int | None = None) -> None:
        table = t.inbox_events
        values = {"state": state, "reason": reason[:2000]} | ({} if tries is None else {"tries": tries})
        self._connection.execute(update(table).where(table.c.id == row_id).values(values))

    def parked(self, course: Course, names: Collection[tuple[str, str]], subject_kinds: Collection[str]) -> list[int]:
        table, people, enrolments, aliases = t.inbox_events, c.people, c.enrolments, c.person_aliases
        enrolled = and_(
            enrolments.c.course_id == course.id,
            enrolments.c.person_id == people.c.id,
            enrolments.c.is_gone.is_(False),
        )
        by_subject = exists().where(
            enrolled,
            people.c.deployment_id == course.deployment_id,
            people.c.registration_id == course.registration_id,
            people.c.subject == table.c.subject,
        )
        by_alias = exists().where(
            enrolled,
            people.c.id == aliases.c.person_id,
            aliases.c.registration_id == course.registration_id,
            aliases.c.deployment_id == course.deployment_id,
            aliases.c.kind == table.c.subject_kind,
            aliases.c.value == table.c.subject,
        )
        by_past_subject = exists().where(
            enrolled,
            people.c.id == aliases.c.person_id,
            aliases.c.registration_id == course.registration_id,
            aliases.c.deployment_id == course.deployment_id,
            aliases.c.kind == AliasKind.PAST_SUBJECT.value,
            aliases.c.value == table.c.subject,
        )
        query = select(table.c.id).where(
            table.c.registration_id == course.registration_id,
            table.c.state == "parked",
            tuple_(table.c.context_kind, table.c.context_id).in_(sorted(names)),
            or_(and_(table.c.subject_kind.in_(sorted(subject_kinds)), or_(by_subject, by_past_subject)), by_alias),
        )
        return list(self._connection.execute(query.order_by(table.c.id)).scalars())

    def applied(self, registration_id: str, names: Collection[tuple[str, str]]) -> Iterator[StoredEvent]:
        table = t.inbox_events
        query = select(table).where(
            table.c.registration_id == registration_id,
            table.c.state == "applied",
            tuple_(table.c.context_kind, table.c.context_id).in_(sorted(names)),
        )
        rows = self._connection.execute(query.order_by(table.c.id), execution_options={"yield_per": _ROWS_AT_ONCE})
        return (_stored(row) for row in rows)

    def backlog(self, registration_id: str, names: Collection[tuple[str, str]]) -> Backlog:
        table = t.inbox_events
        query = select(func.count(), func.min(table.c.received_at)).where(
            table.c.registration_id == registration_id,
            table.c.state == "received",
            tuple_(table.c.context_kind, table.c.context_id).in_(sorted(names)),
        )
        return Backlog(*self._connection.execute(query).one())

    def parked_by_reason(self, registration_id: str) -> list[Parked]:
        table = t.inbox_events
        query = select(table.c.reason, func.count().label("count"), func.min(table.c.received_at).label("oldest"))
        query = query.where(table.c.registration_id == registration_id, table.c.state == "parked")
        rows = self._connection.execute(query.group_by(table.c.reason).order_by(table.c.reason))
        return [Parked(*row) for row in rows]

    def dead(self, registration_id: str) -> list[StoredEvent]:
        table = t.inbox_events
        query = select(table).where(table.c.registration_id == registration_id, table.c.state == "dead")
        return [_stored(row) for row in self._connection.execute(query.order_by(table.c.id.desc()).limit(_SHOWN))]

    def parked_count(self, registration_id: str) -> int:
        table = t.inbox_events
        query = select(func.count()).where(table.c.registration_id == registration_id, table.c.state == "parked")
        return self._connection.execute(query).scalar_one()

    def dead_ids(self, registration_id: str) -> list[int]:
        table = t.inbox_events
        query = select(table.c.id).where(table.c.registration_id == registration_id, table.c.state == "dead")
        return list(self._connection.execute(query).scalars())


class SqlRefusedEvents:
    """Implements usecases.ports.RefusedEvents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, registration_id: str, refused: RefusedEvent, at: datetime) -> None:
        table = t.refused_events
        # PostgreSQL keeps no NUL in a text.
        body = refused.body.replace("\0", "")[:_LONGEST_BODY]
        statement = insert_into(self._connection, table).values(
            registration_id=registration_id,
            source=refused.source,
            event_id=refused.event_id.replace("\0", "")[:255],
            code=refused.code,
            body_hash=hashlib.sha256(refused.body.encode(errors="replace")).hexdigest(),
            message=refused.message,
            body=body,
            times=1,
            first_at=at,
            last_at=at,
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["registration_id", "source", "event_id", "code", "body_hash"],
                set_={"times": table.c.times + 1, "last_at": at, "settled_at": None},
            )
        )

    def open(self, registration_id: str) -> list[RefusedEvent]:
        table = t.refused_events
        query = select(table).where(table.c.registration_id == registration_id, table.c.settled_at.is_(None))
        names = [field.name for field in fields(RefusedEvent)]
        rows = self._connection.execute(query.order_by(table.c.last_at.desc(), table.c.id.desc()).limit(_SHOWN))
        return [RefusedEvent(**{name: row._mapping[name] for name in names}) for row in rows]

    def settle(self, registration_id: str, refused_id: int, at: datetime) -> bool:
        table = t.refused_events
        statement = update(table).where(table.c.registration_id == registration_id, table.c.id == refused_id)
        return self._connection.execute(statement.values(settled_at=at)).rowcount == 1

    def sweep(self, settled_before: datetime, last_before: datetime) -> int:
        table = t.refused_events
        over = or_(table.c.settled_at < settled_before, table.c.last_at < last_before)
        return self._connection.execute(table.delete().where(over)).rowcount
