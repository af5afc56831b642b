"""What a reviewer gives for the rows of a rubric, and whether it is what the rule asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.domain.criteria import Requirement, RubricRow
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.phrases import number


@dataclass(frozen=True, slots=True)
class Mark:
    """Points for one row; `level` is the name of the one that was chosen, "" where the row has none."""

    points: float
    level: str = ""

    def to_json(self) -> Any:
        return {"points": self.points, "level": self.level} if self.level else self.points

    @classmethod
    def from_json(cls, value: Any) -> Mark:
        """Inverse of `to_json`."""
        return cls(value["points"], value["level"]) if isinstance(value, dict) else cls(value)


Marks = Mapping[str, Mark]
"""By the name of the row."""


def marks_to_json(marks: Marks) -> dict[str, Any]:
    return {row: mark.to_json() for row, mark in marks.items()}


def marks_from_json(value: Mapping[str, Any]) -> Marks:
    """Inverse of `marks_to_json`."""
    return {row: Mark.from_json(mark) for row, mark in value.items()}


def mark_lines(marks: Marks) -> list[str]:
    """ "Clarity: Clear (6)" for each row; of one without levels its points."""
    return [
        f"{row}: {mark.level} ({number(mark.points)})" if mark.level else f"{row}: {number(mark.points)}"
        for row, mark in marks.items()
    ]


def mark_by_level(row: RubricRow, name: str) -> Mark:
    """The mark of whoever chooses a level. Raises `review.level_unknown`."""
    level = row.level(name)
    if level is None:
        raise BadgeToolError("review.level_unknown", f"This is no level of “{row.name}”.", status=422)
    return Mark(level.points, level.name)


def check_marks(leaf: Requirement, marks: Marks) -> None:
    """Whether an approval's marks fit the rubric and are as good as the rule asks for. Raises `review.points_missing`,
    `review.points_invalid`, `review.level_unknown`, `review.level_short` and `review.points_short` (422)."""
    for row in leaf.rubric:
        _check_row(row, marks.get(row.name))
    total = sum(mark.points for mark in marks.values())
    if leaf.minimum is not None and total < leaf.minimum:
        raise BadgeToolError(
            "review.points_short",
            f"The rule asks for at least {leaf.minimum:g} points, and these are {total:g}.",
            status=422,
            hint="Ask for more, or decline.",
        )


def _check_row(row: RubricRow, mark: Mark | None) -> None:
    if mark is None:
        what = "Choose a level for" if row.levels else "Give points for"
        raise BadgeToolError("review.points_missing", f"{what} “{row.name}”.", status=422)
    if not row.levels:
        if mark.level or not (math.isfinite(mark.points) and 0 <= mark.points <= row.points):
            raise BadgeToolError("review.points_invalid", f"“{row.name}” has 0 to {row.points:g} points.", status=422)
        return
    if mark != mark_by_level(row, mark.level):
        raise BadgeToolError("review.points_invalid", f"“{row.name}” has the points of its level.", status=422)
    if row.needed is not None and mark.points < row.needed.points:
        raise BadgeToolError(
            "review.level_short",
            f"The rule asks for at least “{row.needs}” in “{row.name}”.",
            status=422,
            hint="Ask for more, or decline.",
        )
