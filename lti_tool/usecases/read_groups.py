"""read_groups: who is in which group of a course, where its platform tells that over LTI.

The service answers for one learner at a time, so each reading asks about some and the next goes on with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity, Registration
from lti_tool.domain.reconciliation import Coverage, named
from lti_tool.usecases.compare_reading import compare
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.usecases.ports import Clock, CourseGroup, CourseGroups, CourseNews, Transactions

SOURCE = "lti_groups"
LEARNERS_A_READING = 100
_KINDS = frozenset({FactKind.GROUP_MEMBERSHIP})


class ReadGroups:
    def __init__(self, transactions: Transactions, clock: Clock, service: CourseGroups, ingest: IngestEvents) -> None:
        self._transactions = transactions
        self._clock = clock
        self._service = service
        self._ingest = ingest

    def __call__(self, registration: Registration, course: Course) -> None:
        """Raises what the service raises; what was read until then is asked for again."""
        started_at = self._clock.now()
        groups = self._service.read(registration, course)
        some, following = self._next_learners(course) if groups else ([], "0")
        inside = {
            one.subject: {group.id for group in self._service.read(registration, course, one.subject)} for one in some
        }
        news = _news(course, groups, inside, started_at)
        with self._transactions(write=False) as unit:
            compared = compare(unit, course, news, started_at)
        activities = [(course.context_id, activity) for activity in news.activities]
        self._ingest(registration.id, compared.events, activities, tolerant=True, pushed=False)
        with self._transactions() as unit:
            unit.courses.note_listed(course.id, SOURCE, news.activities, self._clock.now())
            cursors = unit.courses.reading(course.id).cursors
            unit.courses.save_reading(course.id, cursors=cursors | {SOURCE: following})
            unit.commit()

    def _next_learners(self, course: Course) -> tuple[list[Person], str]:
        """Whom to ask about now, and where the next reading goes on."""
        with self._transactions(write=False) as unit:
            enrolled = unit.people.enrolled(course.id)
            place = int(unit.courses.reading(course.id).cursors.get(SOURCE, "0"))
        learners = sorted((one for one, held in enrolled if is_eligible(held)), key=lambda one: one.id)
        place = place if place < len(learners) else 0
        end = place + LEARNERS_A_READING
        return learners[place:end], str(end if end < len(learners) else 0)


def _target(group_id: str) -> str:
    return f"lti-group-{group_id}"


def _news(course: Course, groups: Sequence[CourseGroup], inside: dict[str, set[str]], at: datetime) -> CourseNews:
    """Of each learner and group whether she is in it: that she is not is needed knowledge, too."""
    events = [
        named(
            LearningEvent(
                event_id="unnamed",
                source=SOURCE,
                context_id=course.context_id,
                subject=subject,
                kind=FactKind.GROUP_MEMBERSHIP,
                target=_target(group.id),
                occurred_at=at,
                deployment_id=course.deployment_id,
                completed=group.id in hers,
                is_timed=False,
            )
        )
        for subject, hers in inside.items()
        for group in groups
    ]
    listed = [Activity(_target(group.id), "group", group.name) for group in groups]
    return CourseNews(events, listed, states=[Coverage(frozenset(inside), _KINDS, SOURCE, frozenset({SOURCE}))])
