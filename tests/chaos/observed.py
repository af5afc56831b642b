"""Reads what a database and a gradebook hold, by plain SQL and the published documents, for the oracle to judge."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, text

from tests.chaos.lms import Lms

Line = dict[str, Any]

_INBOX = "SELECT event_id AS id, state FROM inbox_events"
_AWARDS = """
SELECT a.id, p.subject AS learner, a.achievement_id AS badge, a.state, a.flag, c.document
FROM awards a JOIN people p ON p.id = a.person_id LEFT JOIN credentials c ON c.award_id = a.id AND c.binding = ''
"""
_PEOPLE = "SELECT 'urn:uuid:' || id AS id, subject FROM people"
_HISTORY = "SELECT award_id AS award, action FROM award_history"
_ENTRIES = 'SELECT award_id AS award, list_id AS list, "index", revoked FROM status_entries'
_DEAD_EVENTS = "SELECT event_id AS id FROM inbox_events WHERE state NOT IN ('applied', 'received')"
_DEAD_WORK = "SELECT kind || ' ' || last_error AS id FROM outbox WHERE state = 'dead'"


def observe(engine: Engine, lms: Lms) -> dict[str, list[Line]]:
    """Everything that tests.chaos.oracle asks of."""
    with engine.connect().execution_options(write=False) as connection:
        people = {row["id"]: row["subject"] for row in _rows(connection, _PEOPLE)}
        return {
            "inbox": _rows(connection, _INBOX),
            "awards": [_award(row, people) for row in _rows(connection, _AWARDS)],
            "history": _rows(connection, _HISTORY),
            "entries": _rows(connection, _ENTRIES),
            "dead": _rows(connection, _DEAD_EVENTS) + _rows(connection, _DEAD_WORK),
            "revoked_bits": list(_revoked_bits(connection)),
            "columns": [{"badge": column["resourceId"]} for column in lms.columns()],
            "scores": lms.scores(),
        }


def _rows(connection: Connection, query: str) -> list[Line]:
    return [dict(row._mapping) for row in connection.execute(text(query))]


def _award(row: Line, people: dict[str, str]) -> Line:
    document = row.pop("document")
    if document is None:
        return row | {"digest": "", "credential": "", "recipient": "", "list": "", "index": -1}
    badge = json.loads(document)
    status = badge.get("credentialStatus") or {}
    return row | {
        "digest": hashlib.sha256(document.encode()).hexdigest(),
        "credential": badge["id"],
        "recipient": people.get(badge["credentialSubject"]["id"], "nobody"),
        "list": str(status.get("statusListCredential", "")).rsplit("/", 1)[-1],
        "index": int(status.get("statusListIndex", -1)),
    }


def _revoked_bits(connection: Connection) -> Iterator[Line]:
    for row in _rows(connection, "SELECT id, document FROM status_lists WHERE document IS NOT NULL"):
        encoded = json.loads(row["document"])["credentialSubject"]["encodedList"]
        bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
        for place, byte in enumerate(bits):
            for offset in range(8) if byte else ():
                if byte & 0x80 >> offset:
                    yield {"list": row["id"], "index": place * 8 + offset}
