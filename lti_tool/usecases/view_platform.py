"""view_platform: a tenant's platforms, and all that an administrator sees of one."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.capability import Capability
from lti_tool.domain.circuit import Circuit
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, CourseReading, Transactions
from lti_tool.usecases.probe_platform import diagnosis_of


@dataclass(frozen=True, slots=True)
class CourseLine:
    course: Course
    reading: CourseReading
    badge_count: int
    award_count: int


@dataclass(frozen=True, slots=True)
class PlatformPage:
    registration: Registration
    deployments: dict[str, str]
    capabilities: list[Capability]
    courses: list[CourseLine]
    parked_events: int
    bad_events: int
    circuit: Circuit | None = None


class ViewPlatform:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def all(self) -> list[Registration]:
        with self._transactions(write=False) as unit:
            return [found for found in unit.registrations.all() if found.tenant_id == self._tenant_id]

    def resting(self) -> set[str]:
        """The ids of those that did not answer several times in a row, and are left alone for a while."""
        with self._transactions(write=False) as unit:
            return unit.circuits.resting()

    def page(self, registration_id: str) -> PlatformPage:
        with self._transactions(write=False) as unit:
            registration = own_platform(unit, registration_id, self._tenant_id)
            courses = unit.courses.of_registration(registration_id)
            lines = [
                CourseLine(
                    course,
                    unit.courses.reading(course.id),
                    len(unit.achievements.of_course(course.id)),
                    len(unit.awards.of_course(course.id)),
                )
                for course in courses
            ]
            return PlatformPage(
                registration,
                unit.registrations.deployments(registration_id),
                diagnosis_of(unit, registration, self._clock),
                lines,
                unit.inbox.parked_count(registration_id),
                len(unit.inbox.dead_ids(registration_id)) + len(unit.refused_events.open(registration_id)),
                unit.circuits.get(registration_id),
            )
