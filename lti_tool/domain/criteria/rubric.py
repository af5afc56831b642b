"""A rubric: what a reviewer looks at, row by row, and how well each of it can be done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lti_tool.domain.criteria.errors import invalid
from lti_tool.domain.criteria.parts import check_text

MOST_ROWS = 20
MOST_LEVELS = 10
MOST_POINTS = 1000
LONGEST_LEVEL = 64
LONGEST_DESCRIPTION = 255


@dataclass(frozen=True, slots=True)
class RubricLevel:
    """How well a row can be done: a name, its points, and what it takes in words ("" for none)."""

    name: str
    points: float
    description: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "A level of the rubric", LONGEST_LEVEL)
        if self.description:
            check_text(self.description, "What a level takes", LONGEST_DESCRIPTION)
        if not (math.isfinite(self.points) and 0 <= self.points <= MOST_POINTS):
            raise invalid(f"A level of the rubric has 0 to {MOST_POINTS} points.")


@dataclass(frozen=True, slots=True)
class RubricRow:
    """One row: what is looked at, and the most points for it. Where it has `levels` (the lowest first, each with more
    points than the one before), a reviewer chooses one of them; `needs` names the lowest that is enough, "" where any
    will do. Without levels a reviewer gives points."""

    name: str
    points: float
    levels: tuple[RubricLevel, ...] = ()
    needs: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "A row of the rubric")
        if not (math.isfinite(self.points) and 0 < self.points <= MOST_POINTS):
            raise invalid(f"A row of the rubric has more than 0 and at most {MOST_POINTS} points.")
        if self.levels:
            self._check_levels()
        if self.needs and self.level(self.needs) is None:
            raise invalid(f"“{self.needs[:40]}” is no level of “{self.name}”.")

    def level(self, name: str) -> RubricLevel | None:
        return next((level for level in self.levels if level.name == name), None)

    @property
    def needed(self) -> RubricLevel | None:
        """The lowest level that is enough; None where none is asked for."""
        return self.level(self.needs) if self.needs else None

    def _check_levels(self) -> None:
        names = {level.name.casefold() for level in self.levels}
        if not 2 <= len(self.levels) <= MOST_LEVELS or len(names) != len(self.levels):
            raise invalid(f"“{self.name}” has 2 to {MOST_LEVELS} levels, each with a name of its own.")
        points = [level.points for level in self.levels]
        if any(lower >= higher for lower, higher in pairwise(points)):
            raise invalid(f"Each level of “{self.name}” has more points than the one before it.")
        if self.points != points[-1]:
            raise invalid(f"“{self.name}” has as many points as its highest level.")


def check_rubric(rows: Sequence[RubricRow]) -> None:
    """Raises `criteria.invalid` for too many rows, and for two of one name."""
    if len(rows) > MOST_ROWS or len({row.name for row in rows}) != len(rows):
        raise invalid(f"A rubric has at most {MOST_ROWS} rows, each with a name of its own.")
