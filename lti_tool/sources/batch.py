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
from lti_tool.sources.sender import LTI

# A request that got no answer is sent again within minutes.
REPEATED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Said:
    """What one statement says: no event where the tool has no use for it. `activity` is the one it names, of the course
    of the events or of the one that `learnt_in` names. `changed` names a course about which something moved that the
    statement does not tell, so that it has to be read."""

    events: tuple[LearningEvent, ...] = ()
    activity: Activity | None = None
    learnt_in: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that cannot be used: its place in the request, its id, what was said, and why it is of no use."""

    index: int
    event_id: str
    said: str
    error: BadgeToolError


@dataclass(slots=True)
class Batch:
    """`ignored` counts statements of kinds that the tool has no use for."""

    events: list[LearningEvent] = field(default_factory=list)
    activities: list[tuple[str, Activity]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    ignored: int = 0

    def add(self, said: Said) -> None:
        self.ignored += not (said.events or said.changed or said.learnt_in)
        self.events += said.events
        self.changed += [said.changed] if said.changed else []
        # What is learnt of an activity goes to the course of that LTI context; of other names it may not be the one.
        learnt_in = said.learnt_in
        if not learnt_in and said.events and said.events[0].context_kind == LTI:
            learnt_in = said.events[0].context_id
        if said.activity is not None and learnt_in:
            self.activities.append((learnt_in, said.activity))

    @property
    def is_refused(self) -> bool:
        """Whether there is nothing in it but what cannot be used."""
        return bool(self.refused) and not (self.events or self.activities or self.changed or self.ignored)


def read_each(statements: Sequence[Any], ids: Sequence[str], read: Callable[[int, Any], Said]) -> Batch:
    """Reads them one by one; `ids` names them for whoever looks for those that were refused."""
    batch = Batch()
    for index, statement in enumerate(statements):
        try:
            batch.add(read(index, statement))
        except BadgeToolError as error:
            # ASCII, so that even what is no text can be kept and shown.
            batch.refused.append(Refused(index, ids[index], json.dumps(statement), error))
    return batch


def content_id(statement: Any, timed: bool, now: datetime) -> str:
    """An id made of the statement's content (SHA-256, hex), for one that has none: the same again is the same.

    Where it has no time either (`timed` False), the same may well happen twice: completed, taken back, completed. Then
    only what comes within the same ten minutes is taken for a repetition.
    """
    stretch = None if timed else int(now.timestamp() // REPEATED_WITHIN.total_seconds())
    return hashlib.sha256(json.dumps([statement, stretch], sort_keys=True).encode()).hexdigest()
