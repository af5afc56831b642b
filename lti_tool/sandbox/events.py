"""The log of what happened, and its two readers: webhook deliveries and the feed."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from lti_tool.sandbox.course import ACTIVITIES, MODULES, module_of
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.rules import Happening
from lti_tool.sandbox.times import later_than, stamp

PAGE = 200
RETRY_FOR = timedelta(hours=24)


def record(connection: sqlite3.Connection, user_id: str, happenings: Iterable[Happening], now: datetime) -> str:
    """Stores what happened and, in the same transaction, who has to be told of it by webhook; gives its time.

    What one act causes shares one time, and no later act has the same.
    """
    last = connection.execute("SELECT max(occurred_at) FROM events").fetchone()[0]
    occurred_at = stamp(later_than(last, now))
    listeners = connection.execute(
        "SELECT id FROM registrations WHERE state = 'active' AND webhook_url <> ''"
    ).fetchall()
    for happening in happenings:
        seq = connection.execute(
            "INSERT INTO events (id, type, occurred_at, user_id, target, given, maximum, completed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                f"msg_{secrets.token_hex(12)}",
                happening.type,
                occurred_at,
                user_id,
                happening.target,
                happening.given,
                happening.maximum,
                happening.completed,
            ),
        ).lastrowid
        connection.executemany(
            "INSERT INTO deliveries (event_seq, registration_id, state, due_at, give_up_at)"
            " VALUES (?, ?, 'waiting', ?, ?)",
            [(seq, row["id"], stamp(now), stamp(now + RETRY_FOR)) for row in listeners],
        )
    return occurred_at


def activity_json(target: str, base_url: str) -> dict[str, Any]:
    """An activity or a module as events and the feed name it; `maximum` in points."""
    activity = ACTIVITIES.get(target)
    if activity is not None:
        return {
            "id": activity.id,
            "type": "item",
            "title": activity.title,
            "maximum": activity.maximum,
            "module_id": module_of(activity.id).id,
            "url": f"{base_url}/course/activities/{activity.id}",
        }
    module = next(each for each in MODULES if each.id == target)
    return {
        "id": module.id,
        "type": "module",
        "title": module.title,
        "maximum": None,
        "module_id": None,
        "url": f"{base_url}/course/modules/{module.id}",
    }


def activities_json(base_url: str) -> list[dict[str, Any]]:
    """Every activity and module of the course."""
    ids = [*(module.id for module in MODULES), *ACTIVITIES]
    return [activity_json(each, base_url) for each in ids]


def body_of(event: sqlite3.Row, registration_id: int, form: Form, site: Site) -> dict[str, Any]:
    """One event (a row of ``events``) as it is told to one tool: with the ids that its launches carry."""
    score = None if event["given"] is None else {"given": event["given"], "maximum": event["maximum"]}
    return {
        "type": event["type"],
        "timestamp": event["occurred_at"],
        "data": {
            "deployment_id": form.deployment_id(registration_id),
            "context_id": form.context_id,
            "user_id": form.subject(event["user_id"]),
            "activity": activity_json(event["target"], site.base_url) if event["target"] else None,
            "score": score,
            "completed": None if event["completed"] is None else bool(event["completed"]),
        },
    }


def since(connection: sqlite3.Connection, cursor: int) -> list[sqlite3.Row]:
    """At most `PAGE` events after `cursor`, oldest first."""
    return connection.execute("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (cursor, PAGE)).fetchall()
