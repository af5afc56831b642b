"""The tree itself: requirements and groups, neither of which can be made so that it means nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal

from lti_tool.domain.criteria.errors import CriteriaError, invalid
from lti_tool.domain.criteria.leaf_types import TARGET_FIELD, type_of
from lti_tool.domain.criteria.parts import LONGEST_TEXT, Skill, Window, check_text
from lti_tool.domain.criteria.rubric import RubricRow, check_rubric
from lti_tool.domain.fact_kind import FactKind

MAX_DEPTH = 12
MAX_PARTS = 50
MAX_NODES = 500
MOST_STEPS = 40
HIGHEST_MINIMUM = 1_000_000
Unit = Literal["percent", "points"]
Take = Literal["grade", "best", "latest", "average"]
Grade = Literal["", "current", "final"]
Joiner = Literal["all", "any", "at_least", "credits", "not"]

TAKES: tuple[Take, ...] = ("grade", "best", "latest", "average")
GRADES: tuple[Grade, ...] = ("", "current", "final")
JOINERS: tuple[Joiner, ...] = ("all", "any", "at_least", "credits", "not")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A leaf: one thing to be known of a learner.

    `target` is the LMS's id of an activity, module, outcome or fact, an achievement (badge_held), or "". What is asked
    of a value is `minimum` in `unit`, or `letter` on `scale` (lowest first). `take`: which of several attempts counts;
    `grade`: which course grade, with `overrides` a teacher's own before it. `items` are the activities of a module of
    which `minimum` percent have to be completed. `evidence` names what a reviewer approves by `rubric`.

    Of any part of a tree: `optional` is shown and never needed; `only_for` names groups, one of which a learner must be
    in for the part to apply to her; `credits` is its weight among others; `window` is when the work must be done.
    """

    kind: FactKind
    target: str = ""
    minimum: float | None = None
    unit: Unit = "percent"
    letter: str = ""
    scale: tuple[str, ...] = ()
    take: Take = "grade"
    grade: Grade = ""
    overrides: bool = True
    on_time: bool = False
    items: tuple[str, ...] = ()
    evidence: str = ""
    rubric: tuple[RubricRow, ...] = ()
    skill: Skill | None = None
    optional: bool = False
    only_for: tuple[str, ...] = ()
    credits: float = 1.0
    window: Window | None = None
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._check_value()
        self._check_letter()
        self._check_target()
        check_rubric(self.rubric)
        if (self.kind is FactKind.EVIDENCE_REVIEW) != bool(self.evidence):
            raise invalid("Name the evidence that has to be approved.")
        if self.evidence:
            check_text(self.evidence, "The name of the evidence", 64)
        _check_part(self.only_for, self.credits)
        _keep_hash(self)

    def __hash__(self) -> int:
        return self._hash

    def _check_value(self) -> None:
        leaf = type_of(self)
        if self.minimum is None:
            if leaf.needs_value and not self.letter:
                raise invalid("A score needs a minimum, and nothing else has one.")
            return
        if "minimum" not in leaf.asks:
            raise invalid("A score needs a minimum, and nothing else has one.")
        if not (math.isfinite(self.minimum) and 0 < self.minimum <= HIGHEST_MINIMUM):
            raise invalid("The minimum must be more than 0.")
        if self.minimum > 100 and self.unit == "percent" and self.kind is not FactKind.EVIDENCE_REVIEW:
            raise invalid("Nobody can be asked for more than 100 %.")
        if self.kind is FactKind.EVIDENCE_REVIEW and self.minimum > sum(row.points for row in self.rubric):
            raise CriteriaError("criteria.unreachable", "The rubric does not have as many points as are asked for.")

    def _check_letter(self) -> None:
        if not self.letter:
            if self.scale:
                raise invalid("A scale is of use only where a grade in letters is asked for.")
            return
        if "letter" not in type_of(self).asks or self.minimum is not None:
            raise invalid("Ask for a number or for a grade in letters, not for both.")
        if not 2 <= len(self.scale) <= MOST_STEPS or len({step.casefold() for step in self.scale}) != len(self.scale):
            raise invalid(f"A scale lists 2 to {MOST_STEPS} different grades, the lowest first.")
        for step in self.scale:
            check_text(step, "A grade of the scale", 64)
        if self.letter not in self.scale:
            raise invalid("The grade that is asked for does not stand on the scale.")
        if self.take == "average":
            raise invalid("Grades in letters have no average.")

    def _check_target(self) -> None:
        if (self.kind in TARGET_FIELD) != bool(self.target):
            raise invalid("Choose the activity, module or badge that is meant.")
        if self.target:
            check_text(self.target, "What is meant")
        if self.items and (self.kind is not FactKind.MODULE_COMPLETION or len(set(self.items)) != len(self.items)):
            raise invalid("Only a share of a module lists activities, and each once.")
        if len(self.items) > MAX_NODES:
            raise invalid(f"A share of a module is taken of at most {MAX_NODES} activities.")


