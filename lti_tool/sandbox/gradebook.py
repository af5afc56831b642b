"""The gradebook as a table: the course's own activities and the columns of tools."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from lti_tool.sandbox import coursework, line_items, people, registrations, rules
from lti_tool.sandbox.course import GRADED
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.people import Person


@dataclass(frozen=True)
class Row:
    """One learner: points by activity id, points by line item id, (given, maximum) of the course."""

    person: Person
    progress: rules.Progress
    tool_scores: dict[int, float]
    comments: dict[int, str]

    @property
    def total(self) -> tuple[float, float] | None:
        return rules.course_total(self.progress.scores)


@dataclass(frozen=True)
class Gradebook:
    """`tool_columns` are the line items of active tools."""

    tool_columns: list[LineItem]
    rows: list[Row]

    def to_json(self) -> dict[str, Any]:
        """With the names of people and columns, for programs."""
        return {
            "activities": [
                {"id": each.id, "title": each.title, "maximum": each.maximum} for each in GRADED
            ],
            "columns": [
                {"id": item.id, "label": item.label, "maximum": item.maximum, "tag": item.tag,
                 "resource_id": item.resource_id, "resource_link_id": item.resource_link_id}
                for item in self.tool_columns
            ],
            "rows": [
                {
                    "user_id": row.person.id,
                    "name": row.person.name,
                    "scores": dict(row.progress.scores),
                    "completed": sorted(row.progress.completed),
                    "modules": sorted(rules.completed_modules(row.progress.completed)),
                    "tool_scores": {str(key): value for key, value in row.tool_scores.items()},
                    "total": None if row.total is None else {"given": row.total[0], "maximum": row.total[1]},
                }
                for row in self.rows
            ],
        }  # fmt: skip


def read(connection: sqlite3.Connection, only: str | None = None) -> Gradebook:
    """The gradebook of all learners, or of the one whose id is `only`."""
    columns = [
        item
        for tool in registrations.listing(connection, active_only=True)
        for item in line_items.listing(connection, tool.id)
    ]
    learners = [each for each in people.everyone(connection) if each.learns and only in (None, each.id)]
    return Gradebook(columns, [_row(connection, person) for person in learners])


def _row(connection: sqlite3.Connection, person: Person) -> Row:
    scores = connection.execute(
        "SELECT line_item_id, score, comment FROM tool_scores WHERE user_id = ? AND score IS NOT NULL",
        (person.id,),
    ).fetchall()
    return Row(
        person,
        coursework.progress_of(connection, person.id),
        {row["line_item_id"]: row["score"] for row in scores},
        {row["line_item_id"]: row["comment"] for row in scores},
    )
