"""Awards with their history."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, bindparam, func, insert, select, update

from lti_tool.db.pending import Pending
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
# Built once, as every decision runs them.
_GET = select(t.awards).where(t.awards.c.id == bindparam("award_id"))
_BY_IDS = select(t.awards).where(t.awards.c.id.in_(bindparam("award_ids", expanding=True)))
_ADD = insert(t.awards)
_NOTE = insert(t.award_history)
_OF_PERSON = (
    select(t.awards)
    .where(t.awards.c.course_id == bindparam("course_id"), t.awards.c.person_id == bindparam("person_id"))
    .order_by(t.awards.c.decided_at.desc(), t.awards.c.id)
)
_OF_PEOPLE = (
    select(t.awards)
    .where(
        t.awards.c.course_id == bindparam("course_id"),
        t.awards.c.person_id.in_(bindparam("person_ids", expanding=True)),
    )
    .order_by(t.awards.c.decided_at.desc(), t.awards.c.id)
)
_COLUMNS = tuple(t.awards.columns.keys())
_STATES = {state.value: state for state in AwardState}
_FLAGS = {flag.value: flag for flag in Flag}
_CAUSES = {cause.value: cause for cause in Cause}


@cache
def _save(columns: tuple[str, ...]) -> Update:
    """Built once for each set of columns that change together."""
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    return update(t.awards).where(t.awards.c.id == bindparam("of_id")).values(values)


def _award(row: Row[Any]) -> Award:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["state"], values["flag"] = _STATES[values["state"]], _FLAGS[values["flag"]]
    values["cause"] = _CAUSES[values["cause"]]
    return Award(**values)


def _of_tenant(tenant_id: str) -> ColumnElement[bool]:
    places = select(courses.c.id).join(registrations, registrations.c.id == courses.c.registration_id)
    return t.awards.c.course_id.in_(places.where(registrations.c.tenant_id == tenant_id))


class SqlAwards:
    def __init__(self, connection: Connection, pending: Pending, ledger: SqlLedger) -> None:
        self._connection = connection
        self._pending = pending
        self._ledger = ledger
        self._new: dict[str, Award] = {}
        # As they stand, of those that this transaction has read ahead or saved.
        self._known: dict[str, Award] = {}
        # By (course, person), the ids of all that she has there.
        self._of_person: dict[tuple[str, str], list[str]] = {}

    def get(self, award_id: str) -> Award | None:
        if award_id in self._known:
            return self._known[award_id]
        self._pending.write()
        row = self._connection.execute(_GET, {"award_id": award_id}).first()
        return _award(row) if row else None

    def read_ahead(self, award_ids: Collection[str]) -> None:
        self._pending.write()
        rows = self._connection.execute(_BY_IDS, {"award_ids": sorted(award_ids)})
        self._known |= {award.id: award for award in map(_award, rows)}

    def read_ahead_of(self, course_id: str, person_ids: Collection[str]) -> None:
        self._pending.write()
        self._of_person |= {(course_id, person_id): [] for person_id in person_ids}
        rows = self._connection.execute(_OF_PEOPLE, {"course_id": course_id, "person_ids": sorted(person_ids)})
        for award in map(_award, rows):
            self._known[award.id] = award
            self._of_person[course_id, award.person_id].append(award.id)

    def add(self, award: Award) -> bool:
        held = self._of_person.get((award.course_id, award.person_id))
        if held is None:
            is_new = insert_new(self._connection, t.awards, values_of(award, t.awards))
        else:
            is_new = award.id not in held
        if not is_new:
            return False
        if held is not None:
            held.insert(0, award.id)
            self._known[award.id] = award
            self._pending.add(_ADD, values_of(award, t.awards))
        self._new[award.id] = award
        self._ledger.changed(f"award {award.id}")
        return True

    def save(self, award: Award) -> None:
        before, after = self._known.get(award.id), values_of(award, t.awards, without=("id",))
        self._known[award.id] = award
        self._ledger.changed(f"award {award.id}")
        kept = values_of(before, t.awards) if before is not None else {}
        changes = {name: value for name, value in after.items() if name not in kept or kept[name] != value}
        if changes:
            self._pending.add(_save(tuple(changes)), changes | {"of_id": award.id})

    def of_achievement(self, achievement_id: str) -> list[Award]:
        return self._where(t.awards.c.achievement_id == achievement_id)

    def of_person(self, course_id: str, person_id: str) -> list[Award]:
        held = self._of_person.get((course_id, person_id))
        if held is not None:
            return [self._known[award_id] for award_id in held]
        self._pending.write()
        rows = self._connection.execute(_OF_PERSON, {"course_id": course_id, "person_id": person_id})
        return [_award(row) for row in rows]

    def of_course(self, course_id: str) -> list[Award]:
        return self._where(t.awards.c.course_id == course_id)

    def courses(self) -> list[str]:
        self._pending.write()
        return sorted(self._connection.execute(select(t.awards.c.course_id).distinct()).scalars())

    def standing(self, course_id: str) -> Iterator[AwardStanding]:
        self._pending.write()
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
        self._pending.write()
        table = t.awards
        query = select(table.c.id).where(table.c.state != AwardState.REVOKED.value, *conditions)
        return list(self._connection.execute(query.order_by(table.c.person_id, table.c.id)).scalars())

    def count_of_batch(self, batch_id: str) -> int:
        self._pending.write()
        query = select(func.count()).select_from(t.awards).where(t.awards.c.batch_id == batch_id)
        return self._connection.execute(query).scalar_one()

    def unissued(self, tenant_id: str) -> list[Award]:
        return self._where(t.awards.c.state == AwardState.AWARDED.value, _of_tenant(tenant_id))

    def _where(self, *conditions: Any) -> list[Award]:
        self._pending.write()
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
        award = self._known.get(award_id) or new or self.get(award_id)
        assert award is not None, "only what is stored is noted"
        weighed = weighed or (new.evaluation if new else None)
        details = ({"reason": reason} if reason else {}) | ({"weighed": weighed} if weighed else {})
        self._ledger.note(Deed.about_award(award, at, actor, action, details))
        self._ledger.said(f"award {award_id}")
        values = {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name}
        values |= {"action": action, "reason": reason}
        self._pending.add(_NOTE, values | {"award_id": award_id, "at": at})

    def history(self, award_id: str) -> list[HistoryEntry]:
        self._pending.write()
        table = t.award_history
        rows = self._connection.execute(select(table).where(table.c.award_id == award_id).order_by(table.c.id))
        return [
            HistoryEntry(row.at, Actor(row.actor_kind, row.actor_id, row.actor_name), row.action, row.reason)
            for row in rows
        ]
