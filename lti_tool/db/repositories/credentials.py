"""The credentials written for awards: what is served, what is to take its place, and what was served before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from lti_tool.db.pending import Pending
from lti_tool.db.statements import insert_new, upsert, values_of
from lti_tool.db.tables import badges as t
from lti_tool.db.tables.course import people
from lti_tool.domain.award import AwardState
from lti_tool.usecases.ports import StoredCredential

MANY = 200
_THEIRS = t.credentials.c.award_id.in_(bindparam("award_ids", expanding=True))
_OF_AWARDS = select(t.credentials).where(_THEIRS).order_by(t.credentials.c.created, t.credentials.c.award_id)
_INTENT = [t.credentials.c[name] for name in ("award_id", "binding", "created", "proof_kid", "jwt_kid")]
# In one order for all who lock some of them.
_HOLD = select(*_INTENT).where(_THEIRS).order_by(t.credentials.c.award_id, t.credentials.c.binding).with_for_update()
_ADD = insert(t.credentials)
_SIGNED = (
    update(t.credentials)
    .where(t.credentials.c.award_id == bindparam("of_award"), t.credentials.c.binding == bindparam("of_binding"))
    .values(document=bindparam("document"), jwt=bindparam("jwt"))
)


class SqlCredentials:
    """Implements usecases.ports.Credentials."""

    def __init__(self, connection: Connection, pending: Pending) -> None:
        self._connection = connection
        self._pending = pending
        # All of the awards that were read ahead, by award and wallet, the oldest first.
        self._held: dict[str, dict[str, StoredCredential]] = {}
        # By award and wallet, what fixes the signature of those that nobody else changes now.
        self._intents: dict[tuple[str, str], tuple[datetime, str, str]] = {}

    def read_ahead(self, award_ids: Collection[str]) -> None:
        self._held |= {award_id: {} for award_id in award_ids}
        for row in self._connection.execute(_OF_AWARDS, {"award_ids": sorted(award_ids)}):
            self._held[row.award_id][row.binding] = StoredCredential(**row._mapping)

    def hold(self, award_ids: Collection[str]) -> None:
        rows = self._connection.execute(_HOLD, {"award_ids": sorted(award_ids)})
        self._intents |= {(row.award_id, row.binding): (row.created, row.proof_kid, row.jwt_kid) for row in rows}

    def get(self, award_id: str, binding: str = "") -> StoredCredential | None:
        if award_id in self._held:
            return self._held[award_id].get(binding)
        row = self._row(t.credentials, award_id, binding)
        return StoredCredential(**row._mapping) if row else None

    def issuer_of(self, award_id: str) -> str | None:
        if award_id in self._held:
            return next((held.issuer_slug for held in self._held[award_id].values()), None)
        table = t.credentials
        query = select(table.c.issuer_slug).where(table.c.award_id == award_id).order_by(table.c.created).limit(1)
        return self._connection.execute(query).scalar()

    def add_intent(self, credential: StoredCredential) -> bool:
        held = self._held.get(credential.award_id)
        if held is None:
            return insert_new(self._connection, t.credentials, values_of(credential, t.credentials))
        if credential.binding in held:
            return False
        held[credential.binding] = credential
        self._pending.add(_ADD, values_of(credential, t.credentials))
        return True

    def save_signed(self, credential: StoredCredential) -> bool:
        intent = self._intents.get((credential.award_id, credential.binding))
        if intent is not None:
            return self._save_held(credential, intent)
        changes = {"document": credential.document, "jwt": credential.jwt}
        done = self._connection.execute(update(t.credentials).where(_same_intent(credential)).values(changes))
        return done.rowcount == 1

    def _save_held(self, credential: StoredCredential, intent: tuple[datetime, str, str]) -> bool:
        if intent != (credential.created, credential.proof_kid, credential.jwt_kid):
            return False
        self._held.pop(credential.award_id, None)
        of_it = {"of_award": credential.award_id, "of_binding": credential.binding}
        self._pending.add(_SIGNED, of_it | {"document": credential.document, "jwt": credential.jwt})
        return True

    def replace_intent(self, credential: StoredCredential) -> None:
        self._held.pop(credential.award_id, None)
        self._intents.pop((credential.award_id, credential.binding), None)
        table = t.credentials
        of_it = (table.c.award_id == credential.award_id, table.c.binding == credential.binding)
        values = values_of(credential, table, without=("award_id", "binding"))
        self._connection.execute(update(table).where(*of_it, table.c.document.is_(None)).values(values))

    def bindings(self, award_id: str) -> list[str]:
        self._pending.write()
        table = t.credentials
        query = select(table.c.binding).where(table.c.award_id == award_id, table.c.document.is_not(None))
        return list(self._connection.execute(query.order_by(table.c.binding)).scalars())

    def renewal(self, award_id: str, binding: str) -> StoredCredential | None:
        row = self._row(t.credential_renewals, award_id, binding)
        return StoredCredential(**row._mapping) if row else None

    def save_renewal(self, credential: StoredCredential) -> None:
        upsert(self._connection, t.credential_renewals, values_of(credential, t.credential_renewals))

    def save_renewed(self, credential: StoredCredential, at: datetime) -> bool:
        waiting, served = t.credential_renewals, t.credentials
        of_it = and_(waiting.c.award_id == credential.award_id, waiting.c.binding == credential.binding)
        same = (waiting.c.created == credential.created, waiting.c.proof_kid == credential.proof_kid)
        if self._connection.execute(delete(waiting).where(of_it, *same)).rowcount != 1:
            return False
        before = self._row(served, credential.award_id, credential.binding)
        assert before is not None, "only what is there is renewed"
        self._connection.execute(insert(t.past_credentials).values(**before._mapping, replaced_at=at))
        which = (served.c.award_id == credential.award_id, served.c.binding == credential.binding)
        values = values_of(credential, served, without=("award_id", "binding"))
        self._connection.execute(update(served).where(*which).values(values))
        return True

    def past(self, award_id: str) -> list[StoredCredential]:
        table = t.past_credentials
        columns = [column for column in table.columns if column.name != "replaced_at"]
        query = select(*columns).where(table.c.award_id == award_id).order_by(table.c.created.desc())
        return [StoredCredential(**row._mapping) for row in self._connection.execute(query)]

    def is_newest(self, credential: StoredCredential) -> bool:
        self._pending.write()
        table = t.credentials
        later = (table.c.award_id == credential.award_id, table.c.created > credential.created)
        return self._connection.execute(select(table.c.binding).where(*later).limit(1)).first() is None

    def named(self, award_id: str) -> bool:
        table = t.name_consents
        return self._connection.execute(select(table.c.name).where(table.c.award_id == award_id)).first() is not None

    def consent_to_name(self, award_id: str, name: str | None, at: datetime) -> None:
        table = t.name_consents
        if name is None:
            self._connection.execute(delete(table).where(table.c.award_id == award_id))
        else:
            upsert(self._connection, table, {"award_id": award_id, "name": name, "given_at": at})

    def signed_with(self, kids: Collection[str], limit: int = MANY) -> list[tuple[str, str]]:
        self._pending.write()
        table = t.credentials
        query = _counting(select(table.c.award_id, table.c.binding), kids)
        rows = self._connection.execute(query.order_by(table.c.award_id, table.c.binding).limit(limit))
        return [(row.award_id, row.binding) for row in rows]

    def count_signed_with(self, kid: str) -> tuple[int, int]:
        self._pending.write()
        learners = func.count(t.awards.c.person_id.distinct())
        query = _counting(select(func.count().label("found"), learners.label("learners")), [kid])
        row = self._connection.execute(query).one()
        return row.found, row.learners

    def endorsed_with(self, kid: str) -> list[tuple[str, str]]:
        self._pending.write()
        # Before it is signed a credential names no key but those of the endorsements in it. All are read: keys are
        # seldom stolen, and nothing else ever asks for this.
        table = t.credentials
        query = (
            select(table.c.award_id, table.c.binding)
            .join(t.awards, t.awards.c.id == table.c.award_id)
            .where(cast(table.c.unsigned, Text).contains(kid, autoescape=True))
            .where(t.awards.c.state != AwardState.REVOKED.value)
        )
        rows = self._connection.execute(query.order_by(table.c.award_id, table.c.binding))
        return [(row.award_id, row.binding) for row in rows]

    def renamed(self, limit: int) -> list[tuple[str, str]]:
        self._pending.write()
        table, consents = t.credentials, t.name_consents
        query = (
            select(table.c.award_id, table.c.binding)
            .join(consents, consents.c.award_id == table.c.award_id)
            .join(t.awards, t.awards.c.id == table.c.award_id)
            .join(people, people.c.id == t.awards.c.person_id)
            .where(people.c.name != consents.c.name, people.c.name != "", table.c.document.is_not(None))
            .where(t.awards.c.state != AwardState.REVOKED.value)
        )
        return [(row.award_id, row.binding) for row in self._connection.execute(query.limit(limit))]

    def _row(self, table: Table, award_id: str, binding: str) -> Row[Any] | None:
        self._pending.write()
        query = select(table).where(table.c.award_id == award_id, table.c.binding == binding)
        return self._connection.execute(query).first()


def _same_intent(credential: StoredCredential) -> Any:
    table = t.credentials
    return and_(
        table.c.award_id == credential.award_id,
        table.c.binding == credential.binding,
        table.c.created == credential.created,
        table.c.proof_kid == credential.proof_kid,
        table.c.jwt_kid == credential.jwt_kid,
    )


def _counting(query: Any, kids: Collection[str]) -> Select[Any]:
    table = t.credentials
    found: Select[Any] = (
        query.select_from(table)
        .join(t.awards, t.awards.c.id == table.c.award_id)
        .where(or_(table.c.proof_kid.in_(kids), table.c.jwt_kid.in_(kids)))
        .where(t.awards.c.state != AwardState.REVOKED.value)
    )
    return found
