"""Awards with their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from lti_tool.db.repositories.ledger import SqlLedger
from lti_tool.db.statements import insert_new, values_of
from lti_tool.db.tables import badges as t
from lti_tool.db.tables.course import courses
from lti_tool.db.tables.platform import registrations
from lti_tool.domain.award import Award, AwardState, Cause, Flag
from lti_tool.domain.identity import Actor
from lti_tool.domain.ledger import Deed
from lti_tool.usecases.ports import AwardStanding, HistoryEntry

_ROWS_AT_ONCE = 5000
# Built once, as every decision runs it.
_OF_PERSON = (
    select(t.awards)
    .where(t.awards.c.course_id == bindparam("course_id"), t.awards.c.person_id == bindparam("person_id"))
    .order_by(t.awards.c.decided_at.desc(), t.awards.c.id)
)


def _award(row: Row[Any]) -> Award:
    values = dict(row._mapping)
    said = {"state": AwardState(values["state"]), "flag": Flag(values["flag"]), "cause": Cause(values["cause"])}
    return Award(**values | said)


def _of_tenant(tenant_id: str) -> ColumnElement[bool]:
    places = select(courses.c.id).join(registrations, registrations.c.id == courses.c.registration_id)
    return t.awards.c.course_id.in_(places.where(registrations.c.tenant_id == tenant_id))


class SqlAwards:
    def __init__(self, connection: Connection, ledger: SqlLedger) -> None:
        self._connection = connection
        self._ledger = ledger
        self._new: dict[str, Award] = {}
        self._saved: dict[str, Award] = {}

    def get(self, award_id: str) -> Award | None:
        row = self._connection.execute(select(t.awards).where(t.awards.c.id == award_id)).first()
        return _award(row) if row else None

    def add(self, award: Award) -> bool:
        is_new = insert_new(self._connection, t.awards, values_of(award, t.awards))
        if is_new:
            self._new[award.id] = award
            self._ledger.changed(f"award {award.id}")
        return is_new

    def save(self, award: Award) -> None:
        self._saved[award.id] = award
        self._ledger.changed(f"award {award.id}")
        values = values_of(award, t.awards, without=("id",))
        self._connection.execute(update(t.awards).where(t.awards.c.id == award.id).values(values))

    def of_achievement(self, achievement_id: str) -> list[Award]:
        return self._where(t.awards.c.achievement_id == achievement_id)

    def of_person(self, course_id: str, person_id: str) -> list[Award]:
        rows = self._connection.execute(_OF_PERSON, {"course_id": course_id, "person_id": person_id})
        return [_award(row) for row in rows]

    def of_course(self, course_id: str) -> list[Award]:
        return self._where(t.awards.c.course_id == course_id)

    def courses(self) -> list[str]:
        return sorted(self._connection.execute(select(t.awards.c.course_id).distinct()).scalars())

    def standing(self, course_id: str) -> Iterator[AwardStanding]:
        table = t.awards
        query = select(*(table.c[name] for name in AwardStanding._fields)).where(table.c.course_id == course_id)
        for row in self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            yield AwardStanding(*row)

    def standing_of_batch(self, batch_id: str) -> list[str]:
        return self._standing(t.awards.c.batch_id == batch_id)

    def standing_of_achievement(self, achievement_id: str) -> list[str]:
        return self._standing(t.awards.c.achievement_id == achievement_id)

    def standing_of_issuer(self, tenant_id: str, slug: str) -> list[str]:
        # Credentials from before there were several issuers name the one that bears the tenant's name.
        names = [slug, ""] if slug == tenant_id else [slug]
        signed = select(t.credentials.c.award_id).where(t.credentials.c.issuer_slug.in_(names))
        return self._standing(t.awards.c.id.in_(signed), _of_tenant(tenant_id))

    def _standing(self, *conditions: Any) -> list[str]:
        table = t.awards
        query = select(table.c.id).where(table.c.state != AwardState.REVOKED.value, *conditions)
        return list(self._connection.execute(query.order_by(table.c.person_id, table.c.id)).scalars())

    def count_of_batch(self, batch_id: str) -> int:
        query = select(func.count()).select_from(t.awards).where(t.awards.c.batch_id == batch_id)
        return self._connection.execute(query).scalar_one()

    def unissued(self, tenant_id: str) -> list[Award]:
        return self._where(t.awards.c.state == AwardState.AWARDED.value, _of_tenant(tenant_id))

    def _where(self, *conditions: Any) -> list[Award]:
        query = select(t.awards).where(*conditions).order_by(t.awards.c.decided_at.desc(), t.awards.c.id)
        return [_award(row) for row in self._connection.execute(query)]

    def note(
        self,
        award_id: str,
        at: datetime,
        actor: Actor,
        action: str,
        reason: str = "",
        weighed: dict[str, Any] | None = None,
    ) -> None:
        new = self._new.pop(award_id, None)
        award = self._saved.get(award_id) or new or self.get(award_id)
        assert award is not None, "only what is stored is noted"
        weighed = weighed or (new.evaluation if new else None)
        details = ({"reason": reason} if reason else {}) | ({"weighed": weighed} if weighed else {})
        self._ledger.note(Deed.about_award(award, at, actor, action, details))
        self._ledger.said(f"award {award_id}")
        values = {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name}
        values |= {"action": action, "reason": reason}
        self._connection.execute(insert(t.award_history).values(award_id=award_id, at=at, **values))

    def history(self, award_id: str) -> list[HistoryEntry]:
        table = t.award_history
        rows = self._connection.execute(select(table).where(table.c.award_id == award_id).order_by(table.c.id))
        return [
            HistoryEntry(row.at, Actor(row.actor_kind, row.actor_id, row.actor_name), row.action, row.reason)
            for row in rows
        ]
