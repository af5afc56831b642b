"""How fresh what is known is: when each source was heard and read, what readings repaired, who fell silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.reconciliation import Found
from lti_tool.domain.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source in one course. `swept_at`: when the last complete reading by it began, which is its watermark;
    `tried_at` and `error` are those of the last attempt, `seconds` how long that took. The counts are those of the last
    complete reading."""

    source: str
    heard_at: datetime | None = None
    swept_at: datetime | None = None
    tried_at: datetime | None = None
    error: str = ""
    why: str = ""
    seconds: float = 0.0
    news: int = 0
    missed: int = 0
    corrected: int = 0
    withdrawn: int = 0

    @property
    def repaired(self) -> int:
        return self.missed + self.corrected + self.withdrawn


@dataclass(frozen=True, slots=True)
class Told:
    """What a fact says: points, or whether complete, or why it does not count."""

    score: float | None = None
    maximum: float | None = None
    completed: bool | None = None
    standing: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One fact that a reading put right. `held` is None where nothing was known; `event_id` is that of the statement
    which mended it."""

    course_id: str
    person_id: str
    source: str
    event_id: str
    kind: FactKind
    target: str
    found: Found
    held: Told | None
    said: Told
    occurred_at: datetime
    found_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events of a course that were stored and not applied yet; `oldest`: since when the first of them waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Repaired:
    """What one reading repaired: how many results, by how they were found."""

    at: datetime
    counts: dict[Found, int]


class Sweeps(Protocol):
    def of_course(self, course_id: str) -> list[SourceState]:
        """By the source's name."""
        ...

    def save(self, course_id: str, source: str, **changes: Any) -> None: ...
    def add_repairs(self, repairs: Iterable[Repair]) -> None:
        """Each once, however often the same statement mended it."""
        ...

    def repairs(self, course_id: str, limit: int = 100) -> list[Repair]:
        """The newest first."""
        ...

    def last_repaired(self, course_id: str) -> Repaired | None:
        """By the newest reading that repaired anything."""
        ...

    def due(self, now: datetime, limit: int) -> list[str]:
        """Courses of active platforms whose next reading is due, the longest due first."""
        ...

    def active(self, since: datetime, registration_id: str | None = None) -> list[str]:
        """Courses of active platforms, or of one, in which anything happened since then."""
        ...


class Hearings(Protocol):
    """The rhythm of each sender of a platform."""

    def get(self, registration_id: str, source: str) -> Rhythm | None: ...
    def of_registration(self, registration_id: str) -> dict[str, Rhythm]: ...
    def all(self) -> dict[tuple[str, str], Rhythm]: ...
    def save(self, registration_id: str, source: str, rhythm: Rhythm) -> None: ...
