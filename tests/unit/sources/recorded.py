"""The recordings of a real Moodle (tests/recordings/README.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "recordings" / "moodle"


def recorded(name: str) -> Any:
    """A fresh copy of the recorded response's body."""
    return json.loads((FOLDER / f"{name}.json").read_text())["response"]["body"]


def grade_report() -> Any:
    return recorded("ws_gradereport_user_get_grade_items_allusers")


def contents() -> Any:
    return recorded("ws_core_course_get_contents")


def completion() -> Any:
    return recorded("ws_core_completion_get_activities_completion_status")
