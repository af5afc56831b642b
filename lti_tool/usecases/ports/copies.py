"""Where courses were copied from, and the badges that came over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.domain.course_copy import Key
from lti_tool.domain.criteria import Criteria


@dataclass(frozen=True, slots=True)
class CopiedBadge:
    """`criteria` is the rule as it was in the old course. `choices`: what stands for its names here, LEFT_OUT for what
    is dropped; what is open is not among them."""

    course_id: str
    source_id: str
    achievement_id: str
    source_course_id: str
    criteria: Criteria | None
    choices: dict[Key, str]
    copied_at: datetime


class Copies(Protocol):
    def note_origins(self, place: tuple[str, str, str], origins: Sequence[str], told_by: str, at: datetime) -> None:
        """`place`: registration, deployment and context of the new course; `origins`: contexts it was copied from."""
        ...

    def origins(self, place: tuple[str, str, str]) -> list[str]:
        """The context told of last first."""
        ...

    def add(self, copied: CopiedBadge) -> bool:
        """False where this badge came over to this course before."""
        ...

    def save_choices(self, copied: CopiedBadge) -> None: ...
    def of_course(self, course_id: str) -> list[CopiedBadge]: ...
