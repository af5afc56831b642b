"""The inbox and the learner records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, tuple_, update

from lti_tool.db.statements import insert_into, values_of
from lti_tool.db.tables import learning as t
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.usecases.ports import EventConflict, StoredEvent


def _stored(row: Row[Any]) -> StoredEvent:
    event = LearningEvent.from_json(row.payload)
    return StoredEvent(row.id, row.registration_id, event, row.received_at, row.state, row.reason)


class SqlInbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, registration_id: str, event: LearningEvent, received_at: datetime) -> int | None:
        values = {
            "registration_id": registration_id,
            "source": event.source,
            "event_id": event.event_id,
            "content_hash": event.content_hash(),
            "context_id": event.context_id,
            "subject": event.subject,
            "payload": event.to_json(),
            "received_at": received_at,
            "state": "received",
            "reason": "",
        }
        statement = insert_into(self._connection, t.inbox_events).values(values).on_conflict_do_nothing()
        row_id = self._connection.execute(statement.returning(t.inbox_events.c.id)).scalar()
        if row_id is None:
            self._refuse_other_content(values)
        return row_id

    def _refuse_other_content(self, values: dict[str, Any]) -> None:
        key = ("registration_id", "source", "event_id")
        query = select(t.inbox_events.c.content_hash).where(*(t.inbox_events.c[name] == values[name] for name in key))
        if self._connection.execute(query).scalar_one() != values["content_hash"]:
            raise EventConflict

    def get(self, row_id: int) -> StoredEvent | None:
        row = self._connection.execute(select(t.inbox_events).where(t.inbox_events.c.id == row_id)).first()
        return _stored(row) if row else None

    def mark(self, row_id: int, state: str, reason: str = "") -> None:
        table = t.inbox_events
        self._connection.execute(update(table).where(table.c.id == row_id).values(state=state, reason=reason))

    def parked(self, registration_id: str, context_id: str, subject: str) -> list[StoredEvent]:
        table = t.inbox_events
        query = select(table).where(
            table.c.registration_id == registration_id,
            table.c.state == "parked",
            table.c.context_id == context_id,
            table.c.subject == subject,
        )
        return [_stored(row) for row in self._connection.execute(query.order_by(table.c.id))]

    def parked_count(self, registration_id: str) -> int:
        table = t.inbox_events
        query = select(func.count()).where(table.c.registration_id == registration_id, table.c.state == "parked")
        return self._connection.execute(query).scalar_one()


def _fact(row: Row[Any]) -> Fact:
    values = {name: value for name, value in row._mapping.items() if name not in ("course_id", "person_id")}
    return Fact(**values | {"kind": FactKind(values["kind"])})


class SqlRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        changed = [self._merge(course_id, person_id, fact) for fact in facts]
        return any(changed)

    def _merge(self, course_id: str, person_id: str, fact: Fact) -> bool:
        # The database itself compares ranks, so two workers can fold the same learner at once.
        values = values_of(fact, t.facts) | {
            "course_id": course_id,
            "person_id": person_id,
            "kind": fact.kind.value,
        }
        statement = insert_into(self._connection, t.facts).values(values)
        said = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=["course_id", "person_id", "kind", "target"],
            set_={name: said[name] for name in ("score", "maximum", "completed", "occurred_at", "order", "source")}
            | {"received_at": said.received_at},
            where=tuple_(said.occurred_at, said.order) > tuple_(t.facts.c.occurred_at, t.facts.c.order),
        )
        return self._connection.execute(statement.returning(t.facts.c.target)).first() is not None

    def get(self, course_id: str, person_id: str) -> LearnerRecord:
        query = select(t.facts).where(t.facts.c.course_id == course_id, t.facts.c.person_id == person_id)
        return LearnerRecord.fold(_fact(row) for row in self._connection.execute(query))

    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        facts: dict[str, list[Fact]] = {}
        for row in self._connection.execute(select(t.facts).where(t.facts.c.course_id == course_id)):
            facts.setdefault(row.person_id, []).append(_fact(row))
        return {person_id: LearnerRecord.fold(known) for person_id, known in facts.items()}
