"""Readings of courses, what they repaired, and the rhythm of senders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from lti_tool.db.statements import insert_new, upsert
from lti_tool.db.tables import course as c
from lti_tool.db.tables import freshness as t
from lti_tool.db.tables import platform as p
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import RegistrationState
from lti_tool.domain.reconciliation import Found
from lti_tool.domain.rhythm import Rhythm
from lti_tool.usecases.ports import Repair, Repaired, SourceState, Told


class SqlSweeps:
    """Implements usecases.ports.Sweeps."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_course(self, course_id: str) -> list[SourceState]:
        table = t.course_sources
        names = [field.name for field in fields(SourceState)]
        query = select(*(table.c[name] for name in names)).where(table.c.course_id == course_id)
        return [SourceState(**row._mapping) for row in self._connection.execute(query.order_by(table.c.source))]

    def save(self, course_id: str, source: str, **changes: Any) -> None:
        upsert(self._connection, t.course_sources, {"course_id": course_id, "source": source} | changes)

    def add_repairs(self, repairs: Iterable[Repair]) -> None:
        for repair in repairs:
            row = asdict(repair) | {"kind": repair.kind.value, "found": repair.found.value}
            insert_new(self._connection, t.repairs, row)

    def repairs(self, course_id: str, limit: int = 100) -> list[Repair]:
        query = select(t.repairs).where(t.repairs.c.course_id == course_id)
        query = query.order_by(t.repairs.c.found_at.desc(), t.repairs.c.id.desc()).limit(limit)
        return [_repair(row) for row in self._connection.execute(query)]

    def last_repaired(self, course_id: str) -> Repaired | None:
        table = t.repairs
        newest = select(func.max(table.c.found_at)).where(table.c.course_id == course_id)
        at = self._connection.execute(newest).scalar()
        if at is None:
            return None
        query = select(table.c.found, func.count()).where(table.c.course_id == course_id, table.c.found_at == at)
        return Repaired(at, {Found(found): count for found, count in self._connection.execute(query.group_by("found"))})

    def due(self, now: datetime, limit: int) -> list[str]:
        next_at = c.course_readings.c.next_at
        query = _served().where(or_(next_at.is_(None), next_at <= now)).order_by(next_at, c.courses.c.id).limit(limit)
        return list(self._connection.execute(query).scalars())

    def active(self, since: datetime, registration_id: str | None = None) -> list[str]:
        query = _served().where(c.course_readings.c.active_at >= since)
        if registration_id is not None:
            query = query.where(c.courses.c.registration_id == registration_id)
        return list(self._connection.execute(query.order_by(c.courses.c.id)).scalars())


def _served() -> Select[Any]:
    """Ids of the courses of active platforms, with their readings."""
    courses, readings, registrations = c.courses, c.course_readings, p.registrations
    return (
        select(courses.c.id)
        .join_from(courses, registrations, registrations.c.id == courses.c.registration_id)
        .outerjoin(readings, readings.c.course_id == courses.c.id)
        .where(registrations.c.state == RegistrationState.ACTIVE.value)
    )


def _repair(row: Row[Any]) -> Repair:
    values = {field.name: row._mapping[field.name] for field in fields(Repair)}
    values |= {"kind": FactKind(row.kind), "found": Found(row.found), "said": Told(**row.said)}
    return Repair(**values | {"held": None if row.held is None else Told(**row.held)})


class SqlHearings:
    """Implements usecases.ports.Hearings."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, registration_id: str, source: str) -> Rhythm | None:
        table = t.hearings
        query = select(table).where(table.c.registration_id == registration_id, table.c.source == source)
        row = self._connection.execute(query).first()
        return _rhythm(row) if row else None

    def of_registration(self, registration_id: str) -> dict[str, Rhythm]:
        query = select(t.hearings).where(t.hearings.c.registration_id == registration_id)
        return {row.source: _rhythm(row) for row in self._connection.execute(query.order_by(t.hearings.c.source))}

    def all(self) -> dict[tuple[str, str], Rhythm]:
        return {(row.registration_id, row.source): _rhythm(row) for row in self._connection.execute(select(t.hearings))}

    def save(self, registration_id: str, source: str, rhythm: Rhythm) -> None:
        row = {field.name: getattr(rhythm, field.name) for field in fields(Rhythm)}
        # JSON has no numbers for names.
        row["counts"] = {str(hour): list(told) for hour, told in rhythm.counts.items()}
        upsert(self._connection, t.hearings, {"registration_id": registration_id, "source": source} | row)


def _rhythm(row: Row[Any]) -> Rhythm:
    values = {field.name: row._mapping[field.name] for field in fields(Rhythm)}
    counts = {int(hour): tuple(told) for hour, told in row.counts.items()}
    return Rhythm(**values | {"counts": counts})
