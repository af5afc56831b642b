"""entrust: an instructor gives people of her course a duty, or takes it back."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.duty import Duty, Grant, can_be_entrusted
from lti_tool.domain.errors import Forbidden, NotFound
from lti_tool.domain.identity import Actor, Person
from lti_tool.domain.ledger import Deed
from lti_tool.domain.platform import Enrolment
from lti_tool.domain.roles import CourseRole, course_role
from lti_tool.usecases.ports import Clock, Transactions


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who does not learn in the course. `teaches`: she may do everything, so nothing is entrusted to her."""

    person: Person
    teaches: bool
    grants: tuple[Grant, ...]


class Entrust:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def staff(self, course_id: str) -> list[StaffMember]:
        """By name; instructors first."""
        with self._transactions(write=False) as unit:
            grants = unit.duties.of_course(course_id)
            enrolled = unit.people.enrolled(course_id)
        found = [
            StaffMember(person, _teaches(enrolment), tuple(one for one in grants if one.person_id == person.id))
            for person, enrolment in enrolled
            if enrolment.active and (_teaches(enrolment) or _can_be_entrusted(enrolment))
        ]
        return sorted(found, key=lambda one: (not one.teaches, one.person.name.casefold(), one.person.id))

    def __call__(self, course_id: str, person_id: str, duties: Set[Duty], by: Actor) -> None:
        """Makes these the duties of a person. Raises `person.unknown`, and `duty.not_possible` for learners and for
        those who teach."""
        now = self._clock.now()
        with self._transactions() as unit:
            unit.people.lock(course_id, person_id)
            enrolment = unit.people.enrolment(course_id, person_id)
            if enrolment is None or not enrolment.active:
                raise NotFound("person.unknown", "There is no such person in this course.")
            if duties and not _can_be_entrusted(enrolment):
                raise Forbidden("duty.not_possible", "Duties are for people who neither teach nor learn here.")
            held = unit.duties.of_person(course_id, person_id)
            for duty in sorted(duties - held):
                unit.duties.grant(Grant(course_id, person_id, duty, now, by))
                unit.ledger.note(_deed(course_id, person_id, duty, now, by, "duty_granted"))
            for duty in sorted(held - duties):
                unit.duties.withdraw(course_id, person_id, duty, by, now)
                unit.ledger.note(_deed(course_id, person_id, duty, now, by, "duty_withdrawn"))
            unit.commit()


def _deed(course_id: str, person_id: str, duty: Duty, at: datetime, by: Actor, action: str) -> Deed:
    """Who may decide about badges is part of how they were decided."""
    return Deed(course_id, at, by, action, person_id=person_id, details={"duty": duty.value})


def _can_be_entrusted(enrolment: Enrolment) -> bool:
    return can_be_entrusted(enrolment.launch_roles, enrolment.roster_roles)


def _teaches(enrolment: Enrolment) -> bool:
    roles = enrolment.launch_roles if enrolment.launch_roles is not None else enrolment.roster_roles
    return course_role(roles or ()) is CourseRole.INSTRUCTOR
