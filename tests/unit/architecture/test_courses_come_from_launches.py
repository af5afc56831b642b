"""A course is known because somebody launched from it: platforms let a tool into courses that never placed it."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[3] / "lti_tool"


def saves_a_course(path: Path) -> bool:
    """Whether a file calls `….courses.save(…)`."""
    calls = (node.func for node in ast.walk(ast.parse(path.read_text(), str(path))) if isinstance(node, ast.Call))
    return any(
        isinstance(call, ast.Attribute)
        and call.attr == "save"
        and isinstance(call.value, ast.Attribute)
        and call.value.attr == "courses"
        for call in calls
    )


def test_only_a_launch_makes_a_course_known() -> None:
    savers = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if saves_a_course(path)}
    assert savers == {"usecases/receive_launch.py"}
