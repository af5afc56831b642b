"""What all events in Canvas's format have in common: their metadata, and how they name courses and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain.aliases import CourseAliasKind
from lti_tool.domain.canvas_ids import local_form, person_name, shard_of
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.batch import Said
from lti_tool.sources.canvas_live_events.stream import SOURCE
from lti_tool.sources.values import moment, title


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. `course` is the course's number in Canvas, "" where neither the body nor the metadata names one."""

    event_id: str
    body: Mapping[str, Any]
    occurred_at: datetime
    course: str
    shard: int | None

    @classmethod
    def open(
        cls, event_id: str, metadata: Mapping[str, Any], body: Mapping[str, Any], course_id: Any, now: datetime
    ) -> Envelope:
        """`course_id` is the body's own name of the course, None where it has none. The metadata's person is who acted,
        and never whom the event is about. Raises `event.malformed` and `event.time_invalid`."""
        context_id = metadata.get("context_id") if metadata.get("context_type") == "Course" else None
        named = context_id if course_id is None else course_id
        return cls(
            event_id,
            body,
            moment(metadata.get("event_time"), now),
            "" if named is None else local_form(named),
            # The metadata tells the course by its global number, and the body by its local one.
            shard_of(context_id, metadata.get("root_account_id")),
        )

    def person(self, number: Any) -> tuple[str, str]:
        """(kind of name, name) of a person by her number in Canvas."""
        return person_name(number, self.shard)

    def fact(
        self, person: tuple[str, str], kind: FactKind, target: str, part: str = "", **more: Any
    ) -> tuple[LearningEvent, ...]:
        """The learning event; none where no course is named, because nothing could be done with it. `part` tells apart
        what one event of Canvas says at once."""
        if not self.course:
            return ()
        event = LearningEvent(
            event_id=f"{self.event_id}:{part}" if part else self.event_id,
            source=SOURCE,
            context_id=self.course,
            context_kind=CourseAliasKind.LMS_COURSE_ID.value,
            subject=person[1],
            subject_kind=person[0],
            kind=kind,
            target=target,
            occurred_at=self.occurred_at,
            **more,
        )
        return (event,)

    def learnt(self, activity: Activity, events: tuple[LearningEvent, ...] = ()) -> Said:
        """With what the event tells of an activity of its course."""
        return Said(events, activity, learnt_in=self.course) if self.course else Said()

    def changed(self, events: tuple[LearningEvent, ...] = ()) -> Said:
        """Something about the course moved that the event does not tell: it has to be read."""
        return Said(events, changed=self.course)


def activity_named(target: str, kind: str, name: Any, maximum: float | None = None) -> Activity:
    return Activity(target, kind, title(name) or target, maximum)
