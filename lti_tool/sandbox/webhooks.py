"""Tells tools what happened: Standard Webhooks, stored first, sent at once, retried for a day."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests

from lti_tool.sandbox import events
from lti_tool.sandbox.database import Database
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.sending import TIMEOUT_SECONDS, Sender
from lti_tool.sandbox.times import Clock, parse_stamp, stamp
from lti_tool.sandbox.webhook_secret import signer

LONGEST_PAUSE_SECONDS = 300.0
TRIES_WHEN_REFUSED = 3
WORTH_RETRYING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status, or None and why there was no answer."""

    status: int | None
    error: str = ""

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """The receiver understood and does not want it; asking again will hardly help."""
        return self.status is not None and 300 <= self.status < 500 and self.status not in WORTH_RETRYING


def next_try(answer: Answer, attempts: int, now: datetime, give_up_at: datetime) -> datetime | None:
    """When to try again after `attempts` tries, None to give up."""
    if answer.refused and attempts >= TRIES_WHEN_REFUSED:
        return None
    pause = min(0.5 * 2 ** min(attempts, 12), LONGEST_PAUSE_SECONDS)
    due = now + timedelta(seconds=pause)
    return due if due <= give_up_at else None


class WebhookSender(Sender):
    """To the tools that gave an address."""

    _waiting = "deliveries"

    def __init__(self, database: Database, http: requests.Session, clock: Clock, form: Form, site: Site) -> None:
        super().__init__(database, clock)
        self._http = http
        self._form = form
        self._site = site

    def _due(self) -> list[sqlite3.Row]:
        with self._database.reading() as connection:
            return connection.execute(
                "SELECT events.*, deliveries.id AS delivery_id, attempts, give_up_at, registration_id,"
                " webhook_url, webhook_secret FROM deliveries"
                " JOIN events ON events.seq = event_seq"
                " JOIN registrations ON registrations.id = registration_id"
                " WHERE deliveries.state = 'waiting' AND due_at <= ? ORDER BY deliveries.id LIMIT 100",
                (stamp(self._clock()),),
            ).fetchall()

    def _deliver(self, delivery: sqlite3.Row) -> None:
        answer = self._send(delivery)
        now = self._clock()
        attempts = delivery["attempts"] + 1
        if answer.delivered:
            state, due = "delivered", None
        else:
            due = next_try(answer, attempts, now, parse_stamp(delivery["give_up_at"]))
            state = "failed" if due is None else "waiting"
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = coalesce(?, due_at),"
                " last_status = ?, last_error = ?, finished_at = ? WHERE id = ?",
                (
                    state,
                    attempts,
                    stamp(due) if due else None,
                    answer.status,
                    answer.error,
                    None if due else stamp(now),
                    delivery["delivery_id"],
                ),
            )

    def _send(self, delivery: sqlite3.Row) -> Answer:
        body = json.dumps(events.body_of(delivery, delivery["registration_id"], self._form, self._site))
        now = self._clock()
        try:
            signature = signer(delivery["webhook_secret"]).sign(delivery["id"], now, body)
            response = self._http.post(
                delivery["webhook_url"],
                data=body.encode(),
                headers={
                    "Content-Type": "application/json",
                    "webhook-id": delivery["id"],
                    "webhook-timestamp": str(int(now.timestamp())),
                    "webhook-signature": signature,
                },
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Answer(None, type(error).__name__)
        except ValueError:
            # The secret cannot be read; setting a right one and sending again repairs it.
            return Answer(400, "the webhook secret is not usable")
        return Answer(response.status_code)


def listing(connection: sqlite3.Connection, limit: int = 200) -> list[sqlite3.Row]:
    """The latest deliveries, newest first."""
    return connection.execute(
        "SELECT deliveries.*, events.id AS event_id, type, occurred_at, user_id, target FROM deliveries"
        " JOIN events ON events.seq = event_seq ORDER BY deliveries.id DESC LIMIT ?",
        (limit,),
    ).fetchall()


def send_again(connection: sqlite3.Connection, delivery_id: int, now: datetime) -> bool:
    """Puts a delivery back into the queue with fresh tries; False if there is none."""
    changed = connection.execute(
        "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = ?, give_up_at = ?,"
        " finished_at = NULL WHERE id = ?",
        (stamp(now), stamp(now + events.RETRY_FOR), delivery_id),
    )
    return changed.rowcount == 1
