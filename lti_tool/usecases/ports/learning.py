"""Events as they came in, and what is known of learners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import LearningEvent


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the inbox."""

    id: int
    registration_id: str
    event: LearningEvent
    received_at: datetime
    state: str
    reason: str = ""


class EventConflict(BadgeToolError):
    """The same event id with other content: kept out, and worth an alarm at the source."""

    def __init__(self) -> None:
        super().__init__(
            "event.id_conflict", "An event with this id but other content was received before.", status=409
        )


class Inbox(Protocol):
    def add(self, registration_id: str, event: LearningEvent, received_at: datetime) -> int | None:
        """Stores an event; gives its row id, or None for a repetition. Raises `event.id_conflict` where the same
        id was used for other content."""
        ...

    def get(self, row_id: int) -> StoredEvent | None: ...
    def mark(self, row_id: int, state: str, reason: str = "") -> None: ...
    def parked(self, registration_id: str, context_id: str, subject: str) -> list[StoredEvent]: ...
    def parked_count(self, registration_id: str) -> int: ...


class Records(Protocol):
    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        """Folds facts into the record; True when anything changed."""
        ...

    def get(self, course_id: str, person_id: str) -> LearnerRecord: ...
    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        """Records by person id, in one query."""
        ...
