"""Which grades are posted: a hidden one is seen by teachers and by the API, and by no learner."""

from __future__ import annotations

import sqlite3
from typing import Any

from lti_tool.sandbox import rules
from lti_tool.sandbox.course import GRADED


def hide(connection: sqlite3.Connection, user_id: str, activity_id: str) -> None:
    connection.execute("REPLACE INTO posted_grades VALUES (?, ?, NULL)", (user_id, activity_id))


def post(connection: sqlite3.Connection, user_id: str, activity_id: str, at: str) -> None:
    connection.execute("REPLACE INTO posted_grades VALUES (?, ?, ?)", (user_id, activity_id, at))


def submissions_of(connection: sqlite3.Connection, user_id: str) -> dict[str, dict[str, Any]]:
    """Score and times by activity; all None where nothing was done."""
    found: dict[str, dict[str, Any]] = {
        each.id: {"score": None, "graded_at": None, "posted_at": None, "submitted_at": None} for each in GRADED
    }
    for row in connection.execute("SELECT * FROM submissions WHERE user_id = ?", (user_id,)):
        found[row["activity_id"]]["submitted_at"] = row["submitted_at"]
    for row in connection.execute("SELECT * FROM grades WHERE user_id = ?", (user_id,)):
        told = found[row["activity_id"]]
        told |= {"score": row["score"], "graded_at": row["graded_at"], "posted_at": row["graded_at"]}
        # An attempt at a quiz is handed in and graded in one.
        told["submitted_at"] = told["submitted_at"] or row["graded_at"]
    for row in connection.execute("SELECT * FROM posted_grades WHERE user_id = ?", (user_id,)):
        if found[row["activity_id"]]["graded_at"]:
            found[row["activity_id"]]["posted_at"] = row["posted_at"]
    return found


def course_grades(submissions: dict[str, dict[str, Any]]) -> dict[str, float | None]:
    """In percent, of what is posted: of graded work alone, and with all that is missing as nothing."""
    posted = {key: each["score"] for key, each in submissions.items() if each["posted_at"] is not None}
    total = rules.course_total(posted)
    everything = sum(each.maximum or 0 for each in GRADED)
    return {
        "current_score": None if total is None else round(100 * total[0] / total[1], 2),
        "final_score": round(100 * (total[0] if total else 0) / everything, 2),
    }
