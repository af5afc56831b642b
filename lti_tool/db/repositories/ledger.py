"""The ledger: entries are gathered while a transaction is open and sealed into their chains when it commits.

Sealing comes last because it holds the end of the course's chain: nobody who holds it waits for anything else, so many
workers in one course follow one another and never block.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from lti_tool.db.statements import execute_all, insert_new
from lti_tool.db.tables import ledger as t
from lti_tool.domain.ledger import FIRST, Deed, Details, Entry, Head, Sealed, seal

_ROWS_AT_ONCE = 2000
_IDS_A_QUERY = 500
PERSON = "person"
_DETAILS = (t.ledger_details.c.course_id == t.ledger_entries.c.course_id) & (
    t.ledger_details.c.sequence == t.ledger_entries.c.sequence
)
_ENTRIES = (
    select(t.ledger_entries, t.ledger_details.c.salt, t.ledger_details.c.words)
    .join_from(t.ledger_entries, t.ledger_details, _DETAILS, isouter=True)
    .order_by(t.ledger_entries.c.sequence)
)
# Built once, as every change runs them.
_HEAD = select(t.ledger_heads.c.sequence, t.ledger_heads.c.hash).where(
    t.ledger_heads.c.course_id == bindparam("course_id")
)
_HEAD_HELD = _HEAD.with_for_update()
_MOVE_HEAD = (
    update(t.ledger_heads)
    .where(t.ledger_heads.c.course_id == bindparam("of_course"))
    .values(sequence=bindparam("sequence"), hash=bindparam("hash"))
)
_ADD_ENTRY = insert(t.ledger_entries)
_ADD_DETAILS = insert(t.ledger_details)
_SUBJECTS = (
    select(t.ledger_subjects.c.person_id, t.ledger_subjects.c.subject)
    .where(
        t.ledger_subjects.c.course_id == bindparam("course_id"),
        t.ledger_subjects.c.person_id.in_(bindparam("person_ids", expanding=True)),
    )
    .order_by(t.ledger_subjects.c.subject)
)


class Unsaid(RuntimeError):
    """Something was changed that belongs into the ledger, and nobody said who did it. A fault of this program."""


class SqlLedger:
    """Implements usecases.ports.Ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gathered: dict[str, list[Deed]] = {}
        self._unsaid: set[str] = set()

    def note(self, deed: Deed) -> None:
        self._gathered.setdefault(deed.course_id, []).append(deed)

    def changed(self, what: str) -> None:
        """`what` was changed: the transaction does not commit before `said` of it."""
        self._unsaid.add(what)

    def said(self, what: str) -> None:
        self._unsaid.discard(what)

    def seal(self) -> None:
        """Writes what was gathered, as the last thing before the commit."""
        if self._unsaid:
            raise Unsaid(f"No entry says who changed {', '.join(sorted(self._unsaid))}.")
        # In one order for all, so that two transactions about the same courses follow each other.
        for course_id in sorted(self._gathered):
            self._append(course_id, self._gathered[course_id])
        self._gathered.clear()

    def _append(self, course_id: str, deeds: Sequence[Deed]) -> None:
        head = self._held_head(course_id)
        names = self._names(course_id, _people(deeds))
        entries, details = [], []
        for deed in deeds:
            actor_id = names[deed.actor.id] if _is_person(deed) else deed.actor.id
            subject = deed.subject or (names[deed.person_id] if deed.person_id else "")
            salt = secrets.token_hex(16)
            sealed = seal(deed, head.sequence + 1, head.hash, subject=subject, actor_id=actor_id, salt=salt)
            entries.append(_entry_row(course_id, subject, deed.achievement_id, sealed))
            place = {"course_id": course_id, "sequence": sealed.sequence}
            details.append(place | {"salt": sealed.salt, "words": sealed.words})
            head = Head(sealed.sequence, sealed.hash)
        execute_all(self._connection, _ADD_ENTRY, entries)
        execute_all(self._connection, _ADD_DETAILS, details)
        moved = {"of_course": course_id, "sequence": head.sequence, "hash": head.hash}
        self._connection.execute(_MOVE_HEAD, moved)

    def _held_head(self, course_id: str) -> Head:
        """The end of the chain, which nobody else adds to before this transaction ends."""
        row = self._connection.execute(_HEAD_HELD, {"course_id": course_id}).first()
        if row is None:
            insert_new(self._connection, t.ledger_heads, {"course_id": course_id, "sequence": 0, "hash": FIRST})
            row = self._connection.execute(_HEAD_HELD, {"course_id": course_id}).one()
        return Head(row.sequence, row.hash)

    def _names(self, course_id: str, person_ids: set[str]) -> dict[str, str]:
        """The name of each person in this course's ledger; whoever has none is given one."""
        names = {person_id: found[0] for person_id, found in self.subjects(course_id, person_ids).items()}
        missing = sorted(person_ids - set(names))
        if missing:
            rows = [{"subject": uuid4().hex, "course_id": course_id, "person_id": one} for one in missing]
            self._connection.execute(insert(t.ledger_subjects), rows)
            names |= {row["person_id"]: row["subject"] for row in rows}
        return names

    def subjects(self, course_id: str, person_ids: Iterable[str]) -> dict[str, list[str]]:
        wanted = sorted(person_ids)
        found: dict[str, list[str]] = {}
        for start in range(0, len(wanted), _IDS_A_QUERY):
            some = {"course_id": course_id, "person_ids": wanted[start : start + _IDS_A_QUERY]}
            for row in self._connection.execute(_SUBJECTS, some):
                found.setdefault(row.person_id, []).append(row.subject)
        return found

    def bearers(self, course_id: str) -> dict[str, str]:
        table = t.ledger_subjects
        rows = self._connection.execute(select(table).where(table.c.course_id == course_id))
        return {row.subject: row.person_id for row in rows}

    def hand_over(self, course_id: str, from_person: str, to_person: str) -> None:
        table = t.ledger_subjects
        theirs = update(table).where(table.c.course_id == course_id, table.c.person_id == from_person)
        self._connection.execute(theirs.values(person_id=to_person))

    def erase(self, course_id: str, subjects: Sequence[str]) -> None:
        entries, details = t.ledger_entries, t.ledger_details
        of_them = select(entries.c.sequence).where(entries.c.course_id == course_id, entries.c.subject.in_(subjects))
        words = delete(details).where(details.c.course_id == course_id, details.c.sequence.in_(of_them))
        self._connection.execute(words)
        self._connection.execute(delete(t.ledger_subjects).where(t.ledger_subjects.c.subject.in_(subjects)))

    def courses(self) -> list[str]:
        heads, entries = t.ledger_heads.c.course_id, t.ledger_entries.c.course_id
        return sorted(self._connection.execute(select(heads).union(select(entries))).scalars())

    def head(self, course_id: str) -> Head | None:
        row = self._connection.execute(_HEAD, {"course_id": course_id}).first()
        return Head(row.sequence, row.hash) if row else None

    def chain(self, course_id: str) -> Iterator[tuple[Entry, Head | None]]:
        # Entry and end are read by one statement, so that whoever adds to the chain meanwhile makes it look no worse.
        heads = t.ledger_heads
        query = _ENTRIES.add_columns(heads.c.sequence.label("end"), heads.c.hash.label("end_hash"))
        query = query.join(heads, heads.c.course_id == t.ledger_entries.c.course_id, isouter=True)
        query = query.where(t.ledger_entries.c.course_id == course_id)
        for row in self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            yield _entry(row), None if row.end is None else Head(row.end, row.end_hash)

    def of_learner(self, course_id: str, person_id: str, achievement_id: str) -> list[Entry]:
        table, names = t.ledger_entries, self.subjects(course_id, [person_id]).get(person_id, [])
        query = _ENTRIES.where(table.c.course_id == course_id, table.c.subject.in_(["", *names]))
        query = query.where(table.c.achievement_id == achievement_id)
        return [_entry(row) for row in self._connection.execute(query)]


def _entry(row: Row[Any]) -> Entry:
    details = None if row.salt is None else Details(row.salt, row.words)
    return Entry(row.course_id, row.sequence, row.subject, row.achievement_id, row.payload, row.hash, details)


def _is_person(deed: Deed) -> bool:
    return deed.actor.kind == PERSON and bool(deed.actor.id)


def _people(deeds: Sequence[Deed]) -> set[str]:
    actors = {deed.actor.id for deed in deeds if _is_person(deed)}
    return actors | {deed.person_id for deed in deeds if deed.person_id}


def _entry_row(course_id: str, subject: str, achievement_id: str, sealed: Sealed) -> dict[str, Any]:
    return {
        "course_id": course_id,
        "sequence": sealed.sequence,
        "subject": subject,
        "achievement_id": achievement_id,
        "payload": sealed.payload,
        "hash": sealed.hash,
    }
