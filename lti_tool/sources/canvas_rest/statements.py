"""What a reading of Canvas says, as events, and of whom it says everything.

Canvas gives no time for much of what it tells (a course grade, a requirement that is met, a grade that was hidden
again). Such a statement is true as of the reading; whether it is news is found out by comparing it with the record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from lti_tool.domain.canvas_ids import person_name
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import EARLIEST_EVENT, FactKind, LearningEvent
from lti_tool.domain.reconciliation import Absence, Coverage, named

SOURCE = "canvas_rest"
# Whatever these said of a learner, Canvas itself knows better.
SPEAK_OF_CANVAS = frozenset({SOURCE, "canvas_live_events", "caliper", "webhook", "xapi"})
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Statements:
    """`read_at`: when this reading began, so that what is heard meanwhile is newer. `absent` says what there is not,
    where the record may hold something."""

    course: Course
    read_at: datetime
    events: list[LearningEvent] = field(default_factory=list)
    absent: list[Absence] = field(default_factory=list)
    _told: dict[tuple[FactKind, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def say(self, user_id: int, kind: FactKind, target: str, at: datetime | None, **said: Any) -> None:
        """`at`: when Canvas says that it happened, None where it does not say."""
        subject_kind, subject = person_name(user_id, None)
        usable = at if at is not None and self._is_usable(at) else None
        try:
            event = LearningEvent(
                event_id="unnamed",
                source=SOURCE,
                context_id=self.course.context_id,
                subject=subject,
                kind=kind,
                target=target,
                occurred_at=usable or self.read_at,
                deployment_id=self.course.deployment_id,
                subject_kind=subject_kind,
                is_timed=usable is not None,
                **said,
            )
        except BadgeToolError as error:
            # A teacher may subtract points; a score here cannot be below nothing.
            log.warning("canvas.statement_skipped", code=error.code, kind=kind.value)
            return
        self._told[kind, subject_kind].add(subject)
        # That she is in no such group is needed knowledge: a part for others is left out for her.
        is_told = event.completed or kind is FactKind.GROUP_MEMBERSHIP
        if event.standing or is_told or event.score is not None or event.letter:
            self.events.append(named(event))
        else:
            self.absent.append(Absence(event))

    def states(self) -> list[Coverage]:
        """Of whom the reading stated everything, kind by kind. What it did not mention is left alone: an interrupted
        reading, or one of what is new, does not see all."""
        return [
            Coverage(frozenset(subjects), frozenset({kind}), SOURCE, SPEAK_OF_CANVAS, subject_kind=subject_kind)
            for (kind, subject_kind), subjects in self._told.items()
        ]

    def _is_usable(self, at: datetime) -> bool:
        """A clock that runs ahead would silence all true statements until then."""
        return EARLIEST_EVENT <= at <= self.read_at
