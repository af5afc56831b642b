"""Gradebook columns that belong to tools, and the scores in them."""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import dataclass, field, replace
from typing import Any

from lti_tool.sandbox.errors import PracticeError

_EXTRA = ("startDateTime", "endDateTime", "gradesReleased")


@dataclass(frozen=True)
class LineItem:
    """One column; `maximum` in points. `extra` holds what this LMS only keeps and gives back."""

    id: int
    registration_id: int
    label: str
    maximum: float
    resource_id: str = ""
    tag: str = ""
    resource_link_id: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def to_json(self, address: str, resource_link_id: str) -> dict[str, Any]:
        """In the form of AGS 2.0, with its address and the name of its link as tools know them."""
        optional = {"resourceId": self.resource_id, "tag": self.tag, "resourceLinkId": resource_link_id}
        return {
            "id": address,
            "label": self.label,
            "scoreMaximum": self.maximum,
            **{key: value for key, value in optional.items() if value},
            **self.extra,
        }


def parse(value: Any, registration_id: int, item_id: int = 0) -> LineItem:
    """A line item from its AGS form; PracticeError where the specification is broken."""
    if not isinstance(value, dict):
        raise PracticeError("lineitem.malformed", "A line item is a JSON object.")
    label, maximum = value.get("label"), value.get("scoreMaximum")
    if not isinstance(label, str) or not label.strip() or len(label) > 255:
        raise PracticeError("lineitem.label", "label must be text of 1 to 255 characters.")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or not maximum > 0:
        raise PracticeError("lineitem.maximum", "scoreMaximum must be a number above 0.")
    if not math.isfinite(maximum):
        raise PracticeError("lineitem.maximum", "scoreMaximum must be a finite number.")
    texts = {key: value.get(key) or "" for key in ("resourceId", "tag", "resourceLinkId")}
    if not all(isinstance(text, str) and len(text) <= 255 for text in texts.values()):
        raise PracticeError("lineitem.malformed", "resourceId, tag and resourceLinkId are short texts.")
    return LineItem(
        item_id,
        registration_id,
        label.strip(),
        float(maximum),
        texts["resourceId"],
        texts["tag"],
        texts["resourceLinkId"],
        {key: value[key] for key in _EXTRA if value.get(key) is not None},
    )


def _item(row: sqlite3.Row) -> LineItem:
    return LineItem(
        row["id"],
        row["registration_id"],
        row["label"],
        row["maximum"],
        row["resource_id"],
        row["tag"],
        row["resource_link_id"],
        json.loads(row["extra"]),
    )


def listing(connection: sqlite3.Connection, registration_id: int) -> list[LineItem]:
    """The columns of one tool, oldest first."""
    rows = connection.execute("SELECT * FROM line_items WHERE registration_id = ? ORDER BY id", (registration_id,))
    return [_item(row) for row in rows]


def of_link(connection: sqlite3.Connection, registration_id: int, resource_link_id: str) -> list[LineItem]:
    """The columns of one link of a tool."""
    return [each for each in listing(connection, registration_id) if each.resource_link_id == resource_link_id]


def find(connection: sqlite3.Connection, registration_id: int, item_id: int) -> LineItem:
    """A column of that tool. Another tool's answers 404 as if it were not there."""
    row = connection.execute(
        "SELECT * FROM line_items WHERE id = ? AND registration_id = ?", (item_id, registration_id)
    ).fetchone()
    if row is None:
        raise PracticeError("lineitem.unknown", "The tool has no such line item.", 404)
    return _item(row)


def add(connection: sqlite3.Connection, item: LineItem) -> LineItem:
    """Makes the column and returns it with its id."""
    number = connection.execute(
        "INSERT INTO line_items (registration_id, label, maximum, resource_id, tag, resource_link_id, extra)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            item.registration_id,
            item.label,
            item.maximum,
            item.resource_id,
            item.tag,
            item.resource_link_id,
            json.dumps(item.extra),
        ),
    ).lastrowid
    return replace(item, id=number or 0)


def update(connection: sqlite3.Connection, item: LineItem) -> LineItem:
    """Replaces a column; its link stays what it was, scores keep their percentage (AGS 2.0, 3.2.6)."""
    before = find(connection, item.registration_id, item.id)
    item = replace(item, resource_link_id=before.resource_link_id)
    connection.execute(
        "UPDATE line_items SET label = ?, maximum = ?, resource_id = ?, tag = ?, extra = ? WHERE id = ?",
        (item.label, item.maximum, item.resource_id, item.tag, json.dumps(item.extra), item.id),
    )
    connection.execute(
        "UPDATE tool_scores SET score = score * ? WHERE line_item_id = ?",
        (item.maximum / before.maximum, item.id),
    )
    return item


def delete(connection: sqlite3.Connection, item: LineItem) -> None:
    """Removes a column with its scores."""
    connection.execute("DELETE FROM line_items WHERE id = ?", (item.id,))
