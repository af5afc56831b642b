"""What an LMS states in full, held against what is known of a learner: the differences, and what mends them.

A reading of an LMS shows a state, not what happened. Where it disagrees with the record though the record has known
its own version for a while, the LMS is right: its statement is said again, at the moment after the one that it
corrects. So the fold by event time takes it, whatever the clocks say; a true statement that comes later still counts
more; and the same difference found twice is the same statement, with the same id.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lti_tool.domain.aliases import LTI_NAME
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import SCORED, FactKind, LearningEvent, Standing

# What happened or was heard of shortly before a reading began may still be on its way: to us, or within the LMS.
SETTLED_AFTER = timedelta(minutes=2)
_MOMENT = timedelta(microseconds=1)


class Found(StrEnum):
    """What kind of difference a reading found. All but news are repairs."""

    NEWS = "news"
    MISSED = "missed"  # a sender is there that tells such things, and did not
    CORRECTED = "corrected"  # the record held something else
    WITHDRAWN = "withdrawn"  # the record held something that the LMS does not hold any more


@dataclass(frozen=True, slots=True)
class Absence:
    """That the LMS holds nothing where the record may hold something: `statement` is to be said only then.

    `parts`: for a module, the items of which one must have been withdrawn at the same time.
    """

    statement: LearningEvent
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of whom and of what a reading states everything.

    `subjects` are named as `subject_kind` says (LearningEvent). Facts of these `kinds` that came from one of `sources`
    are corrected where the reading says otherwise. With `is_whole` those that the `own` source stated and this reading
    does not mention at all are of something that was deleted; without, they are left alone. So are attempts.
    """

    subjects: frozenset[str]
    kinds: frozenset[FactKind]
    own: str
    sources: frozenset[str]
    is_whole: bool = False
    subject_kind: str = LTI_NAME


@dataclass(frozen=True, slots=True)
class Difference:
    """`event` mends it; `held` is what the record holds until then."""

    event: LearningEvent
    held: Fact | None
    found: Found


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one reading says of one learner, whom it is by her LTI names. `mentioned` are targets of which it
    spoke without telling anything usable."""

    context_id: str
    subject: str
    stated: Sequence[LearningEvent] = ()
    absent: Sequence[Absence] = ()
    coverages: Sequence[Coverage] = ()
    mentioned: frozenset[str] = frozenset()


def differences(
    record: LearnerRecord, reading: Reading, started_at: datetime, told_since: Mapping[str, datetime]
) -> list[Difference]:
    """What of the reading the record does not hold. Pure; the same twice gives the same events.

    `started_at`: when the LMS was asked. `told_since`: since when which source tells us of the course by itself; empty
    where none does, or where it cannot be said yet whether it did.
    """
    found = [
        difference
        for event in reading.stated
        if (difference := _stated(_held(record, event), event, reading, started_at, told_since))
    ]
    return found + _withdrawn(record, reading, started_at)


def _held(record: LearnerRecord, event: LearningEvent) -> Fact | None:
    return record.get(event.kind, event.target, event.aspect)


def _stated(
    held: Fact | None, event: LearningEvent, reading: Reading, started_at: datetime, told_since: Mapping[str, datetime]
) -> Difference | None:
    said = Fact.of(event, started_at)
    same = held is not None and agree(held, said)
    if held is None or said.rank > held.rank:
        if same and not event.is_timed:
            return None  # only the time of the reading is newer
        settled = said.occurred_at < started_at - SETTLED_AFTER
        missed = not same and settled and _was_to_be_told(said, reading, told_since)
        return Difference(_as_of_reading(event, held), held, Found.MISSED if missed else Found.NEWS)
    if not _may_correct(held, reading.coverages, started_at) or _equal(held, said):
        return None
    # The same result in other points (8 of 10, 80 of 100) is put right, and is nothing to tell anybody of.
    return Difference(_after(event, held), held, Found.NEWS if same else Found.CORRECTED)


def _was_to_be_told(said: Fact, reading: Reading, told_since: Mapping[str, datetime]) -> bool:
    """Whether a sender that tells of such things was there already when it happened."""
    speaking = {said.source}.union(*(each.sources for each in reading.coverages if said.kind in each.kinds))
    return any(told_since[source] <= said.occurred_at for source in speaking & told_since.keys())


def _as_of_reading(event: LearningEvent, held: Fact | None) -> LearningEvent:
    """What goes up, down and up again without a time of its own is another statement each time."""
    return event if held is None or event.is_timed else named(replace(event, is_timed=True))


def _withdrawn(record: LearnerRecord, reading: Reading, started_at: datetime) -> list[Difference]:
    found: list[Difference] = []
    gone: set[str] = set()
    # Items first: whether a module is taken back depends on them.
    for absence in sorted(reading.absent, key=lambda absence: bool(absence.parts)):
        statement = absence.statement
        held = _held(record, statement)
        if held is None or not _holds(held) or not _may_correct(held, reading.coverages, started_at):
            continue
        if absence.parts and not absence.parts & gone:
            continue
        gone.add(statement.target)
        found.append(Difference(_after(statement, held), held, Found.WITHDRAWN))
    return found + _deleted(record, reading, started_at)


def _deleted(record: LearnerRecord, reading: Reading, started_at: datetime) -> list[Difference]:
    told = [*reading.stated, *(absence.statement for absence in reading.absent)]
    spoken_of = {(event.kind, event.target, event.aspect) for event in told}
    found = []
    for coverage in reading.coverages:
        if not coverage.is_whole:
            continue
        for held in record:
            ours = held.kind in coverage.kinds and held.source == coverage.own and not held.aspect
            ours = ours and held.key not in spoken_of and held.target not in reading.mentioned
            if ours and _holds(held) and held.received_at < started_at - SETTLED_AFTER:
                found.append(Difference(_deletion(held, reading, coverage.own), held, Found.WITHDRAWN))
    return found


def _deletion(held: Fact, reading: Reading, source: str) -> LearningEvent:
    event = LearningEvent(
        event_id="unnamed",
        source=source,
        context_id=reading.context_id,
        subject=reading.subject,
        kind=held.kind,
        target=held.target,
        occurred_at=held.occurred_at,
        completed=None if held.kind in SCORED else False,
        standing=Standing.DELETED,
    )
    return _after(event, held)


def _may_correct(held: Fact, coverages: Iterable[Coverage], started_at: datetime) -> bool:
    settled = held.received_at < started_at - SETTLED_AFTER
    return settled and any(held.kind in each.kinds and held.source in each.sources for each in coverages)


def _holds(held: Fact) -> bool:
    """Whether there is something to withdraw."""
    return held.counts and held.completed is not False and not held.is_withdrawn


def _after(event: LearningEvent, held: Fact) -> LearningEvent:
    """The statement at the moment after what it corrects, or at its own where that is later; named anew."""
    return named(replace(event, occurred_at=max(event.occurred_at, held.occurred_at + _MOMENT), is_timed=True))


def named(event: LearningEvent) -> LearningEvent:
    """With the hash of its content for an id."""
    return replace(event, event_id=event.content_hash())


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts say the same of a learner, in whatever points."""
    if one.standing != other.standing or one.completed != other.completed:
        return False
    if one.letter != other.letter:
        return False
    if one.percent is not None and other.percent is not None:
        return math.isclose(one.percent, other.percent, abs_tol=1e-4)
    return one.score == other.score


def _equal(one: Fact, other: Fact) -> bool:
    told = [(fact.score, fact.maximum, fact.completed, fact.standing, fact.letter) for fact in (one, other)]
    return told[0] == told[1]
