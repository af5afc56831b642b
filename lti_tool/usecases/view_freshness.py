"""view_freshness: when each source of a course was heard and read, what waits, and what readings repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.platform import Registration
from lti_tool.domain.rhythm import Rhythm
from lti_tool.usecases.find_learner import course_names
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import (
    Backlog,
    Clock,
    CourseReading,
    Repair,
    Repaired,
    SourceState,
    Transactions,
    UnitOfWork,
)

REPAIRS_SHOWN = 100
# Of a platform's courses those are shown that were read last the longest ago.
COURSES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class CourseFreshness:
    """`silent`: since when senders of the platform that tell of this course are silent against their habit, by
    source."""

    course: Course
    reading: CourseReading
    sources: list[SourceState]
    backlog: Backlog
    silent: dict[str, datetime]
    repaired: Repaired | None = None

    @property
    def swept_at(self) -> datetime | None:
        """When the LMS was last asked for the course's results."""
        return max((state.swept_at for state in self.sources if state.swept_at), default=None)

    @property
    def heard_at(self) -> datetime | None:
        """When something was last told by itself."""
        return max((state.heard_at for state in self.sources if state.heard_at), default=None)


@dataclass(frozen=True, slots=True)
class CourseRepairs:
    """The newest first, each with whom it is about; None for people who are not in the course any more."""

    freshness: CourseFreshness
    registration: Registration
    repairs: list[tuple[Person | None, Repair]]
    names: CourseNames


@dataclass(frozen=True, slots=True)
class PlatformFreshness:
    """`courses`: the stalest first; not all where they are many."""

    registration: Registration
    senders: dict[str, Rhythm]
    courses: list[CourseFreshness]
    course_count: int


class ViewFreshness:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def course(self, course_id: str) -> CourseRepairs:
        """Raises `course.unknown`."""
        with self._transactions(write=False) as unit:
            course = unit.courses.get(course_id)
            registration = unit.registrations.get(course.registration_id) if course else None
            if course is None or registration is None:
                raise NotFound("course.unknown", "There is no such course.")
            people = {person.id: person for person, _ in unit.people.enrolled(course_id)}
            found = unit.sweeps.repairs(course_id, REPAIRS_SHOWN)
            return CourseRepairs(
                freshness_of(unit, course),
                registration,
                [(people.get(repair.person_id), repair) for repair in found],
                CourseNames.load(unit, course_id),
            )

    def platform(self, registration_id: str) -> PlatformFreshness:
        """Raises `platform.unknown`."""
        with self._transactions(write=False) as unit:
            registration = own_platform(unit, registration_id, self._tenant_id)
            courses = unit.courses.of_registration(registration_id)
            by_age = sorted(courses, key=lambda course: _read_at(unit, course))
            return PlatformFreshness(
                registration,
                unit.hearings.of_registration(registration_id),
                [freshness_of(unit, course) for course in by_age[:COURSES_SHOWN]],
                len(courses),
            )


def freshness_of(unit: UnitOfWork, course: Course) -> CourseFreshness:
    sources = unit.sweeps.of_course(course.id)
    heard = {state.source for state in sources if state.heard_at}
    rhythms = unit.hearings.of_registration(course.registration_id)
    return CourseFreshness(
        course,
        unit.courses.reading(course.id),
        sources,
        unit.inbox.backlog(course.registration_id, course_names(unit, course)),
        {source: found.silent_since for source, found in rhythms.items() if found.silent_since and source in heard},
        unit.sweeps.last_repaired(course.id),
    )


def _read_at(unit: UnitOfWork, course: Course) -> tuple[bool, float, str]:
    tried_at = unit.courses.reading(course.id).tried_at
    return tried_at is not None, tried_at.timestamp() if tried_at else 0.0, course.id
