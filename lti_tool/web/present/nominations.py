"""How what was handed in stands, in words for learners and reviewers."""

from __future__ import annotations

from lti_tool.domain.criteria import Requirement
from lti_tool.domain.nomination import NominationState
from lti_tool.domain.phrases import number

# State -> (word, tone).
STATES = {
    NominationState.WAITING: ("Waiting for a reviewer", "waiting"),
    NominationState.MORE: ("More is asked for", "waiting"),
    NominationState.APPROVED: ("Approved", "done"),
    NominationState.DECLINED: ("Declined", "withdrawn"),
}
NOTHING_YET = ("Nothing handed in yet", "not-yet")


def piece_title(piece: str) -> str:
    """The name of a piece of evidence; an approval has none."""
    return piece or "Approval of the teacher"


def rubric_lines(leaf: Requirement) -> list[str]:
    """ "Clarity: up to 10 points" for each row."""
    return [f"{row.name}: up to {number(row.points)} points" for row in leaf.rubric]


def points_needed(leaf: Requirement) -> str:
    """ "At least 6 of 15 points are needed."; "" where none are asked for."""
    if leaf.minimum is None:
        return ""
    most = sum(row.points for row in leaf.rubric)
    return f"At least {number(leaf.minimum)} of {number(most)} points are needed."
