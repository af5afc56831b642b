"""A score as a tool posts it (AGS 2.0, section 3.4)."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.sandbox import people
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.times import parse_stamp

ACTIVITY_PROGRESS = frozenset({"Initialized", "Started", "InProgress", "Submitted", "Completed"})
GRADING_PROGRESS = frozenset({"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"})


@dataclass(frozen=True)
class Score:
    """`fraction` is scoreGiven over scoreMaximum (may exceed 1), None for no grade."""

    user_id: str
    fraction: float | None
    comment: str
    timestamp: datetime


def _number(value: dict[str, Any], name: str) -> float:
    number = value.get(name)
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number) or number < 0:
        raise PracticeError("score.malformed", f"{name} must be a number of 0 or more.")
    return float(number)


def parse(value: Any) -> Score:
    """A score from its AGS form; PracticeError 400 where the specification is broken."""
    if not isinstance(value, dict) or not isinstance(value.get("userId"), str):
        raise PracticeError("score.malformed", "A score is a JSON object with the userId as text.")
    if value.get("activityProgress") not in ACTIVITY_PROGRESS:
        raise PracticeError("score.malformed", "activityProgress is missing or unknown.")
    if value.get("gradingProgress") not in GRADING_PROGRESS:
        raise PracticeError("score.malformed", "gradingProgress is missing or unknown.")
    try:
        timestamp = parse_stamp(str(value.get("timestamp")))
    except ValueError as error:
        raise PracticeError("score.timestamp", "timestamp must be ISO 8601 with a zone.") from error
    fraction = None
    if value.get("scoreGiven") is not None:
        given, maximum = _number(value, "scoreGiven"), _number(value, "scoreMaximum")
        if maximum == 0:
            raise PracticeError("score.malformed", "scoreMaximum must be above 0.")
        fraction = given / maximum
    if value["gradingProgress"] != "FullyGraded":
        fraction = None  # only a fully graded score is a grade
    return Score(value["userId"], fraction, str(value.get("comment") or ""), timestamp)


def store(connection: sqlite3.Connection, item: LineItem, score: Score) -> None:
    """Keeps a score, scaled to the column.

    PracticeError 409 unless it is later than the last one for that person, 404 for one who is not here.
    """
    person = people.find(connection, score.user_id)
    if not person.learns:
        raise PracticeError("score.user", "Only learners have a place in the gradebook.")
    last = connection.execute(
        "SELECT timestamp FROM tool_scores WHERE line_item_id = ? AND user_id = ?", (item.id, person.id)
    ).fetchone()
    if last is not None and score.timestamp <= parse_stamp(last["timestamp"]):
        raise PracticeError("score.not_newer", "A score with this or a later timestamp is here already.", 409)
    points = None if score.fraction is None else score.fraction * item.maximum
    connection.execute(
        "REPLACE INTO tool_scores VALUES (?, ?, ?, ?, ?)",
        # With microseconds: the order of two scores is decided by them.
        (item.id, person.id, points, score.comment, score.timestamp.isoformat()),
    )


def results(connection: sqlite3.Connection, item: LineItem, user_id: str | None) -> list[sqlite3.Row]:
    """The graded people of a column: rows of user_id, score, comment."""
    return connection.execute(
        "SELECT user_id, score, comment FROM tool_scores WHERE line_item_id = ? AND score IS NOT NULL"
        " AND coalesce(?, user_id) = user_id ORDER BY user_id",
        (item.id, user_id),
    ).fetchall()
