"""What came over from other courses, as the review shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lti_tool.domain.course_copy import LEFT_OUT, How, Key
from lti_tool.usecases.review_copy import CopyReview, Question

_KINDS = {"item": "Activity", "module": "Module", "outcome": "Outcome", "group": "Group"}
_WORDS = {
    How.HISTORY: ("Matched", "done", "the platform says that it is the same"),
    How.NAME: ("Matched", "done", "it has the same name"),
    How.POSITION: ("Matched", "done", "of those with this name it has the same place"),
    How.AMBIGUOUS: ("Which one?", "waiting", "several have this name"),
    How.MISSING: ("Missing", "failed", "nothing here has this name"),
}
LATER, DROP = "?", "-"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CopyRow:
    """`field` is the name of the form's field, `word` and `tone` how it stands, `why` in a few words."""

    field: str
    kind: str
    title: str
    badges: str
    word: str
    tone: str
    why: str
    is_open: bool
    options: list[Option]


@dataclass(frozen=True, slots=True)
class CopySection:
    title: str
    badges: list[tuple[str, str]]
    rows: list[CopyRow]
    open_count: int
    edited: str
    dated: str


def copy_section(review: CopyReview) -> CopySection:
    rows = sorted((_row(one) for one in review.questions), key=lambda row: not row.is_open)
    return CopySection(
        title=review.source.title or "another course",
        badges=[(badge.id, badge.name) for badge in review.badges],
        rows=rows,
        open_count=sum(row.is_open for row in rows),
        edited=", ".join(f"“{name}”" for name in review.edited),
        dated=", ".join(f"“{name}”" for name in review.dated),
    )


def field_of(key: Key) -> str:
    return "for:" + json.dumps(key, separators=(",", ":"))


def key_of(field: str) -> Key | None:
    """Inverse of `field_of`; None for any other field."""
    if not field.startswith("for:"):
        return None
    try:
        kind, name = json.loads(field.removeprefix("for:"))
    except (ValueError, TypeError, RecursionError):
        return None
    return (kind, name) if isinstance(kind, str) and isinstance(name, str) else None


def _row(question: Question) -> CopyRow:
    word, tone, why = _WORDS[question.how]
    is_open = question.chosen is None
    if question.chosen == LEFT_OUT:
        word, tone, why = "Left out", "not-yet", "you left it out"
    elif question.chosen is not None and question.chosen not in question.proposed[:1]:
        word, tone, why = "Matched", "done", "you chose it"
    chosen = {LEFT_OUT: DROP}.get(question.chosen or "", question.chosen or "") if not is_open else _proposal(question)
    # What fits best stands first.
    titles = sorted(question.offered, key=lambda one: one[0] not in question.proposed)
    options = [Option(LATER, "Decide later", chosen == LATER)] if is_open else []
    options += [Option(id_, title or "An activity without a name", chosen == id_) for id_, title in titles]
    options.append(Option(DROP, "Leave this out of the rule", chosen == DROP))
    return CopyRow(
        field=field_of(question.key),
        kind=_KINDS.get(question.key[0], "Part"),
        title=question.title,
        badges=", ".join(f"“{name}”" for name in question.badges),
        word=word,
        tone=tone,
        why=why,
        is_open=is_open,
        options=options,
    )


def _proposal(question: Question) -> str:
    return question.proposed[0] if question.proposed and question.how is not How.AMBIGUOUS else LATER
