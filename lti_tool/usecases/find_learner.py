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
    person = _person(unit, course, event)
    enrolment = unit.people.enrolment(course.id, person.id) if person else None
    if person is None or enrolment is None:
        return PERSON_UNKNOWN
    return SUBJECT_GONE if enrolment.is_gone else (person, enrolment)


def _person(unit: UnitOfWork, course: Course, event: LearningEvent) -> Person | None:
    place = (course.registration_id, course.deployment_id)
    found = None
    if event.subject_kind != LTI_NAME:
        found = unit.people.by_alias(*place, event.subject_kind, event.subject)
    if found is None and event.subject_kind in _subject_kinds(unit, course):
        found = unit.people.find(*place, event.subject)
    return found


def release_parked(unit: UnitOfWork, course: Course) -> None:
    """What waited for this course and for learners who are enrolled there by now is applied."""
    names = {(LTI_NAME, course.context_id)}
    names |= {(alias.kind.value, alias.value) for alias in unit.courses.aliases(course.id)}
    work.apply_events(unit, unit.inbox.parked(course, names, _subject_kinds(unit, course)))


def _subject_kinds(unit: UnitOfWork, course: Course) -> tuple[str, ...]:
    registration = unit.registrations.get(course.registration_id)
    return subject_kinds(registration.product if registration else "")
