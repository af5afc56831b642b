"""upload_records: what a teacher says of her course in a table is weighed first, and taken in when she confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.usecases.find_learner import learner_of
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

# As many in one transaction as leave room for others.
EVENTS_A_COMMIT = 500


class News(StrEnum):
    """What an event would change: something, nothing as it is known already, or nothing yet as its learner is not."""

    NEW = "new"
    KNOWN = "known"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Weighed:
    """An event of the table, and whose it is where that is known."""

    event: LearningEvent
    news: News
    person: Person | None


@dataclass(frozen=True, slots=True)
class UploadCourse:
    """What is known before a table is read. `columns`: as the last one of this course was read."""

    course: Course
    activities: list[Activity]
    columns: dict[str, str]


class UploadRecords:
    def __init__(self, transactions: Transactions, clock: Clock, ingest: IngestEvents) -> None:
        self._transactions = transactions
        self._clock = clock
        self._ingest = ingest

    def course(self, course_id: str) -> UploadCourse:
        with self._transactions(write=False) as unit:
            course = _course(unit, course_id)
            return UploadCourse(course, unit.courses.activities(course_id), unit.upload_columns.get(course_id))

    def weigh(self, course_id: str, events: Iterable[LearningEvent]) -> list[Weighed]:
        """What each event would change. Nothing is stored."""
        with self._transactions(write=False) as unit:
            course, records = _course(unit, course_id), unit.records.of_course(course_id)
            found: dict[str, Person | None] = {}
            weighed = []
            for event in events:
                if event.subject not in found:
                    learner = learner_of(unit, course, event)
                    found[event.subject] = None if isinstance(learner, str) else learner[0]
                person = found[event.subject]
                weighed.append(Weighed(event, _news(event, person, records), person))
            return weighed

    def take_in(
        self,
        course_id: str,
        upload_id: str,
        events: Sequence[LearningEvent],
        activities: Sequence[Activity],
        columns: Mapping[str, Any],
    ) -> list[Weighed]:
        """Stores what is news; `upload_id` names this confirmation, so that a second press of the button is none.

        An event without a time says how things stand now. It may be said again later, of what has changed meanwhile:
        its id is that of the upload. One that waits for its learner keeps the id of its content, so that tables that
        come again do not heap up."""
        weighed = self.weigh(course_id, events)
        news = [_of_upload(one, upload_id) for one in weighed if one.news is not News.KNOWN]
        course = self.course(course_id).course
        found = [(course.context_id, activity) for activity in activities]
        for start in range(0, max(len(news), 1), EVENTS_A_COMMIT):
            some = news[start : start + EVENTS_A_COMMIT]
            self._ingest(course.registration_id, some, found if start == 0 else (), tolerant=True, pushed=False)
        with self._transactions() as unit:
            unit.upload_columns.save(course_id, dict(columns), self._clock.now())
            unit.commit()
        return weighed


def _course(unit: UnitOfWork, course_id: str) -> Course:
    course = unit.courses.get(course_id)
    if course is None:
        raise NotFound("course.unknown", "There is no such course.")
    return course


def _news(event: LearningEvent, person: Person | None, records: Mapping[str, LearnerRecord]) -> News:
    if person is None:
        return News.WAITS
    held = records[person.id].get(event.kind, event.target) if person.id in records else None
    if held is None:
        return News.NEW
    says_so = (held.score, held.maximum, held.completed) == (event.score, event.maximum, event.completed)
    if event.is_timed:
        return News.KNOWN if held.occurred_at > event.occurred_at or (says_so and held.counts) else News.NEW
    return News.KNOWN if says_so and held.counts else News.NEW


def _of_upload(weighed: Weighed, upload_id: str) -> LearningEvent:
    event = weighed.event
    if event.is_timed or weighed.news is News.WAITS:
        return event
    return replace(event, event_id=f"{upload_id}:{event.event_id}")
