"""find_learner: of whom and of which course an event speaks, by whatever name it calls them.

What cannot be found is parked with a reason, and applied as soon as a launch or a roster makes it known.
"""

from __future__ import annotations

from lti_tool.domain.aliases import LTI_NAME, subject_kinds
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Enrolment
from lti_tool.usecases import work
from lti_tool.usecases.ports import UnitOfWork
from lti_tool.usecases.same_person import person_named

COURSE_UNKNOWN = "event.course_unknown"
COURSE_AMBIGUOUS = "event.course_ambiguous"
PERSON_UNKNOWN = "event.person_unknown"
SUBJECT_GONE = "event.subject_gone"


def course_of(unit: UnitOfWork, registration_id: str, event: LearningEvent) -> Course | str:
    """The course, or why it is not found."""
    if event.context_kind == LTI_NAME:
        courses = unit.courses.find(registration_id, event.context_id, event.deployment_id)
    else:
        courses = unit.courses.by_alias(registration_id, event.context_kind, event.context_id, event.deployment_id)
    if len(courses) != 1:
        return COURSE_AMBIGUOUS if courses else COURSE_UNKNOWN
    return courses[0]


def learner_of(unit: UnitOfWork, course: Course, event: LearningEvent) -> tuple[Person, Enrolment] | str:
    """Who is meant in this course, or why she is not found. A learner of the platform who is not enrolled in the course
    is not known there yet: a grade can arrive before its enrolment."""
    person = _person(unit, course, event.subject_kind, event.subject)
    enrolment = unit.people.enrolment(course.id, person.id) if person else None
    if person is None or enrolment is None:
        return PERSON_UNKNOWN
    return SUBJECT_GONE if enrolment.is_gone else (person, enrolment)


def _person(unit: UnitOfWork, course: Course, kind: str, subject: str) -> Person | None:
    place = (course.registration_id, course.deployment_id)
    found = None
    if kind != LTI_NAME:
        found = unit.people.by_alias(*place, kind, subject)
    if found is None and kind in _subject_kinds(unit, course):
        found = person_named(unit, place, subject)
    return found


class LearnerNames:
    """Finds learners of one course by whatever name, many at a time; those who are gone are not found."""

    def __init__(self, unit: UnitOfWork, course: Course) -> None:
        self._unit = unit
        self._course = course
        here = [(person, enrolment) for person, enrolment in unit.people.enrolled(course.id) if not enrolment.is_gone]
        self._by_id = {person.id: person for person, _ in here}
        self._known: dict[tuple[str, str], Person | None] = {(LTI_NAME, person.subject): person for person, _ in here}

    def of_id(self, person_id: str) -> Person | None:
        return self._by_id.get(person_id)

    def find(self, kind: str, subject: str) -> Person | None:
        key = (kind, subject)
        if key not in self._known:
            found = _person(self._unit, self._course, kind, subject)
            self._known[key] = self._by_id.get(found.id) if found else None
        return self._known[key]


def course_names(unit: UnitOfWork, course: Course) -> set[tuple[str, str]]:
    """All names by which events may call the course, with their kinds."""
    return {(LTI_NAME, course.context_id)} | {(each.kind.value, each.value) for each in unit.courses.aliases(course.id)}


def release_parked(unit: UnitOfWork, course: Course) -> None:
    """What waited for this course and for learners who are enrolled there by now is applied."""
    names = course_names(unit, course)
    work.apply_events(unit, unit.inbox.parked(course, names, _subject_kinds(unit, course)))


def _subject_kinds(unit: UnitOfWork, course: Course) -> tuple[str, ...]:
    registration = unit.registrations.get(course.registration_id)
    return subject_kinds(registration.product if registration else "")
