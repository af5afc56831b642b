"""What a reading of Moodle says, as events. The same state read twice gives the same events with the same ids."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lti_tool.domain.learning_event import EARLIEST_EVENT, FactKind, LearningEvent
from lti_tool.domain.reconciliation import named

SOURCE = "moodle"
# 2100-01-01: whatever is later is no time that a Moodle has seen.
LATEST_EPOCH = 4_102_444_800

Epoch = Annotated[int, Field(ge=0, lt=LATEST_EPOCH)]


class Row(BaseModel):
    """A row of Moodle's answer; members of newer releases are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def moment(epoch: int | None) -> datetime | None:
    """Moodle's epoch seconds as UTC; None for 0, which is how Moodle writes "never"."""
    if not epoch or epoch < EARLIEST_EVENT.timestamp():
        return None
    return datetime.fromtimestamp(epoch, UTC)


def module_target(section_id: int) -> str:
    """Sections and course modules are counted separately in Moodle: section 7 is not activity 7."""
    return f"section-{section_id}"


def plain(text: str) -> str:
    """Moodle escapes names for HTML ("Q&amp;A"); pages escape again, so the entity is taken off here.

    What no page shows and no database keeps (NUL, half a surrogate pair) becomes a space.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in html.unescape(text))
    return shown.strip()[:500]


def score(
    context_id: str, subject: str, target: str | None, at: datetime, given: float, maximum: float
) -> LearningEvent:
    """A grade in points; `target` None is the course total."""
    return named(
        LearningEvent(
            event_id="unnamed",
            source=SOURCE,
            context_id=context_id,
            subject=subject,
            kind=FactKind.COURSE_GRADE if target is None else FactKind.ITEM_SCORE,
            target=target or "",
            occurred_at=at,
            score=given,
            maximum=maximum,
        )
    )


def no_score(context_id: str, subject: str, target: str | None, at: datetime, standing: str) -> LearningEvent:
    """That no grade counts there; `standing` "" where it was taken away."""
    return LearningEvent(
        event_id="unnamed",
        source=SOURCE,
        context_id=context_id,
        subject=subject,
        kind=FactKind.COURSE_GRADE if target is None else FactKind.ITEM_SCORE,
        target=target or "",
        occurred_at=at,
        standing=standing,
    )


def completion(
    context_id: str, subject: str, kind: FactKind, target: str, at: datetime, completed: bool
) -> LearningEvent:
    """That an activity or a section is complete, or no longer is."""
    return named(
        LearningEvent(
            event_id="unnamed",
            source=SOURCE,
            context_id=context_id,
            subject=subject,
            kind=kind,
            target=target,
            occurred_at=at,
            completed=completed,
        )
    )
