"""Scores that tools post: form, scale, and order in time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sandbox import ags_scores, line_items, people
from lti_tool.sandbox.database import Database
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.plain import PLAIN
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.line_items import LineItem

SITE = Site("http://lms.example", "http://lms.example", "http://lms.example")


def score(**changes: Any) -> dict[str, Any]:
    value = {
        "userId": "learner-1",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-03-01T12:00:00.000Z",
        "scoreGiven": 1,
        "scoreMaximum": 1,
        **changes,
    }
    return {key: each for key, each in value.items() if each is not ...}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    database = Database(tmp_path / "practice.sqlite")
    with database.transaction() as connection:
        people.seed(connection)
        connection.execute(
            "INSERT INTO registrations (id, state, registration_url, token_hash, token_expires_at, created_at)"
            " VALUES (1, 'active', 'http://tool.example/', '', '', '')"
        )
        yield connection
    database.close()


@pytest.fixture
def column(connection: sqlite3.Connection) -> LineItem:
    return line_items.add(connection, LineItem(0, 1, "Badge", 10))


def post(connection: sqlite3.Connection, column: LineItem, **changes: Any) -> None:
    PLAIN.take_score(connection, SITE, column, score(**changes), datetime(2026, 3, 1, tzinfo=UTC))


def points(connection: sqlite3.Connection, column: LineItem) -> list[float]:
    return [row["score"] for row in ags_scores.results(connection, column)]


def test_a_score_is_scaled_to_the_column(connection: sqlite3.Connection, column: LineItem) -> None:
    post(connection, column, scoreGiven=3, scoreMaximum=4)
    assert points(connection, column) == [7.5]


@pytest.mark.parametrize("timestamp", ["2026-03-01T12:00:00.000Z", "2026-03-01T11:59:59Z", "2026-03-01T12:59:59+01:00"])
def test_the_time_must_increase(connection: sqlite3.Connection, column: LineItem, timestamp: str) -> None:
    post(connection, column)
    with pytest.raises(PracticeError) as refused:
        post(connection, column, timestamp=timestamp, scoreGiven=0)
    assert (refused.value.status, refused.value.code) == (409, "score.not_newer")
    assert points(connection, column) == [10]


def test_a_microsecond_later_is_later(connection: sqlite3.Connection, column: LineItem) -> None:
    post(connection, column)
    post(connection, column, timestamp="2026-03-01T12:00:00.000001Z", scoreGiven=0)
    assert points(connection, column) == [0]


def test_each_person_has_a_time_of_her_own(connection: sqlite3.Connection, column: LineItem) -> None:
    post(connection, column)
    post(connection, column, userId="learner-2", timestamp="2026-01-01T00:00:00Z")
    assert points(connection, column) == [10, 10]


@pytest.mark.parametrize("changes", [{"scoreGiven": ...}, {"scoreGiven": None}, {"gradingProgress": "Pending"}])
def test_a_grade_can_be_cleared(connection: sqlite3.Connection, column: LineItem, changes: dict[str, Any]) -> None:
    post(connection, column)
    post(connection, column, timestamp="2026-03-02T00:00:00Z", **changes)
    assert points(connection, column) == []


def test_a_new_maximum_keeps_the_percentage(connection: sqlite3.Connection, column: LineItem) -> None:
    post(connection, column, scoreGiven=1, scoreMaximum=2)
    line_items.update(connection, LineItem(column.id, 1, "Badge", 100))
    assert points(connection, column) == [50]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"userId": 7}, "score.malformed"),
        ({"activityProgress": ...}, "score.malformed"),
        ({"gradingProgress": "Done"}, "score.malformed"),
        ({"timestamp": ...}, "score.timestamp"),
        ({"timestamp": "2026-03-01T12:00:00"}, "score.timestamp"),
        ({"timestamp": 1740830400}, "score.timestamp"),
        ({"scoreMaximum": ...}, "score.malformed"),
        ({"scoreMaximum": 0}, "score.malformed"),
        ({"scoreGiven": -1}, "score.malformed"),
        ({"scoreGiven": "1"}, "score.malformed"),
        ({"scoreGiven": True}, "score.malformed"),
        ({"scoreGiven": float("nan")}, "score.malformed"),
    ],
)
def test_what_breaks_the_specification_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(PracticeError) as refused:
        ags_scores.parse(score(**changes))
    assert (refused.value.status, refused.value.code) == (400, code)


@pytest.mark.parametrize(("user_id", "status"), [("teacher", 400), ("assistant", 400), ("admin", 400), ("nobody", 404)])
def test_only_learners_have_scores(connection: sqlite3.Connection, column: LineItem, user_id: str, status: int) -> None:
    with pytest.raises(PracticeError) as refused:
        post(connection, column, userId=user_id)
    assert refused.value.status == status


@given(st.floats(0, 1e6), st.floats(0.001, 1e6))
def test_more_than_the_maximum_is_allowed(given_points: float, maximum: float) -> None:
    parsed = ags_scores.parse(score(scoreGiven=given_points, scoreMaximum=maximum))
    assert parsed.fraction == given_points / maximum
