"""What a learner hands in for a badge, and how it stands: for her, and for whoever of the staff does it for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evidence import EvidenceFile
from lti_tool.domain.marks import mark_lines
from lti_tool.domain.nomination import NominationState
from lti_tool.usecases.learner_badges import Piece
from lti_tool.web.form_text import typed
from lti_tool.web.present.nominations import (
    NOTHING_YET,
    STATES,
    RubricLine,
    piece_title,
    points_needed,
    rubric_lines,
)

# What is wrong with the form, and the field beside which it is said; what is wrong with a file, beside that.
_FIELDS = {
    "review.evidence_missing": "text",
    "evidence.text_too_long": "text",
    "evidence.url_invalid": "url",
    "evidence.file_too_large": "file",
    "evidence.file_type": "file",
    "evidence.too_many_files": "file",
}


def is_of_form(error: BadgeToolError) -> bool:
    """Whether it is said beside a field, and what was typed stays."""
    return bool(_field(error))


def _field(error: BadgeToolError) -> str:
    return _FIELDS.get(error.code, "file" if error.code.startswith("image.") else "")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece. `words` are the reviewer's last ones; `said` and `errors` are by field of its form."""

    piece: str
    title: str
    word: str
    tone: str
    rubric: list[RubricLine]
    needed: str
    words: str
    reviewer: str
    decided_at: datetime | None
    submitted_at: datetime | None
    points: list[str]
    is_open: bool
    button: str
    file: EvidenceFile | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def evidence_row(piece: Piece) -> EvidenceRow:
    leaf, nomination = piece.leaf, piece.nomination
    word, tone = STATES[nomination.state] if nomination else NOTHING_YET
    return EvidenceRow(
        piece=leaf.evidence,
        title=piece_title(leaf.evidence),
        word=word,
        tone=tone,
        rubric=rubric_lines(leaf),
        needed=points_needed(leaf),
        words=nomination.words if nomination else "",
        reviewer=nomination.reviewer.name if nomination and nomination.reviewer else "",
        decided_at=nomination.decided_at if nomination else None,
        submitted_at=nomination.submitted_at if nomination else None,
        points=mark_lines(nomination.marks) if nomination else [],
        is_open=nomination is None or nomination.state is not NominationState.APPROVED,
        button=_button(nomination.state if nomination else None),
        file=nomination.evidence.file if nomination else None,
        said=nomination.evidence.to_json() if nomination else {},
    )


def with_error(rows: Iterable[EvidenceRow], form: Mapping[str, str], error: BadgeToolError | None) -> list[EvidenceRow]:
    """What was typed stays in the form in which something is wrong."""
    if error is None:
        return list(rows)
    sent, wrong = typed(form, "piece"), {_field(error): f"{error.message} {error.hint}".strip()}
    said = {name: typed(form, name) for name in ("text", "url")}
    return [replace(row, said=said, errors=wrong) if row.piece == sent else row for row in rows]


def _button(state: NominationState | None) -> str:
    if state is None:
        return "Hand in"
    return "Change what I handed in" if state is NominationState.WAITING else "Hand in again"
