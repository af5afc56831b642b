"""read_course: asks the LMS for the roster and for what its sources can tell, and repairs what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lti_tool.domain.aliases import unambiguous
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Course, Person, derived_id
from lti_tool.domain.platform import Enrolment, Registration
from lti_tool.domain.sweeping import AFTER_FAILURE, Why, period
from lti_tool.usecases import work
from lti_tool.usecases.ask_reading import AGAIN_AFTER, note_own_reading
from lti_tool.usecases.find_learner import release_parked
from lti_tool.usecases.hold_badges import bring_badges
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.usecases.ports import Clock, CourseSource, Member, Roster, Transactions, UnitOfWork
from lti_tool.usecases.read_groups import ReadGroups
from lti_tool.usecases.same_person import person_named, recognise_members
from lti_tool.usecases.sweep_source import SweepSource


class ReadCourse:
    """`shortest`: how soon a course may be read again, if the LMS answers fast."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        roster: Roster,
        sources: Sequence[CourseSource],
        ingest: IngestEvents,
        shortest: timedelta = timedelta(minutes=5),
        read_groups: ReadGroups | None = None,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._roster = roster
        self._sources = sources
        self._sweep = SweepSource(transactions, clock, ingest)
        self._shortest = shortest
        self._groups = read_groups

    def __call__(self, course_id: str, why: str = Why.DUE, person_id: str = "") -> None:
        """Reads everything once, or what is said of one person. What could not be read is named in the course's
        reading and raised afterwards, what lasts only when it is new."""
        registration, course = self._look_up(course_id)
        if person_id:
            self._read_learner(registration, course, person_id, why)
            return
        started_at = self._clock.now()
        failures: list[BadgeToolError] = []
        continues = False
        try:
            if course.memberships_url:
                self._read_roster(registration, course)
        except BadgeToolError as error:
            failures.append(error)
        try:
            if course.groups_url and self._groups is not None:
                self._groups(registration, course)
        except BadgeToolError as error:
            failures.append(error)
        for source in self._sources:
            try:
                if source.serves(registration, course):
                    continues |= self._sweep(registration, course, source, why)
            except BadgeToolError as error:
                failures.append(error)
        is_news = self._note(course_id, failures, started_at, continues=continues)
        passing = [error for error in failures if not getattr(error, "permanent", False)]
        # What stands until an administrator acts is set aside once, and not again by each reading: the pages say it.
        if passing or (failures and is_news):
            raise (passing or failures)[0]

    def _read_learner(self, registration: Registration, course: Course, person_id: str, why: str) -> None:
        with self._transactions(write=False) as unit:
            person = unit.people.get(person_id)
        if person is None:
            raise NotFound("course.person_unknown", "There is no such learner.")
        serving = [source for source in self._sources if source.serves(registration, course)]
        started_at = self._clock.now()
        for source in serving:
            self._sweep.learner(registration, course, source, person.subject, why)
        if serving:
            with self._transactions() as unit:
                note_own_reading(unit, course.id, person.id, started_at)
                unit.commit()
        if not serving and not self._was_listed_lately(course):
            # Nothing tells of results here: what can be read anew is who is in the course.
            self(course.id, why)

    def _was_listed_lately(self, course: Course) -> bool:
        """A class that asks one by one does not have the roster read for each."""
        with self._transactions(write=False) as unit:
            read_at = unit.courses.reading(course.id).roster_read_at
        return read_at is not None and self._clock.now() - read_at < AGAIN_AFTER

    def _note(
        self, course_id: str, failures: Sequence[BadgeToolError], started_at: datetime, *, continues: bool
    ) -> bool:
        """Keeps whether it went well, and when the next reading is due: the longer the LMS took, the later. Gives
        whether that is another thing than was kept before."""
        now = self._clock.now()
        told = "; ".join(str(error) for error in failures)
        with self._transactions() as unit:
            before = unit.courses.reading(course_id)
            wait = self._shortest if continues else period(now - started_at, self._shortest, before.active_at, now)
            wait = AFTER_FAILURE if failures else wait
            unit.courses.save_reading(course_id, read_error=told, tried_at=now, next_at=now + wait)
            unit.commit()
        return told != before.read_error

    def _look_up(self, course_id: str) -> tuple[Registration, Course]:
        with self._transactions(write=False) as unit:
            course = unit.courses.get(course_id)
            registration = unit.registrations.get(course.registration_id) if course else None
        if course is None or registration is None:
            raise NotFound("course.unknown", "There is no such course.")
        return registration, course

    def _read_roster(self, registration: Registration, course: Course) -> None:
        members = self._roster.read(registration, course)
        if self._misses_someone(course, members):
            # A list that changes while its pages are read can lose a person who is there: who left is missing twice.
            seen = {member.subject for member in members}
            members += [m for m in self._roster.read(registration, course) if m.subject not in seen]
        with self._transactions() as unit:
            recognise_members(unit, self._clock.now(), course, members)
            known = {person.id for person, _ in unit.people.enrolled(course.id)}
            merge_roster(unit, course, members)
            new = [person.id for person, _ in unit.people.enrolled(course.id) if person.id not in known]
            bring_badges(unit, course.id, self._clock.now(), tuple(new))
            save_aliases(unit, course, members, self._clock.now())
            release_parked(unit, course)
            unit.courses.save_reading(course.id, roster_read_at=self._clock.now())
            unit.commit()

    def _misses_someone(self, course: Course, members: Sequence[Member]) -> bool:
        """Whether a person of the last complete roster is not in this one."""
        listed = {member.subject for member in members}
        with self._transactions(write=False) as unit:
            return bool(listed) and any(
                enrolment.active and enrolment.roster_roles is not None and person.subject not in listed
                for person, enrolment in unit.people.enrolled(course.id)
            )


