"""What came of a request with many statements: one that cannot be used costs the others nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity

# A request that got no answer is sent again within minutes.
REPEATED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Said:
    """What one statement says: no event where the tool has no use for it. `activity` is the one it names."""

    events: tuple[LearningEvent, ...] = ()
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that cannot be used: its place in the request, and why."""

    index: int
    error: BadgeToolError


@dataclass(slots=True)
class Batch:
    """`ignored` counts statements of kinds that the tool has no use for."""

    events: list[LearningEvent] = field(default_factory=list)
    activities: list[tuple[str, Activity]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ignored: int = 0

    def add(self, said: Said) -> None:
        if not said.events:
            self.ignored += 1
            return
        self.events += said.events
        if said.activity is not None:
            self.activities.append((said.events[0].context_id, said.activity))


def read_each(statements: Sequence[Any], read: Callable[[int, Any], Said]) -> Batch:
    """Reads them one by one. A request that holds nothing but refused statements is refused as its first one is."""
    batch = Batch()
    for index, statement in enumerate(statements):
        try:
            batch.add(read(index, statement))
        except BadgeToolError as error:
            batch.refused.append(Refused(index, error))
    if batch.refused and len(batch.refused) == len(statements):
        raise batch.refused[0].error
    return batch


def content_id(statement: Any, timed: bool, now: datetime) -> str:
    """An id made of the statement's content (SHA-256, hex), for one that has none: the same again is the same.

    Where it has no time either (`timed` False), the same may well happen twice: completed, taken back, completed. Then
    only what comes within the same ten minutes is taken for a repetition.
    """
    stretch = None if timed else int(now.timestamp() // REPEATED_WITHIN.total_seconds())
    return hashlib.sha256(json.dumps([statement, stretch], sort_keys=True).encode()).hexdigest()
