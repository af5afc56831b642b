"""core_completion_get_activities_completion_status: which activities one learner has completed.

States (Moodle, lib/completionlib.php): 0 incomplete, 1 complete, 2 complete with a passing grade, 3 complete with a
failing grade, 4 the same while the grade is hidden. Only 1 and 2 are complete here: nobody earns a badge for an
activity that she failed, though Moodle's own progress bar may count it.

Moodle gives the time of the last change, and 0 where nothing ever happened, or where it was reset. "Nothing yet" says
something only where a completion was known (`absences`); one that was taken back has a time and is an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from lti_tool.domain.learning_event import EARLIEST_EVENT, FactKind, LearningEvent
from lti_tool.domain.reconciliation import Absence
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.contents import tracked_modules
from lti_tool.sources.moodle.errors import unexpected

COMPLETE = frozenset({1, 2})


class Status(statements.Row):
    """The state of one activity; `timecompleted` is the epoch second of its last change."""

    cmid: int
    state: int
    timecompleted: statements.Epoch = 0

    @property
    def complete(self) -> bool:
        return self.state in COMPLETE

    @property
    def known(self) -> bool:
        return self.complete or bool(statements.moment(self.timecompleted))


def parse_completion(payload: Any, context_id: str, subject: str, contents: Any) -> list[LearningEvent]:
    """ITEM_COMPLETION of one learner, and MODULE_COMPLETION for each section of `contents` that can be judged.

    `contents` is the answer of core_course_get_contents. Raises `moodle.unexpected`.
    """
    statuses = {status.cmid: status for status in _statuses(payload)}
    items = [
        statements.completion(
            context_id, subject, FactKind.ITEM_COMPLETION, str(status.cmid), _at([status]), status.complete
        )
        for status in statuses.values()
        if status.known
    ]
    return items + list(_modules(statuses, context_id, subject, contents))


def completion_absences(payload: Any, context_id: str, subject: str, contents: Any) -> list[Absence]:
    """What of one learner is not complete (any more), of which Moodle tells no time. A section is taken back with one
    of its activities."""
    statuses = {status.cmid: status for status in _statuses(payload)}
    nothing = frozenset(str(status.cmid) for status in statuses.values() if not status.known)

    def absent(kind: FactKind, target: str, parts: frozenset[str] = frozenset()) -> Absence:
        return Absence(statements.completion(context_id, subject, kind, target, EARLIEST_EVENT, False), parts)

    items = [absent(FactKind.ITEM_COMPLETION, target) for target in sorted(nothing)]
    sections = {target: nothing & set(map(str, ids)) for target, ids in tracked_modules(contents).items()}
    return items + [absent(FactKind.MODULE_COMPLETION, name, parts) for name, parts in sections.items() if parts]


def _modules(statuses: dict[int, Status], context_id: str, subject: str, contents: Any) -> Iterator[LearningEvent]:
    for target, ids in tracked_modules(contents).items():
        parts = [statuses[each] for each in ids if each in statuses]
        known = [part for part in parts if part.known]
        complete = len(parts) == len(ids) and all(part.complete for part in parts)
        # A section is taken back only by an activity that was taken back or failed. One that was added later, of
        # which nothing is known yet, leaves those alone who had completed the section before.
        if complete or any(not part.complete for part in known):
            yield statements.completion(context_id, subject, FactKind.MODULE_COMPLETION, target, _at(known), complete)


def _at(statuses: list[Status]) -> datetime:
    dates = [statements.moment(status.timecompleted) for status in statuses]
    return max((date for date in dates if date), default=EARLIEST_EVENT)


def _statuses(payload: Any) -> list[Status]:
    if not isinstance(payload, dict) or not isinstance(payload.get("statuses"), list):
        raise unexpected()
    try:
        return [Status.model_validate(row) for row in payload["statuses"]]
    except ValidationError:
        raise unexpected() from None
