"""A score as a tool posts it (AGS 2.0, section 3.4)."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def is_newer(connection: sqlite3.Connection, item: LineItem, person_id: str, moment: datetime) -> bool:
    """Whether `moment` is later than what stands in the column for that person."""
    last = connection.execute(
        "SELECT timestamp FROM tool_scores WHERE line_item_id = ? AND user_id = ?", (item.id, person_id)
    ).fetchone()
    return last is None or moment > parse_stamp(last["timestamp"])


def keep(
    connection: sqlite3.Connection,
    item: LineItem,
    person_id: str,
    points: float | None,
    comment: str,
    moment: datetime,
) -> None:
    """Puts points of the column into it, None for no grade."""
    connection.execute(
        "REPLACE INTO tool_scores VALUES (?, ?, ?, ?, ?)",
        # With microseconds: the order of two scores is decided by them.
        (item.id, person_id, points, comment, moment.isoformat()),
    )


def count_submission(connection: sqlite3.Connection, item: LineItem, person_id: str) -> None:
    """A score that came with a new submission, which uses up one of the learner's attempts."""
    connection.execute(
        "INSERT INTO tool_submissions VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET attempts = attempts + 1",
        (item.id, person_id),
    )


def results(connection: sqlite3.Connection, item: LineItem) -> list[sqlite3.Row]:
    """The graded people of a column: rows of user_id, score, comment."""
    return connection.execute(
        "SELECT user_id, score, comment FROM tool_scores WHERE line_item_id = ? AND score IS NOT NULL ORDER BY user_id",
        (item.id,),
    ).fetchall()
