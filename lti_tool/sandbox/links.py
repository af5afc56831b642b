"""Places in the course that open a tool: its entry in the course menu, and the links a teacher placed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from lti_tool.sandbox.registrations import Registration


@dataclass(frozen=True)
class Link:
    """`id` is the LTI resource link id. An empty `url` means the tool's own default."""

    id: str
    registration_id: int
    title: str
    text: str = ""
    url: str = ""
    custom: dict[str, str] = field(default_factory=dict)


def menu_link(registration: Registration) -> Link:
    """The tool's entry in the course menu, there as long as the tool is active."""
    return Link(f"menu-{registration.id}", registration.id, "Badges", "From the course menu")


def _link(row: sqlite3.Row) -> Link:
    return Link(
        f"link-{row['id']}",
        row["registration_id"],
        row["title"],
        row["text"],
        row["url"],
        json.loads(row["custom"]),
    )


def placed(connection: sqlite3.Connection) -> list[Link]:
    """The links in the course whose tool is active, in the order they were placed."""
    rows = connection.execute(
        "SELECT links.* FROM links JOIN registrations ON registrations.id = registration_id"
        " WHERE state = 'active' ORDER BY links.id"
    )
    return [_link(row) for row in rows]


def find(connection: sqlite3.Connection, registration: Registration, link_id: str) -> Link | None:
    """A link of that tool, None if it has none with that id."""
    if link_id == menu_link(registration).id:
        return menu_link(registration)
    row = connection.execute(
        "SELECT * FROM links WHERE 'link-' || id = ? AND registration_id = ?", (link_id, registration.id)
    ).fetchone()
    return None if row is None else _link(row)


def link_of(connection: sqlite3.Connection, registration: Registration, wanted: Callable[[Link], bool]) -> Link | None:
    """The first link of that tool that is wanted."""
    rows = connection.execute("SELECT * FROM links WHERE registration_id = ? ORDER BY id", (registration.id,))
    return next(filter(wanted, [*map(_link, rows), menu_link(registration)]), None)


def place(connection: sqlite3.Connection, link: Link, created_at: str) -> str:
    """Adds a link to the course (its `id` is ignored) and returns its resource link id."""
    number = connection.execute(
        "INSERT INTO links (registration_id, title, text, url, custom, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (link.registration_id, link.title, link.text, link.url, json.dumps(link.custom), created_at),
    ).lastrowid
    return f"link-{number}"


def take_away(connection: sqlite3.Connection, link_id: str) -> bool:
    """Removes a placed link; its grade columns stay. False if there is none."""
    return connection.execute("DELETE FROM links WHERE 'link-' || id = ?", (link_id,)).rowcount == 1
