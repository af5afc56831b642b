"""receive_launch: a validated launch becomes a course, a person, an enrolment and a session on the server."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lti_tool.domain.course_copy import origins_of
from lti_tool.domain.identity import Course, Person, derived_id
from lti_tool.domain.launch import Launch
from lti_tool.domain.platform import Enrolment
from lti_tool.domain.roles import CourseRole
from lti_tool.domain.sweeping import Why
from lti_tool.usecases.copy_course import come_over
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.find_learner import release_parked
from lti_tool.usecases.hold_badges import bring_badges
from lti_tool.usecases.just_said import JustSaid
from lti_tool.usecases.ports import Clock, LaunchSession, Transactions, UnitOfWork
from lti_tool.usecases.same_person import recognise
from lti_tool.usecases.subscribe_notices import note_service
from lti_tool.usecases.work import evaluate_learner, probe_platform, read_course

SESSION_LIFE = timedelta(hours=8)
_TOUCH_AGAIN = timedelta(seconds=10)
# How exactly it is known when a course was last used.
_ACTIVE_AGAIN = timedelta(days=1)


def secret_hash(secret: str) -> str:
    """SHA-256 in hex: what the database keeps of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`page_token` stands in the page: it proves that a request comes from a page that we gave this browser."""

    launch: Launch
    session: LaunchSession
    page_token: str


class ReceiveLaunch:
    """`page_token_for` derives a session's page token from its id and a secret of this server. `use_up` raises unless
    the launch's login was unused, in the transaction that opens the session."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        page_token_for: Callable[[str], str],
        use_up: Callable[[UnitOfWork, Launch], None],
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._page_token_for = page_token_for
        self._use_up = use_up
        self._platforms: JustSaid[tuple[str, ...], bool] = JustSaid(_TOUCH_AGAIN)
        self._courses: JustSaid[tuple[Hashable, ...], Course] = JustSaid(_TOUCH_AGAIN)

    def __call__(self, launch: Launch, browser_secret: str | None) -> OpenedSession:
        """Stores who launched from where and opens a session bound to the browser (or to the page alone).

        Nothing here waits for the disk: what a power cut forgets, the next launch and the next roster say again.
        """
        now = self._clock.now()
        session_id = secrets.token_hex(16)
        page_token = self._page_token_for(session_id)
        with self._transactions(durable=False) as unit:
            self._use_up(unit, launch)
            course, named_anew = self._course(unit, launch, now)
            if course is not None:
                unit.people.read_ahead(launch.registration_id, launch.deployment_id, launch.subject, course.id)
            person, has_new_name = self._person(unit, launch)
            if course is not None:
                if self._enrol(unit, launch, course, person) or has_new_name or named_anew:
                    release_parked(unit, course)
                if launch.course_role is CourseRole.INSTRUCTOR:
                    self._copy(unit, launch, course, now)
            note_service(unit, launch, self._clock)
            self._note_platform(unit, launch, now)
            session = LaunchSession(
                id=session_id,
                token_hash=secret_hash(page_token),
                browser_hash=secret_hash(browser_secret) if browser_secret else "",
                registration_id=launch.registration_id,
                deployment_id=launch.deployment_id,
                course_id=course.id if course else "",
                person_id=person.id,
                roles=launch.roles,
                data=launch.session_data(),
                created_at=now,
                expires_at=now + SESSION_LIFE,
            )
            # Another person in this browser has taken the LMS over: the pages of the one before are not for her.
            unit.launch_sessions.end_of_others(session)
            unit.launch_sessions.add(session)
            unit.commit()
        self._platforms.note(_said_of_platform(launch), True, now)
        if course is not None:
            self._courses.note(_said_of_course(launch), course, now)
        return OpenedSession(launch, session, page_token)

    def _course(self, unit: UnitOfWork, launch: Launch, now: datetime) -> tuple[Course | None, bool]:
        """The course, and whether a name of it is new."""
        if not launch.context_id:
            return None, False
        noted = self._courses.about(_said_of_course(launch), now)
        if noted is not None:
            return noted, False
        key = (launch.registration_id, launch.deployment_id, launch.context_id)
        held = unit.courses.get(derived_id("course", *key))
        offered = launch.endpoints
        course = Course(
            id=derived_id("course", *key),
            registration_id=launch.registration_id,
            deployment_id=launch.deployment_id,
            context_id=launch.context_id,
            title=launch.context_title or (held.title if held else ""),
            lineitems_url=offered.lineitems_url or (held.lineitems_url if held else ""),
            memberships_url=offered.memberships_url or (held.memberships_url if held else ""),
            groups_url=offered.groups_url or (held.groups_url if held else ""),
            service_scopes=offered.ags_scopes or (held.service_scopes if held else ()),
        )
        if held is None and not unit.courses.of_registration(launch.registration_id):
            # Services are reached through a course: only now can it be found out what they really give.
            probe_platform(unit, launch.registration_id)
        if course != held:
            unit.courses.save(course)
        reading = unit.courses.reading(course.id)
        # From its first reading on the sweeps read it, also where no roster is to be had; each launch must not.
        if held is None or reading.tried_at is None or (course.memberships_url and not held.memberships_url):
            read_course(unit, course.id, Why.NEW)
        if reading.active_at is None or now - reading.active_at > _ACTIVE_AGAIN:
            unit.courses.save_reading(course.id, active_at=now)
        return course, bool(launch.course_aliases) and unit.courses.save_aliases(course, launch.course_aliases)

    def _copy(self, unit: UnitOfWork, launch: Launch, course: Course, now: datetime) -> None:
        """What the course was copied from brings its badges along, whether this launch tells it or a notice did."""
        place, told = (course.registration_id, course.deployment_id, course.context_id), origins_of(launch.custom)
        if told:
            unit.copies.note_origins(place, told, "launch", now)
        come_over(unit, now, course, list(dict.fromkeys([*told, *unit.copies.origins(place)])))

    def _person(self, unit: UnitOfWork, launch: Launch) -> tuple[Person, bool]:
        """The person, and whether a name of hers is new."""
        place = (launch.registration_id, launch.deployment_id)
        held = recognise(unit, self._clock.now(), place, launch.subject, launch.aliases)
        person = Person(
            id=held.id if held else derived_id("person", *place, launch.subject),
            registration_id=launch.registration_id,
            deployment_id=launch.deployment_id,
            subject=held.subject if held else launch.subject,
            name=launch.name or (held.name if held else ""),
            email=launch.email or (held.email if held else ""),
        )
        if person != held:
            unit.people.save(person)
        if launch.aliases:
            # A link's custom parameters are written by teachers: they never take a name from its bearer.
            pairs = [(person, alias) for alias in launch.aliases]
            return person, unit.people.save_aliases(pairs, self._clock.now(), take_over=False)
        return person, False

    def _enrol(self, unit: UnitOfWork, launch: Launch, course: Course, person: Person) -> bool:
        """Whether that is news."""
        held = unit.people.enrolment(course.id, person.id)
        enrolment = replace(
            held or Enrolment(course.id, person.id), launch_roles=launch.roles, active=True, is_gone=False
        )
        if enrolment != held:
            unit.people.save_enrolment(enrolment)
        if held is None:
            bring_badges(unit, course.id, self._clock.now(), (person.id,))
        elif is_eligible(enrolment) and not is_eligible(held):
            # She is back before the roster says so, which then says nothing new: what she did already counts now.
            evaluate_learner(unit, course.id, person.id, everything=True)
        return enrolment != held

    def _note_platform(self, unit: UnitOfWork, launch: Launch, now: datetime) -> None:
        if self._platforms.about(_said_of_platform(launch), now):
            return
        registration = unit.registrations.get(launch.registration_id)
        if registration is None:
            return
        # The first guid stays: a key that is shared by several accounts of one hosted LMS has several.
        seen = replace(registration, platform_guid=registration.platform_guid or launch.platform_guid)
        if launch.product:
            seen = replace(seen, product=launch.product, product_version=launch.product_version)
        if seen != registration:
            unit.registrations.save(seen)
        last = registration.last_launch_at
        if last is None or now - last >= _TOUCH_AGAIN:
            unit.registrations.touch(launch.registration_id, launch_at=now)


def _said_of_platform(launch: Launch) -> tuple[str, ...]:
    return (launch.registration_id, launch.platform_guid, launch.product, launch.product_version)


def _said_of_course(launch: Launch) -> tuple[Hashable, ...]:
    offered = launch.endpoints
    place = (launch.registration_id, launch.deployment_id, launch.context_id, launch.context_title)
    services = (offered.lineitems_url, offered.memberships_url, offered.groups_url, offered.ags_scopes)
    return (*place, *services, launch.course_aliases)
