"""What is known of one learner in one course: a fold of events by event time.

The fold keeps, for every (kind, target, aspect), the statement with the greatest (event time, hash of what is said). A
maximum is associative, commutative and idempotent, so any order and any repetition of a history gives the same record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.learning_event import FactKind, LearningEvent, Standing

FactKey = tuple[FactKind, str, str]

# What a learner is, not what she did: it counts whenever it began.
_STANDING = frozenset({FactKind.GROUP_MEMBERSHIP, FactKind.ENROLMENT, FactKind.BADGE_HELD})


@dataclass(frozen=True, slots=True)
class Fact:
    """The latest known statement about one (kind, target, aspect). `order` breaks ties of equal event times.

    `aspect` is the number of an attempt, the variant of a course grade or the piece of evidence; "" as a rule.
    """

    kind: FactKind
    target: str
    score: float | None
    maximum: float | None
    completed: bool | None
    occurred_at: datetime
    order: str
    source: str
    received_at: datetime
    standing: str = Standing.COUNTS
    aspect: str = ""
    letter: str = ""
    late: bool | None = None
    submitted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether anything can be earned with it: no grade that is hidden, excused, ungraded or deleted counts."""
        return not self.standing

    @property
    def key(self) -> FactKey:
        return (self.kind, self.target, self.aspect)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it says that there is no value any more."""
        return self.score is None and not self.letter and self.completed is None

    @property
    def rank(self) -> tuple[datetime, str]:
        return (self.occurred_at, self.order)

    @property
    def percent(self) -> float | None:
        """Score in percent of the maximum, which may exceed 100 (AGS 2.0 allows it); None when unknown."""
        if self.score is None or not self.maximum:
            return None
        return self.score * 100.0 / self.maximum

    @classmethod
    def of(cls, event: LearningEvent, received_at: datetime) -> Fact:
        return cls(
            kind=event.kind,
            target=event.target,
            score=event.score,
            maximum=event.maximum,
            completed=event.completed,
            occurred_at=event.occurred_at,
            order=event.statement_hash(),
            source=event.source,
            received_at=received_at,
            standing=event.standing,
            aspect=event.aspect,
            letter=event.letter,
            late=event.late,
            submitted_at=event.submitted_at,
        )


def newer(held: Fact | None, said: Fact) -> Fact:
    """Of two statements about the same thing the one that counts."""
    return said if held is None or said.rank > held.rank else held


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """Facts of one learner by (kind, target, aspect)."""

    facts: dict[FactKey, Fact]

    @classmethod
    def fold(cls, facts: Iterable[Fact]) -> LearnerRecord:
        held: dict[FactKey, Fact] = {}
        for fact in facts:
            held[fact.key] = newer(held.get(fact.key), fact)
        return cls(held)

    def get(self, kind: FactKind, target: str, aspect: str = "") -> Fact | None:
        return self.facts.get((kind, target, aspect))

    def attempts(self, kind: FactKind, target: str) -> list[Fact]:
        """What is known of each single attempt, the first one first."""
        found = [fact for fact in self.facts.values() if fact.kind is kind and fact.target == target and fact.aspect]
        return sorted(found, key=lambda fact: int(fact.aspect))

    def since(self, at: datetime | None) -> LearnerRecord:
        """Without the work that was done before `at`; None: all of it."""
        if at is None:
            return self
        kept = {key: fact for key, fact in self.facts.items() if fact.occurred_at >= at or fact.kind in _STANDING}
        return LearnerRecord(kept)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())
