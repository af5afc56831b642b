"""What learners hand in, and what reviewers say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lti_tool.domain.evidence import Evidence, EvidenceFile
from lti_tool.domain.identity import Actor
from lti_tool.domain.marks import Marks
from lti_tool.domain.nomination import Nomination


@dataclass(frozen=True, slots=True)
class NominationStep:
    """Something that happened to a nomination. `action` is "handed_in" or the state that was decided; `evidence` is
    what was handed in, or in its text what the reviewer said."""

    at: datetime
    actor: Actor
    action: str
    evidence: Evidence
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedInBadge:
    """A badge of another platform that a learner handed in: its address (`link`) or what was handed in (`data`).
    `achievement` is the address of its achievement; `holds`: whether it counted when it was last checked."""

    course_id: str
    person_id: str
    achievement: str
    link: str
    data: bytes = field(repr=False)
    handed_at: datetime
    checked_at: datetime
    holds: bool = True


class HandedInBadges(Protocol):
    def get(self, course_id: str, person_id: str, achievement: str) -> HandedInBadge | None: ...
    def save(self, badge: HandedInBadge) -> None: ...


class EvidenceFiles(Protocol):
    def add(self, nomination_id: str, file: EvidenceFile, content: bytes, at: datetime) -> None:
        """Nothing changes where the file is there already."""
        ...

    def get(self, nomination_id: str, file_id: str) -> tuple[EvidenceFile, bytes] | None: ...
    def count(self, course_id: str, person_id: str) -> int:
        """How many files of a learner are kept in a course."""
        ...

    def erase(self, person_id: str) -> None:
        """All of a person, with every mention of them."""
        ...


class Nominations(Protocol):
    def get(self, course_id: str, nomination_id: str) -> Nomination | None: ...
    def find(self, achievement_id: str, person_id: str, piece: str) -> Nomination | None: ...
    def of_course(self, course_id: str) -> list[Nomination]:
        """The one that was handed in first comes first."""
        ...

    def of_person(self, course_id: str, person_id: str) -> list[Nomination]: ...
    def save(self, nomination: Nomination) -> None: ...
    def note(self, nomination_id: str, step: NominationStep) -> None: ...
    def steps(self, nomination_id: str) -> list[NominationStep]: ...
