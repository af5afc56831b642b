"""How events come into the inbox: one statement for any number of them, alone or together with the work on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, Connection, String, Text, bindparam, cast, column, func, literal, select
from sqlalchemy.dialects import postgresql

from lti_tool.db.statements import insert_of
from lti_tool.db.tables.learning import inbox_events
from lti_tool.db.tables.work import outbox
from lti_tool.usecases.ports import ToldEvent

# What an event is known by.
NAME = (inbox_events.c.registration_id, inbox_events.c.source, inbox_events.c.event_id)
Name = tuple[str, str, str]
Row = dict[str, Any]
_TOLD = [each for each in inbox_events.c if each is not inbox_events.c.id]


def row_of(told: ToldEvent, received_at: datetime) -> Row:
    event = told.event
    return {
        "registration_id": told.registration_id,
        "source": event.source,
        "event_id": event.event_id,
        "content_hash": event.content_hash(),
        "context_id": event.context_id,
        "subject": event.subject,
        "payload": event.to_json(),
        "received_at": received_at,
        "state": "received",
        "reason": "",
        "subject_kind": str(event.subject_kind),
        "context_kind": str(event.context_kind),
        "tries": 0,
        "pushed": told.pushed,
    }


def insert_rows(connection: Connection, rows: Sequence[Row]) -> dict[Name, int]:
    """The ids of those that were not there yet. No two of the rows have one name."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        stored = connection.execute(_insert_postgresql(), {"rows": _as_json(rows)})
    else:
        # SQLAlchemy takes a detour for many rows, which one row need not go.
        parameters: Any = list(rows) if len(rows) > 1 else rows[0]
        stored = connection.execute(_insert_sqlite(), parameters)
    return {(row.registration_id, row.source, row.event_id): row.id for row in stored}


def insert_rows_with_work(
    connection: Connection, rows: Sequence[Row], later: Callable[[str], Any], work: Mapping[str, Any]
) -> dict[Name, int]:
    """The same on PostgreSQL, and in the same statement a piece of work whose payload has the new ids. `work` has its
    `kind`, `ids_as` (their name in the payload), and by `later` the moment `now`."""
    stored = connection.execute(_insert_with_work(later), {"rows": _as_json(rows), **work})
    return {(row.registration_id, row.source, row.event_id): row.id for row in stored}


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps([row | {"received_at": row["received_at"].isoformat()} for row in rows])


@cache
def _insert_sqlite() -> Any:
    return insert_of("sqlite", inbox_events).on_conflict_do_nothing().returning(inbox_events.c.id, *NAME)


@cache
def _insert_postgresql() -> Any:
    """One parameter for all rows: what a row costs is then next to nothing."""
    names = [each.name for each in _TOLD]
    told = func.json_to_recordset(cast(bindparam("rows", type_=Text()), postgresql.JSON))
    rows = told.table_valued(*(column(each.name, each.type) for each in _TOLD))
    rows = rows.render_derived(name="told", with_types=True)
    statement = insert_of("postgresql", inbox_events).from_select(names, select(*(rows.c[name] for name in names)))
    return statement.on_conflict_do_nothing().returning(inbox_events.c.id, *NAME)


@cache
def _insert_with_work(later: Callable[[str], Any]) -> Any:
    new = _insert_postgresql().cte("new")
    ids = func.json_agg(postgresql.aggregate_order_by(new.c.id, new.c.id))
    values = {
        "kind": bindparam("kind", type_=String()),
        "payload": func.json_build_object(bindparam("ids_as", type_=Text()), ids, type_=JSON()),
        "created_at": later("now"),
        "due_at": later("now"),
        "fence": literal(0),
        "attempts": literal(0),
        "last_error": literal(""),
        "state": literal("ready"),
    }
    due = select(*values.values()).select_from(new).having(func.count() > 0)
    work = insert_of("postgresql", outbox).from_select(list(values), due).cte("work")
    return select(new).add_cte(work)
