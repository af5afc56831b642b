"""Events as they came in, and what is known of learners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.usecases.ports.freshness import Backlog


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the inbox."""

    id: int
    registration_id: str
    event: LearningEvent
    received_at: datetime
    state: str
    reason: str = ""
    tries: int = 0
    pushed: bool = True


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """A statement that could not be taken in. `body` is what was said, as far as it fits; `times` it came."""

    source: str
    event_id: str
    code: str
    message: str
    body: str
    id: int = 0
    registration_id: str = ""
    times: int = 1
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """How many events of a platform wait for the same reason, and since when the oldest does."""

    reason: str
    count: int
    oldest: datetime


class EventConflict(BadgeToolError):
    """The same event id with other content: kept out, and worth an alarm at the source."""

    def __init__(self) -> None:
        super().__init__(
            "event.id_conflict", "An event with this id but other content was received before.", status=409
        )


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event of a registration; `pushed`: the platform sent it by itself."""

    registration_id: str
    event: LearningEvent
    pushed: bool = True


class Inbox(Protocol):
    def add(self, told: Sequence[ToldEvent], received_at: datetime) -> list[int | EventConflict | None]:
        """Stores events. For each, in their order: its row id, None for a repetition, the conflict where the same id
        was used for other content."""
        ...

    def add_with_work(
        self, told: Sequence[ToldEvent], received_at: datetime, kind: str, ids_as: str
    ) -> list[int | EventConflict | None]:
        """The same, and with it a piece of work of that kind, whose payload has the new row ids: the one statement of a
        brief unit of work, where the database autocommits (Transactions)."""
        ...

    def get(self, row_id: int) -> StoredEvent | None: ...
    def mark(self, row_id: int, state: str, reason: str = "", tries: int | None = None) -> None:
        """States: "received", "applied", "parked" (waits for what `reason` names), "dead" (no try is left)."""
        ...

    def parked(self, course: Course, names: Collection[tuple[str, str]], subject_kinds: Collection[str]) -> list[int]:
        """Rows that wait for one of the (kind, value) names of the course, and for a learner who is enrolled there by
        now. `subject_kinds`: the kinds of names that are the LTI subject on this platform."""
        ...

    def applied(self, registration_id: str, names: Collection[tuple[str, str]]) -> Iterator[StoredEvent]:
        """All that was applied of what one of the (kind, value) names of a course was told of, as it came."""
        ...

    def backlog(self, registration_id: str, names: Collection[tuple[str, str]]) -> Backlog:
        """What was received for one of the (kind, value) names of a course and waits to be applied."""
        ...

    def parked_count(self, registration_id: str) -> int: ...
    def parked_by_reason(self, registration_id: str) -> list[Parked]: ...
    def dead(self, registration_id: str) -> list[StoredEvent]:
        """What could not be applied however often it was tried, the newest first; not all where they are many."""
        ...

    def dead_ids(self, registration_id: str) -> list[int]: ...


class RefusedEvents(Protocol):
    def add(self, registration_id: str, refused: RefusedEvent, at: datetime) -> None:
        """Keeps it once; the same one again is counted, and stands before the administrator again."""
        ...

    def open(self, registration_id: str) -> list[RefusedEvent]:
        """Those that nobody has settled, the newest first; not all where they are many."""
        ...

    def settle(self, registration_id: str, refused_id: int, at: datetime) -> bool: ...
    def sweep(self, settled_before: datetime, last_before: datetime) -> int:
        """Forgets those that were settled, or came last, before; gives how many."""
        ...


class Records(Protocol):
    def merge(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> bool:
        """Folds facts into the record; True when anything changed."""
        ...

    def state(self, course_id: str, person_id: str, fact: Fact) -> None:
        """As `merge`, for one of which nobody has to know whether it changed anything."""
        ...

    def read_ahead(self, course_id: str, person_ids: Collection[str]) -> None:
        """Reads at once the records of learners who are going to be asked for one by one."""
        ...

    def get(self, course_id: str, person_id: str) -> LearnerRecord: ...
    def news(self, course_id: str, person_id: str) -> tuple[LearnerRecord, list[Fact]]:
        """The record, and those of its facts that no decision has looked at since they were stated."""
        ...

    def weighed(self, course_id: str, person_id: str, facts: Iterable[Fact]) -> None:
        """Notes that decisions have looked at these facts, as they are here."""
        ...

    def of_learners(self, course_id: str, person_ids: Sequence[str]) -> Iterator[tuple[str, LearnerRecord]]:
        """(person id, record) one after another, for each of them. Few of the records are held at a time."""
        ...

    def of_course(self, course_id: str) -> dict[str, LearnerRecord]:
        """Records by person id, in one query."""
        ...

    def values_of_course(self, course_id: str, *, with_times: bool) -> Iterator[tuple[str, LearnerRecord]]:
        """(person id, record) one after another, with the values alone: enough to decide by (evaluation.compiled), and
        of no use for a reason. Times are true only with `with_times`, which windows of time need."""
        ...
