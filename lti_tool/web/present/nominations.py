"""How what was handed in stands, in words for learners and reviewers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.criteria import Requirement
from lti_tool.domain.evidence import EvidenceFile
from lti_tool.domain.marks import mark_lines
from lti_tool.domain.nomination import Nomination, NominationState
from lti_tool.domain.phrases import number

# State -> (word, tone).
STATES = {
    NominationState.WAITING: ("Waiting for a reviewer", "waiting"),
    NominationState.MORE: ("More is asked for", "waiting"),
    NominationState.APPROVED: ("Approved", "done"),
    NominationState.DECLINED: ("Declined", "withdrawn"),
}
NOTHING_YET = ("Nothing handed in yet", "not-yet")


Judged = dict[tuple[str, datetime], str]
"""What reviewers gave, in words, by the piece of evidence and the time of the decision."""


@dataclass(frozen=True, slots=True)
class RubricLine:
    """A row of a rubric in words, with its levels, the lowest first."""

    text: str
    levels: list[str]


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """What was handed in for one piece, as its learner shows it to others."""

    title: str
    text: str
    url: str
    file: EvidenceFile | None


def handed_in_rows(nominations: Iterable[Nomination]) -> list[HandedInRow]:
    shown = ((one.piece, one.evidence) for one in nominations if one.evidence)
    return [HandedInRow(piece_title(piece), said.text, said.url, said.file) for piece, said in shown]


def piece_title(piece: str) -> str:
    """The name of a piece of evidence; an approval has none."""
    return piece or "Approval of the teacher"


def rubric_lines(leaf: Requirement) -> list[RubricLine]:
    """ "Clarity: up to 10 points" for each row, and "Clear (6 points): easy to follow" for each of its levels."""
    return [
        RubricLine(
            (f"{row.name}: at least {row.needs}" if row.needs else f"{row.name}: up to {number(row.points)} points"),
            [
                f"{level.name} ({number(level.points)} points)"
                + (f": {level.description}" if level.description else "")
                for level in row.levels
            ],
        )
        for row in leaf.rubric
    ]


def judged(nominations: Iterable[Nomination]) -> Judged:
    return {
        (one.piece, one.decided_at): ", ".join(mark_lines(one.marks))
        for one in nominations
        if one.decided_at is not None and one.marks
    }


def points_needed(leaf: Requirement) -> str:
    """ "At least 6 of 15 points are needed."; "" where none are asked for."""
    if leaf.minimum is None:
        return ""
    most = sum(row.points for row in leaf.rubric)
    return f"At least {number(leaf.minimum)} of {number(most)} points are needed."
