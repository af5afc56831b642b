"""What reviewers have to look at, and one of it, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.criteria import RubricRow
from lti_tool.domain.evidence import EvidenceFile
from lti_tool.domain.marks import Mark, mark_lines
from lti_tool.domain.nomination import NominationState
from lti_tool.domain.phrases import number
from lti_tool.usecases.ports import NominationStep
from lti_tool.usecases.review_evidence import Review
from lti_tool.web.present.nominations import STATES, piece_title, points_needed

SHOWN_DECIDED = 50
_HAPPENED = {"handed_in": "Handed in"} | {state.value: words for state, (words, _) in STATES.items()}


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line of the queue."""

    id: str
    learner: str
    badge: str
    piece: str
    word: str
    tone: str
    submitted_at: datetime
    decided_at: datetime | None
    by: str
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a reviewer, the oldest first; what waits for a learner; and what was decided, the newest first."""

    waiting: list[ReviewLine]
    asked: list[ReviewLine]
    decided: list[ReviewLine]


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """A level of a row, to be chosen."""

    name: str
    points: str
    description: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class RowField:
    """A row of the rubric with its field: `levels` to choose from, or where it has none points to be typed. `value` is
    the name of the level that was chosen, or what was typed."""

    key: str
    name: str
    most: str
    value: str
    levels: list[LevelChoice]


@dataclass(frozen=True, slots=True)
class StepLine:
    at: datetime
    text: str
    by: str
    said: str
    url: str
    points: str
    file: EvidenceFile | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    line: ReviewLine
    achievement_id: str
    text: str
    url: str
    file: EvidenceFile | None
    handed_in_by: str
    rubric: list[RowField]
    needed: str
    words: str
    steps: list[StepLine]


def queue_of(reviews: Sequence[Review]) -> Queue:
    lines = [(one.nomination.state, _line(one)) for one in reviews]
    decided = [line for state, line in lines if state in (NominationState.APPROVED, NominationState.DECLINED)]
    decided.sort(key=lambda line: line.decided_at or line.submitted_at, reverse=True)
    return Queue(
        [line for state, line in lines if state is NominationState.WAITING],
        [line for state, line in lines if state is NominationState.MORE],
        decided[:SHOWN_DECIDED],
    )


def review_view(review: Review, sent: Mapping[str, str] | None = None, words: str = "") -> ReviewView:
    """`sent` by the row's name: what the reviewer sent, where something was wrong with it."""
    nomination, leaf = review.nomination, review.leaf
    values = {name: _held(mark) for name, mark in nomination.marks.items()} if sent is None else sent
    by_other = review.nominated_by is not None and review.nominated_by.id != review.person.id
    return ReviewView(
        line=_line(review),
        achievement_id=review.achievement.id,
        text=nomination.evidence.text,
        url=nomination.evidence.url,
        file=nomination.evidence.file,
        handed_in_by=review.nominated_by.name if by_other and review.nominated_by else "",
        rubric=[
            RowField(points_key(place), row.name, number(row.points), values.get(row.name, ""), _levels(row))
            for place, row in enumerate(leaf.rubric if leaf else ())
        ],
        needed=points_needed(leaf) if leaf else "",
        words=words,
        steps=[_step(step) for step in review.steps],
    )


def _held(mark: Mark) -> str:
    return mark.level or number(mark.points)


def _levels(row: RubricRow) -> list[LevelChoice]:
    return [
        LevelChoice(level.name, number(level.points), level.description, level.name == row.needs)
        for level in row.levels
    ]


def points_key(place: int) -> str:
    """The name of the field for a row of the rubric."""
    return f"points-{place}"


def _line(review: Review) -> ReviewLine:
    nomination = review.nomination
    word, tone = STATES[nomination.state]
    return ReviewLine(
        id=nomination.id,
        learner=review.person.name or "Unnamed learner",
        badge=review.achievement.name,
        piece=piece_title(nomination.piece),
        word=word,
        tone=tone,
        submitted_at=nomination.submitted_at,
        decided_at=nomination.decided_at,
        by=nomination.reviewer.name if nomination.reviewer else "",
        is_asked=review.leaf is not None,
    )


def _step(step: NominationStep) -> StepLine:
    points = ", ".join(mark_lines(step.marks))
    happened = _HAPPENED.get(step.action, step.action)
    return StepLine(
        step.at, happened, step.actor.name, step.evidence.text, step.evidence.url, points, step.evidence.file
    )
