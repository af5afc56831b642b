"""What stands in for the outside while recordings are played: the time, and the gradebook that is written to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration


@dataclass
class ReplayClock:
    """Stands at the time of what is being played."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class PaperGradebook:
    """Notes what would have been written: `scores` by (column, subject). Implements usecases.ports.Gradebook."""

    scores: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def columns(self, registration: Registration, course: Course, *, resource_id: str) -> list[str]:
        return [f"paper:{resource_id}"]

    def make_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        return f"paper:{resource_id}"

    def remove_empty_column(self, registration: Registration, lineitem_url: str) -> bool:
        return False

    def rename_column(self, registration: Registration, lineitem_url: str, label: str) -> None:
        return None

    def score_of(self, registration: Registration, lineitem_url: str, subject: str) -> float | None:
        return self.scores.get((lineitem_url, subject))

    def post_score(
        self,
        registration: Registration,
        lineitem_url: str,
        *,
        subject: str,
        given: float | None,
        comment: str,
        at: datetime,
    ) -> None:
        self.scores[lineitem_url, subject] = given
