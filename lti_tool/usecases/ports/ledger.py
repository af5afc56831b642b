"""The ledger of what was decided: one chain of hashes for each course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from lti_tool.domain.ledger import Deed, Entry, Head


class Ledger(Protocol):
    """`Awards.note` and `Achievements.note` add to it; `note` is for what is neither."""

    def note(self, deed: Deed) -> None:
        """Adds an entry. It is written when the transaction commits, and only then."""
        ...

    def subjects(self, course_id: str, person_ids: Iterable[str]) -> dict[str, list[str]]:
        """The names of these persons in the course's ledger; several where accounts were merged."""
        ...

    def bearers(self, course_id: str) -> dict[str, str]:
        """Person by name, of those who are not erased."""
        ...

    def hand_over(self, course_id: str, from_person: str, to_person: str) -> None:
        """What is told of one account is told of the other from now on: both are the same person."""
        ...

    def erase(self, course_id: str, subjects: Sequence[str]) -> None:
        """Takes away who bears these names, and every word about them. The chain stays."""
        ...

    def courses(self) -> list[str]: ...
    def head(self, course_id: str) -> Head | None: ...
    def chain(self, course_id: str) -> Iterator[tuple[Entry, Head | None]]:
        """All entries in their order, each with the end of the chain as it stands at that moment."""
        ...

    def of_learner(self, course_id: str, person_id: str, achievement_id: str) -> list[Entry]:
        """What is told of one badge of one learner, and of the badge itself."""
        ...
