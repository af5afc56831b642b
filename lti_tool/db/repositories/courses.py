"""Courses, what criteria can name in them, and when they were last read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import insert_new, upsert, values_of
from lti_tool.db.tables import course as t
from lti_tool.domain.aliases import CourseAlias, CourseAliasKind
from lti_tool.domain.course_copy import Key
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Activity
from lti_tool.usecases.ports import CourseReading

# Built once, as every launch runs them.
_GET = select(t.courses).where(t.courses.c.id == bindparam("course_id"))
_READING = select(t.course_readings).where(t.course_readings.c.course_id == bindparam("course_id"))


def _course(row: Row[Any]) -> Course:
    values = dict(row._mapping)
    return Course(**values | {"service_scopes": tuple(values["service_scopes"])})


class SqlCourses(Remembering):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @once
    def get(self, course_id: str) -> Course | None:
        row = self._connection.execute(_GET, {"course_id": course_id}).first()
        return _course(row) if row else None

    def find(self, registration_id: str, context_id: str, deployment_id: str | None = None) -> list[Course]:
        query = select(t.courses).where(
            t.courses.c.registration_id == registration_id, t.courses.c.context_id == context_id
        )
        if deployment_id is not None:
            query = query.where(t.courses.c.deployment_id == deployment_id)
        return [_course(row) for row in self._connection.execute(query)]

    def of_registration(self, registration_id: str) -> list[Course]:
        query = select(t.courses).where(t.courses.c.registration_id == registration_id).order_by(t.courses.c.title)
        return [_course(row) for row in self._connection.execute(query)]

    def of_person(self, person_id: str) -> list[Course]:
        enrolled = select(t.enrolments.c.course_id).where(t.enrolments.c.person_id == person_id)
        query = select(t.courses).where(t.courses.c.id.in_(enrolled)).order_by(t.courses.c.title, t.courses.c.id)
        return [_course(row) for row in self._connection.execute(query)]

    def save(self, course: Course) -> None:
        upsert(self._connection, t.courses, values_of(course, t.courses))

    def by_alias(self, registration_id: str, kind: str, value: str, deployment_id: str | None = None) -> list[Course]:
        aliases = t.course_aliases
        query = select(t.courses).join_from(t.courses, aliases, aliases.c.course_id == t.courses.c.id)
        query = query.where(
            aliases.c.registration_id == registration_id, aliases.c.kind == kind, aliases.c.value == value
        )
        if deployment_id is not None:
            query = query.where(aliases.c.deployment_id == deployment_id)
        return [_course(row) for row in self._connection.execute(query)]

    def aliases(self, course_id: str) -> list[CourseAlias]:
        table = t.course_aliases
        rows = self._connection.execute(select(table.c.kind, table.c.value).where(table.c.course_id == course_id))
        return [CourseAlias(CourseAliasKind(row.kind), row.value) for row in rows]

    def save_aliases(self, course: Course, aliases: Iterable[CourseAlias]) -> bool:
        held = set(self.aliases(course.id))
        new = False
        for alias in sorted(set(aliases) - held, key=lambda alias: (alias.kind, alias.value)):
            row = {"registration_id": course.registration_id, "deployment_id": course.deployment_id}
            row |= {"kind": alias.kind.value, "value": alias.value, "course_id": course.id}
            new |= insert_new(self._connection, t.course_aliases, row)
        return new

    @once
    def activities(self, course_id: str) -> list[Activity]:
        table = t.activities
        query = select(table).where(table.c.course_id == course_id).order_by(table.c.position, table.c.id)
        return [
            Activity(
                row.id, row.kind, row.title, row.maximum, row.module_id, row.url, row.hidden, row.gone_at is not None
            )
            for row in self._connection.execute(query)
        ]

    def save_activities(self, course_id: str, activities: Iterable[Activity], seen_at: datetime) -> None:
        held = {(activity.kind, activity.id): place for place, activity in enumerate(self.activities(course_id))}
        for activity in activities:
            place = held.setdefault((activity.kind, activity.id), len(held))
            row = values_of(activity, t.activities, without=("hidden",))
            upsert(
                self._connection,
                t.activities,
                row | {"course_id": course_id, "position": place, "seen_at": seen_at},
            )

    def note_listed(self, course_id: str, source: str, listed: Iterable[Activity], at: datetime) -> None:
        table = t.activities
        here = update(table).where(table.c.course_id == course_id)
        found = {(activity.kind, activity.id): activity for activity in listed}
        query = select(table).where(table.c.course_id == course_id)
        for row in self._connection.execute(query).all():
            activity = found.get((row.kind, row.id))
            told: dict[str, Any] = {}
            if activity is not None:
                told = {"listed_by": source, "gone_at": None, "hidden": activity.hidden}
            elif row.listed_by == source and row.gone_at is None:
                told = {"gone_at": at}
            if any(getattr(row, name) != value for name, value in told.items()):
                self._connection.execute(here.where(table.c.kind == row.kind, table.c.id == row.id).values(told))

    def note_history(self, course_id: str, history: Mapping[Key, Sequence[str]]) -> None:
        held = self.history(course_id)
        for one in self.activities(course_id):
            key = (one.kind, one.id)
            for before in history.get(key, ()):
                if before not in held.get(key, ()):
                    row = {"course_id": course_id, "kind": one.kind, "id": one.id, "before": before}
                    insert_new(self._connection, t.activity_history, row)

    def history(self, course_id: str) -> dict[Key, list[str]]:
        table, found = t.activity_history, dict[Key, list[str]]()
        query = select(table).where(table.c.course_id == course_id).order_by(table.c.kind, table.c.id, table.c.before)
        for row in self._connection.execute(query):
            found.setdefault((row.kind, row.id), []).append(row.before)
        return found

    def reading(self, course_id: str) -> CourseReading:
        row = self._connection.execute(_READING, {"course_id": course_id}).first()
        if row is None:
            return CourseReading()
        values = dict(row._mapping)
        del values["course_id"]
        return CourseReading(**values)

    def save_reading(self, course_id: str, **changes: Any) -> None:
        upsert(self._connection, t.course_readings, {"course_id": course_id} | changes)
