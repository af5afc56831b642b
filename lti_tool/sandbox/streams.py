"""Data streams of an account: each is told everything that happens, in one format, signed or not.

As Canvas Data Services does: one request an event, four tries in all, then it is lost.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool.sandbox.database import Database
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.key_ring import KeyRing
from lti_tool.sandbox.sending import TIMEOUT_SECONDS, Sender
from lti_tool.sandbox.times import Clock, stamp

FORMATS = ("canvas", "caliper")
TRIES = 4
# Canvas takes 10 to 20 minutes for them; nobody practises that long.
PAUSES = (timedelta(seconds=1), timedelta(seconds=4), timedelta(seconds=16))
CONTENT_TYPE = "application/json"


@dataclass(frozen=True)
class Told:
    """One event: its name, and what a stream of each format is sent; None where a format has no such event."""

    name: str
    canvas: dict[str, Any]
    caliper: dict[str, Any] | None = None


def add(connection: sqlite3.Connection, url: str, format_: str, is_signed: bool, now: datetime) -> int:
    """A new stream; gives its number."""
    if urlsplit(url.strip()).scheme not in ("http", "https"):
        raise PracticeError("stream.url", "The address begins with http:// or https://.")
    if format_ not in FORMATS:
        raise PracticeError("stream.format", "The format is canvas or caliper.")
    row = connection.execute(
        "INSERT INTO streams (url, format, is_signed, created_at) VALUES (?, ?, ?, ?) RETURNING id",
        (url.strip(), format_, is_signed, stamp(now)),
    ).fetchone()
    return int(row["id"])


def remove(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("DELETE FROM streams WHERE id = ?", (number,))


def listing(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every stream, with how many events of it are in each state."""
    return connection.execute(
        "SELECT streams.*, count(CASE state WHEN 'waiting' THEN 1 END) AS waiting,"
        " count(CASE state WHEN 'delivered' THEN 1 END) AS delivered, count(CASE state WHEN 'lost' THEN 1 END) AS lost,"
        " max(stream_events.last_status) AS worst_status"
        " FROM streams LEFT JOIN stream_events ON stream_id = streams.id GROUP BY streams.id ORDER BY streams.id"
    ).fetchall()


def record(connection: sqlite3.Connection, events: Iterable[Told], now: datetime) -> None:
    """Stores what each stream has to be told, in the transaction in which it happened."""
    rows = connection.execute("SELECT id, format FROM streams").fetchall()
    for event in events if rows else ():
        bodies = {"canvas": event.canvas, "caliper": event.caliper}
        connection.executemany(
            "INSERT INTO stream_events (stream_id, name, body, state, due_at) VALUES (?, ?, ?, 'waiting', ?)",
            [
                (row["id"], event.name, json.dumps(body), stamp(now))
                for row in rows
                if (body := bodies[row["format"]]) is not None
            ],
        )


class StreamSender(Sender):
    """`make_keys` gives the keys that sign what signed streams are sent; it is asked when the first one is needed."""

    _waiting = "stream_events"

    def __init__(
        self, database: Database, http: requests.Session, clock: Clock, make_keys: Callable[[], KeyRing]
    ) -> None:
        super().__init__(database, clock)
        self._http = http
        self._make_keys = make_keys
        self._key_lock = threading.Lock()
        self._keys: KeyRing | None = None

    @property
    def keys(self) -> KeyRing:
        with self._key_lock:
            if self._keys is None:
                self._keys = self._make_keys()
            return self._keys

    def _due(self) -> list[sqlite3.Row]:
        with self._database.reading() as connection:
            return connection.execute(
                "SELECT stream_events.*, url, is_signed FROM stream_events JOIN streams ON streams.id = stream_id"
                " WHERE state = 'waiting' AND due_at <= ? ORDER BY stream_events.id LIMIT 100",
                (stamp(self._clock()),),
            ).fetchall()

    def _deliver(self, delivery: sqlite3.Row) -> None:
        status, attempts = self._send(delivery), delivery["attempts"] + 1
        taken = status is not None and 200 <= status < 300
        state = "delivered" if taken else "lost" if attempts == TRIES else "waiting"
        due = self._clock() + (PAUSES[attempts - 1] if state == "waiting" else timedelta())
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE stream_events SET state = ?, attempts = ?, due_at = ?, last_status = ? WHERE id = ?",
                (state, attempts, stamp(due), status, delivery["id"]),
            )

    def _send(self, delivery: sqlite3.Row) -> int | None:
        body = self.keys.sign(json.loads(delivery["body"])) if delivery["is_signed"] else delivery["body"]
        headers = {"Content-Type": CONTENT_TYPE}
        try:
            answer = self._http.post(
                delivery["url"], data=body.encode(), headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException:
            return None
        return answer.status_code
