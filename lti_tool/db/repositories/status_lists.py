"""Status lists: random indexes without replacement, and the bits."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import insert_into, insert_new
from lti_tool.db.tables import badges as t
from lti_tool.usecases.ports import StatusList

# The least length that hides a holder in a herd (Bitstring Status List 1.0, section 6.1).
LIST_SIZE = 131_072
# A list is left when half of it is used: a random index is then still found at the second try on average.
FULL_AT = LIST_SIZE // 2
_IDS_A_STATEMENT = 5_000
_PLACES = select(
    t.status_entries.c.award_id, t.status_entries.c.list_id, t.status_entries.c["index"].label("position")
).where(t.status_entries.c.award_id.in_(bindparam("award_ids", expanding=True)))


class SqlStatusLists(Remembering):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # Lists whose revision this transaction has raised: once tells as much as a thousand times.
        self._raised: set[str] = set()
        # Entries of awards that were read ahead.
        self._known: dict[str, tuple[str, int]] = {}

    def allocate_ahead(self, tenant_id: str, award_ids: Collection[str], purpose: str, issuer_slug: str) -> None:
        missing = set(award_ids) - set(self.read_ahead(award_ids))
        if not missing:
            return
        list_id = self._open_list(tenant_id, purpose, issuer_slug)
        added = 0
        while missing:
            chosen = dict(zip(_indexes(len(missing)), sorted(missing), strict=True))
            rows = [
                {"list_id": list_id, "index": index, "award_id": award_id, "revoked": False}
                for index, award_id in chosen.items()
            ]
            # An index that is taken is drawn anew, and an award that somebody else gave one meanwhile keeps that.
            statement = insert_into(self._connection, t.status_entries).on_conflict_do_nothing()
            made = self._connection.execute(statement.returning(t.status_entries.c.award_id), rows).scalars().all()
            added += len(made)
            places = {award_id: (list_id, index) for index, award_id in chosen.items()}
            self._known |= {award_id: places[award_id] for award_id in made}
            missing -= set(made)
            if missing:
                missing -= set(self.read_ahead(missing))
        self._count(list_id, added)

    def read_ahead(self, award_ids: Collection[str]) -> dict[str, tuple[str, int]]:
        rows = self._connection.execute(_PLACES, {"award_ids": sorted(award_ids)})
        found = {row.award_id: (row.list_id, row.position) for row in rows}
        self._known |= found
        return found

    @once
    def allocate(
        self, tenant_id: str, award_id: str, purpose: str = "revocation", issuer_slug: str = ""
    ) -> tuple[str, int]:
        held = self._entry(award_id)
        if held is not None:
            return held
        list_id = self._open_list(tenant_id, purpose, issuer_slug)
        while True:
            index = secrets.randbelow(LIST_SIZE)
            entry = {"list_id": list_id, "index": index, "award_id": award_id, "revoked": False}
            if insert_new(self._connection, t.status_entries, entry):
                break
            held = self._entry(award_id)
            if held is not None:
                return held
        self._count(list_id, 1)
        return list_id, index

    def _count(self, list_id: str, added: int) -> None:
        table = t.status_lists
        of_list = update(table).where(table.c.id == list_id)
        self._connection.execute(of_list.values(allocated=table.c.allocated + added))

    def _entry(self, award_id: str) -> tuple[str, int] | None:
        if award_id in self._known:
            return self._known[award_id]
        table = t.status_entries
        row = self._connection.execute(
            select(table.c.list_id, table.c["index"].label("position")).where(table.c.award_id == award_id)
        ).first()
        return (row.list_id, row.position) if row else None

    def _open_list(self, tenant_id: str, purpose: str, issuer_slug: str) -> str:
        table = t.status_lists
        kind = {"tenant_id": tenant_id, "purpose": purpose, "issuer_slug": issuer_slug}
        query = select(table.c.id).filter_by(**kind).where(table.c.allocated < FULL_AT)
        found = self._connection.execute(query.order_by(table.c.id).limit(1)).scalar()
        if found is not None:
            return str(found)
        list_id = str(uuid4())
        self._connection.execute(
            insert(table).values(
                id=list_id,
                **kind,
                size=LIST_SIZE,
                allocated=0,
                revision=1,
                signed_revision=0,
            )
        )
        return list_id

    @once
    def purpose(self, list_id: str) -> str:
        query = select(t.status_lists.c.purpose).where(t.status_lists.c.id == list_id)
        return str(self._connection.execute(query).scalar_one())

    def revoke(self, award_id: str) -> str | None:
        return self._set(award_id, True)

    def suspend(self, award_id: str, *, suspended: bool) -> str | None:
        entry = self._entry(award_id)
        if entry is None or self.purpose(entry[0]) != "suspension":
            return None
        return self._set(award_id, suspended)

    def is_marked(self, award_id: str) -> bool:
        table = t.status_entries
        return bool(self._connection.execute(select(table.c.revoked).where(table.c.award_id == award_id)).scalar())

    def revoke_many(self, award_ids: Sequence[str]) -> list[str]:
        changed: set[str] = set()
        for start in range(0, len(award_ids), _IDS_A_STATEMENT):
            some = award_ids[start : start + _IDS_A_STATEMENT]
            changed |= self._set_bits(True, t.status_entries.c.award_id.in_(some))
        return self._raised_anew(changed)

    def _set(self, award_id: str, bit: bool) -> str | None:
        changed = self._set_bits(bit, t.status_entries.c.award_id == award_id)
        return next(iter(self._raised_anew(changed)), None)

    def _set_bits(self, bit: bool, which: ColumnElement[bool]) -> set[str]:
        """The lists on which this makes a difference."""
        table = t.status_entries
        statement = update(table).where(which, table.c.revoked != bit).values(revoked=bit)
        return set(self._connection.execute(statement.returning(table.c.list_id)).scalars())

    def _raised_anew(self, changed: set[str]) -> list[str]:
        """After all places, and in one order for all, so that two who change the same lists do not wait in a ring."""
        table = t.status_lists
        for list_id in sorted(changed - self._raised):
            self._raised.add(list_id)
            raised = update(table).where(table.c.id == list_id).values(revision=table.c.revision + 1)
            self._connection.execute(raised)
        return sorted(changed)

    @once
    def get(self, list_id: str) -> StatusList | None:
        row = self._connection.execute(self._query().where(t.status_lists.c.id == list_id)).first()
        return StatusList(**row._mapping) if row else None

    def all(self) -> list[StatusList]:
        return [StatusList(**row._mapping) for row in self._connection.execute(self._query())]

    @staticmethod
    def _query() -> Select[Any]:
        table = t.status_lists
        return select(*(column for column in table.columns if column.name != "allocated"))

    def revoked_indexes(self, list_id: str) -> set[int]:
        table = t.status_entries
        query = select(table.c["index"]).where(table.c.list_id == list_id, table.c.revoked)
        return set(self._connection.execute(query).scalars())

    def save_signed(self, list_id: str, revision: int, document: str, valid_until: datetime) -> None:
        table = t.status_lists
        # A slower signer must not put an older revision over a newer one.
        self._connection.execute(
            update(table)
            .where(table.c.id == list_id, table.c.signed_revision <= revision)
            .values(signed_revision=revision, document=document, valid_until=valid_until)
        )


def _indexes(count: int) -> set[int]:
    """So many different ones, drawn at random."""
    drawn: set[int] = set()
    while len(drawn) < count:
        drawn.add(secrets.randbelow(LIST_SIZE))
    return drawn