def _keep_hash(part: Criteria) -> None:
    """A tree is a key wherever something is kept for it: its hash is made once, not at every look."""
    values = tuple(getattr(part, one.name) for one in fields(part) if one.compare)
    object.__setattr__(part, "_hash", hash(values))


def _check_part(only_for: tuple[str, ...], credits: float) -> None:  # noqa: A002 - the word of the field
    if len(only_for) > MAX_PARTS:
        raise invalid(f"A part applies to at most {MAX_PARTS} groups.")
    for group in only_for:
        check_text(group, "A group", LONGEST_TEXT)
    if not (math.isfinite(credits) and 0 < credits <= HIGHEST_MINIMUM):
        raise invalid("Credits are a number of more than 0.")


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by all, any, at least `count` of them, `total` credits of them, or not (of its one part)."""

    joiner: Joiner
    parts: tuple[Criteria, ...]
    count: int = 0
    total: float = 0.0
    optional: bool = False
    only_for: tuple[str, ...] = ()
    credits: float = 1.0
    window: Window | None = None
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.parts or len(self.parts) > MAX_PARTS:
            raise invalid(f"A group needs between 1 and {MAX_PARTS} parts.")
        if self.joiner == "not" and len(self.parts) != 1:
            raise invalid("“Not” has one part.")
        if self.joiner != "all" and any(part.optional for part in self.parts):
            raise invalid("A part can be optional only where all others are needed.")
        if not self.required:
            raise invalid("A group in which everything is optional asks for nothing.")
        if self.joiner == "at_least" and not 1 <= self.count <= len(self.parts):
            raise invalid(f"At least {self.count} of {len(self.parts)} cannot be met or asks for nothing.")
        if self.joiner == "credits":
            self._check_credits()
        _check_part(self.only_for, self.credits)
        _keep_hash(self)

    def __hash__(self) -> int:
        return self._hash

    def _check_credits(self) -> None:
        offered = sum(part.credits for part in self.parts)
        if not (math.isfinite(self.total) and self.total > 0):
            raise invalid("The credits that are needed are a number of more than 0.")
        if self.total > offered + 1e-9:
            raise CriteriaError(
                "criteria.credits_short", f"{self.total:g} credits are asked for, and only {offered:g} are offered."
            )

    @property
    def required(self) -> tuple[Criteria, ...]:
        """The parts that count."""
        return tuple(part for part in self.parts if not part.optional)

    @property
    def needed(self) -> int:
        """How many parts must be met; for credits at least how many."""
        if self.joiner == "credits":
            weights = sorted((part.credits for part in self.parts), reverse=True)
            return next(n for n in range(1, len(weights) + 1) if sum(weights[:n]) >= self.total - 1e-9)
        return {"all": len(self.required), "any": 1, "not": 1}.get(self.joiner, self.count)


Criteria = Requirement | Group


def requirements(criteria: Criteria) -> Iterator[Requirement]:
    """Every leaf, left to right."""
    for _, part in nodes(criteria):
        if isinstance(part, Requirement):
            yield part


def nodes(criteria: Criteria, path: str = "") -> Iterator[tuple[str, Criteria]]:
    """Every part with its path ("" for the root, "/parts/0" for its first part), each before what is below it."""
    yield path, criteria
    if isinstance(criteria, Group):
        for place, part in enumerate(criteria.parts):
            yield from nodes(part, f"{path}/parts/{place}")
