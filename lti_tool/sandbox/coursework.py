"""What people do in the course: read, attempt, hand in, grade. Every act is stored with its events."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable

from lti_tool.sandbox import events, people, rules, streams
from lti_tool.sandbox.course import ACTIVITIES, Activity
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import Practice
from lti_tool.sandbox.times import stamp


def progress_of(connection: sqlite3.Connection, user_id: str) -> rules.Progress:
    """Where a learner stands now."""
    scores = connection.execute("SELECT activity_id, score FROM grades WHERE user_id = ?", (user_id,))
    completed = connection.execute("SELECT activity_id FROM completions WHERE user_id = ?", (user_id,))
    return rules.Progress(dict(map(tuple, scores)), frozenset(row[0] for row in completed))


def find_activity(activity_id: str, kind: str | None = None) -> Activity:
    """An activity of the course, of that kind if one is given; PracticeError 404 otherwise."""
    activity = ACTIVITIES.get(activity_id)
    if activity is None or (kind is not None and activity.kind != kind):
        raise PracticeError("activity.unknown", "There is no such activity in this course.", 404)
    return activity


def _act(
    practice: Practice,
    user_id: str,
    change: Callable[[sqlite3.Connection, str], None],
    graded: str | None,
    actor_id: str,
) -> None:
    now = practice.clock()
    with practice.database.transaction() as connection:
        learner, actor = people.find_learner(connection, user_id), people.find(connection, actor_id)
        before = progress_of(connection, user_id)
        change(connection, stamp(now))
        after = progress_of(connection, user_id)
        at = events.record(connection, user_id, rules.happenings(before, after, graded), now)
        told = practice.form.act_events(practice.site, at, actor, learner, before, after, graded)
        streams.record(connection, told, now)
    practice.sender.wake()
    practice.streams.wake()


def _set_completion(connection: sqlite3.Connection, user_id: str, activity_id: str, completed: bool, at: str) -> None:
    if completed:
        connection.execute("INSERT OR IGNORE INTO completions VALUES (?, ?, ?)", (user_id, activity_id, at))
    else:
        connection.execute("DELETE FROM completions WHERE user_id = ? AND activity_id = ?", (user_id, activity_id))


def complete(practice: Practice, user_id: str, activity_id: str, completed: bool) -> None:
    """Marks an activity as done or not done."""
    activity = find_activity(activity_id)

    def change(connection: sqlite3.Connection, at: str) -> None:
        _set_completion(connection, user_id, activity.id, completed, at)

    _act(practice, user_id, change, None, user_id)


def grade(practice: Practice, user_id: str, activity_id: str, score: float | None, actor_id: str = "teacher") -> None:
    """Sets (or with None withdraws) a grade in points. `actor_id` is who does: the learner where a quiz marks itself.

    A quiz stays attempted when its grade is withdrawn; an assignment is complete while it has a grade.
    """
    activity = find_activity(activity_id)
    points = None if score is None else _points(activity, score)

    def change(connection: sqlite3.Connection, at: str) -> None:
        if points is None:
            connection.execute("DELETE FROM grades WHERE user_id = ? AND activity_id = ?", (user_id, activity.id))
        else:
            connection.execute("REPLACE INTO grades VALUES (?, ?, ?, ?)", (user_id, activity.id, points, at))
        if points is not None or activity.kind == "assignment":
            _set_completion(connection, user_id, activity.id, points is not None, at)

    _act(practice, user_id, change, activity.id, actor_id)


def _points(activity: Activity, score: float) -> float:
    if activity.maximum is None:
        raise PracticeError("activity.not_graded", f"{activity.title} is not graded.")
    if not math.isfinite(score) or not 0 <= score <= activity.maximum:
        raise PracticeError("score.out_of_range", f"Give 0 to {activity.maximum:g} points.")
    return float(score)


def attempt_quiz(practice: Practice, user_id: str, activity_id: str, score: float) -> None:
    """An attempt at a quiz with its points; the latest attempt counts."""
    grade(practice, user_id, find_activity(activity_id, "quiz").id, score, user_id)


def submit(practice: Practice, user_id: str, activity_id: str, text: str) -> None:
    """Hands in (or replaces) the text of an assignment. Webhooks tell nothing until it is graded."""
    activity = find_activity(activity_id, "assignment")
    if not text.strip():
        raise PracticeError("submission.empty", "Write something before you hand it in.")
    now, kept = practice.clock(), text.strip()[:20_000]
    with practice.database.transaction() as connection:
        learner = people.find_learner(connection, user_id)
        connection.execute("REPLACE INTO submissions VALUES (?, ?, ?, ?)", (user_id, activity.id, kept, stamp(now)))
        told = practice.form.submission_event(practice.site, stamp(now), learner, activity.id, kept)
        streams.record(connection, [told] if told else [], now)
    practice.streams.wake()


def submission_of(connection: sqlite3.Connection, user_id: str, activity_id: str) -> str:
    """The text handed in, "" before that."""
    row = connection.execute(
        "SELECT text FROM submissions WHERE user_id = ? AND activity_id = ?", (user_id, activity_id)
    ).fetchone()
    return str(row["text"]) if row else ""


def set_enrolment(practice: Practice, user_id: str, active: bool | None, roles: list[str] | None) -> people.Person:
    """Suspends or restores a person, or gives other roles; what is None stays as it is."""
    now = practice.clock()
    with practice.database.transaction() as connection:
        person = people.set_enrolment(connection, user_id, active, roles)
        told = practice.form.enrolment_event(practice.site, stamp(now), people.find(connection, "admin"), person)
        streams.record(connection, [told] if told else [], now)
    practice.streams.wake()
    return person
