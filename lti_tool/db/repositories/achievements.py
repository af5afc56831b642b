"""Achievements, with every version kept, and their images."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, bindparam, cast, delete, select

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.repositories.ledger import SqlLedger
from lti_tool.db.statements import insert_new, upsert
from lti_tool.db.tables import badges as t
from lti_tool.domain import criteria
from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.award_terms import AwardTerms
from lti_tool.domain.drift import Key, Seen
from lti_tool.domain.identity import Actor
from lti_tool.domain.ledger import Deed

_CRITERIA = cast(t.achievement_versions.c.criteria, Text).label("criteria")
_TERMS = cast(t.achievements.c.terms, Text).label("terms")
CONTENT = (
    "version",
    "name",
    "description",
    "image_id",
    "image_alt",
    "design",
    "award_from",
    "award_since",
    "published_at",
)


_STATES = {state.value: state for state in AchievementState}
_AWARD_FROM = {choice.value: choice for choice in AwardFrom}


def _tree(stored: str | None) -> criteria.Criteria | None:
    value = None if stored is None else json.loads(stored)
    return None if value is None else criteria.from_document(value)


def _achievement(row: Row[Any]) -> Achievement:
    return _read(tuple(row))


# As many as several courses have: each event asks for all badges of its course, and what was stored of a badge is read
# once and not again before it is stored otherwise.
@lru_cache(maxsize=1024)
def _read(row: tuple[Any, ...]) -> Achievement:
    # By place, as `_query` says.
    achievement_id, course_id, state, judges_by, terms, tree, *content = row
    values = dict(zip(CONTENT, content, strict=True))
    values["award_from"] = _AWARD_FROM[values["award_from"]]
    return Achievement(
        id=achievement_id,
        course_id=course_id,
        state=_STATES[state],
        criteria=_tree(tree),
        terms=AwardTerms.from_json(json.loads(terms)),
        judges_by=judges_by,
        **values,
    )


def _query(any_version: bool = False) -> Select[Any]:
    head, body = t.achievements, t.achievement_versions
    of_all = (head.c.id, head.c.course_id, head.c.state, head.c.judges_by, _TERMS)
    query = select(*of_all, _CRITERIA, *(body.c[name] for name in CONTENT))
    query = query.join_from(head, body, body.c.achievement_id == head.c.id)
    return query if any_version else query.where(body.c.version == head.c.version)


# Built once, as every decision runs it.
_OF_COURSE = (
    _query()
    .where(t.achievements.c.course_id == bindparam("course_id"))
    .order_by(t.achievement_versions.c.name, t.achievements.c.id)
)


class SqlAchievements(Remembering):
    def __init__(self, connection: Connection, ledger: SqlLedger) -> None:
        self._connection = connection
        self._ledger = ledger
        # Of courses whose badges this transaction has read.
        self._latest: dict[str, Achievement] = {}

    @once
    def get(self, course_id: str, achievement_id: str) -> Achievement | None:
        query = _query().where(t.achievements.c.course_id == course_id, t.achievements.c.id == achievement_id)
        row = self._connection.execute(query).first()
        return _achievement(row) if row else None

    @once
    def of_course(self, course_id: str) -> list[Achievement]:
        found = [_achievement(row) for row in self._connection.execute(_OF_COURSE, {"course_id": course_id})]
        self._latest |= {achievement.id: achievement for achievement in found}
        return found

    @once
    def version(self, achievement_id: str, version: int) -> Achievement | None:
        query = _query(any_version=True).where(
            t.achievements.c.id == achievement_id, t.achievement_versions.c.version == version
        )
        row = self._connection.execute(query).first()
        return _achievement(row) if row else None

    @once
    def latest(self, achievement_id: str) -> Achievement | None:
        if achievement_id in self._latest:
            return self._latest[achievement_id]
        row = self._connection.execute(_query().where(t.achievements.c.id == achievement_id)).first()
        return _achievement(row) if row else None

    def save(self, achievement: Achievement) -> None:
        self._latest.pop(achievement.id, None)
        head = {
            "id": achievement.id,
            "course_id": achievement.course_id,
            "version": achievement.version,
            "state": achievement.state.value,
            "terms": achievement.terms.to_json(),
            "judges_by": achievement.judges_by,
        }
        body = {name: getattr(achievement, name) for name in CONTENT} | {
            "achievement_id": achievement.id,
            "criteria": None if achievement.criteria is None else criteria.to_document(achievement.criteria),
            "award_from": achievement.award_from.value,
        }
        upsert(self._connection, t.achievements, head)
        upsert(self._connection, t.achievement_versions, body)
        if achievement.state is not AchievementState.DRAFT:
            self._ledger.changed(f"badge {achievement.id}")

    def note(self, achievement: Achievement, at: datetime, actor: Actor, action: str, reason: str = "") -> None:
        self._ledger.note(Deed.about_badge(achievement, at, actor, action, reason))
        self._ledger.said(f"badge {achievement.id}")

    def seen_targets(self, achievement_id: str) -> dict[Key, Seen]:
        query = select(t.rule_targets.c.seen).where(t.rule_targets.c.achievement_id == achievement_id)
        rows = self._connection.execute(query).scalar() or []
        return {(row["kind"], row["id"]): Seen(row["title"], row["maximum"], row["hidden"]) for row in rows}

    def save_seen_targets(self, achievement_id: str, seen: dict[Key, Seen]) -> None:
        rows = [{"kind": kind, "id": id_} | asdict(one) for (kind, id_), one in seen.items()]
        upsert(self._connection, t.rule_targets, {"achievement_id": achievement_id, "seen": rows})

    def save_built_on(self, achievement_id: str, on_ids: Iterable[str]) -> None:
        table = t.built_on
        self._connection.execute(delete(table).where(table.c.achievement_id == achievement_id))
        for on_id in sorted(set(on_ids)):
            insert_new(self._connection, table, {"achievement_id": achievement_id, "on_id": on_id})

    @once
    def courses_building_on(self, achievement_id: str) -> set[str]:
        head = t.achievements
        query = select(head.c.course_id).join(t.built_on, t.built_on.c.achievement_id == head.c.id)
        return set(self._connection.execute(query.where(t.built_on.c.on_id == achievement_id)).scalars())

    def built_on_elsewhere(self, course_id: str) -> list[str]:
        head, other = t.achievements, t.achievements.alias()
        query = (
            select(t.built_on.c.on_id)
            .join(head, head.c.id == t.built_on.c.achievement_id)
            .join(other, other.c.id == t.built_on.c.on_id)
            .where(head.c.course_id == course_id, other.c.course_id != course_id)
        )
        return sorted(set(self._connection.execute(query).scalars()))