def merge_roster(unit: UnitOfWork, course: Course, members: Sequence[Member]) -> None:
    """Makes the enrolments equal to a complete roster.

    Who was on the last one and is not on this one is no longer active. Who only launched stays: some platforms list
    no administrators, and a first launch can be newer than the roster.
    """
    enrolled = {person.id: enrolment for person, enrolment in unit.people.enrolled(course.id)}
    listed: set[str] = set()
    for member in members:
        person = _person_of(unit, course, member)
        listed.add(person.id)
        held = enrolled.get(person.id)
        enrolment = replace(
            held or Enrolment(course.id, person.id),
            roster_roles=member.roles,
            active=member.status == "Active",
            is_gone=member.status == "Deleted",
        )
        if enrolment != held:
            unit.people.save_enrolment(enrolment)
            work.evaluate_learner(unit, course.id, person.id, everything=True)
    if not listed:
        # An empty roster is a platform that will not tell, not a course from which everybody left.
        return
    for person_id, enrolment in enrolled.items():
        if person_id not in listed and enrolment.active and enrolment.roster_roles is not None:
            unit.people.save_enrolment(replace(enrolment, active=False))


def save_aliases(unit: UnitOfWork, course: Course, members: Sequence[Member], seen_at: datetime) -> None:
    """Keeps what else the LMS calls the members. A roster is newer than any launch before it, and so takes over a
    name that went to another person (a user who was merged has another subject)."""
    told = unambiguous((member.subject, alias) for member in members for alias in member.aliases)
    if not told:
        return
    people = {person.subject: person for person, _ in unit.people.enrolled(course.id)}
    place = (course.registration_id, course.deployment_id)
    found = [(people.get(subject) or person_named(unit, place, subject), alias) for subject, alias in told]
    unit.people.save_aliases([(person, alias) for person, alias in found if person], seen_at, take_over=True)


def _person_of(unit: UnitOfWork, course: Course, member: Member) -> Person:
    held = person_named(unit, (course.registration_id, course.deployment_id), member.subject)
    person = Person(
        id=held.id if held else derived_id("person", course.registration_id, course.deployment_id, member.subject),
        registration_id=course.registration_id,
        deployment_id=course.deployment_id,
        subject=held.subject if held else member.subject,
        name=member.name or (held.name if held else ""),
        email=member.email or (held.email if held else ""),
    )
    if person != held:
        unit.people.save(person)
    return person
