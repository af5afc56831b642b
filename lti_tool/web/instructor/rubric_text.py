"""A rubric as a teacher types it, a line for each row, and below a row a line for each of its levels:

    Clarity: 10
    Sources:
    - None: 0
    * Some: 3; Two or more are named.
    - All: 5

The lowest level that is enough begins with a star. What cannot be read becomes JSON that `criteria.parse` refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lti_tool.domain.criteria import RubricRow
from lti_tool.domain.phrases import number

HINT = (
    "One row a line with its points, such as “Clarity: 10”. Or levels to choose from, a line each below their row,"
    " the lowest first: “- Unclear: 0”, “- Clear: 6; easy to follow”. A * in place of the - marks the lowest that is"
    " enough."
)
_LEVEL = re.compile(
    r"(?P<mark>[-*])\s*(?P<name>.+?)\s*:\s*(?P<points>-?\d+(?:[.,]\d+)?)\s*(?:;\s*(?P<description>.*))?"
)


def to_text(rows: Iterable[RubricRow]) -> str:
    return "\n".join(line for row in rows for line in _lines(row))


def _lines(row: RubricRow) -> Iterable[str]:
    if not row.levels:
        yield f"{row.name}: {number(row.points)}"
        return
    yield f"{row.name}:"
    for level in row.levels:
        mark = "*" if level.name == row.needs else "-"
        yield f"{mark} {level.name}: {number(level.points)}" + (f"; {level.description}" if level.description else "")


def to_json(text: str) -> list[dict[str, Any]]:
    """Inverse of `to_text`."""
    rows: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line[0] in "-*" and rows:
            _add_level(rows[-1], line)
        else:
            rows.append(_row(line))
    return rows


def _row(line: str) -> dict[str, Any]:
    name, colon, points = line.rpartition(":")
    if not colon:
        return {"name": line}
    try:
        return {"name": name.strip(), "points": float(points.strip().replace(",", "."))}
    except ValueError:
        return {"name": line if points.strip() else name.strip()}


def _add_level(row: dict[str, Any], line: str) -> None:
    found = _LEVEL.fullmatch(line)
    levels = row.setdefault("levels", [])
    if found is None:
        levels.append({"name": line[1:].strip()})
        return
    levels.append({"name": found["name"], "points": float(found["points"].replace(",", "."))})
    if found["description"]:
        levels[-1]["description"] = found["description"].strip()
    if found["mark"] == "*":
        row["needs"] = found["name"]
