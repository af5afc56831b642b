"""probe_platform: finds out what a platform can really do, and keeps what was seen for its diagnosis."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.capability import Capability, Evidence, capabilities
from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, PlatformProbe, Transactions, UnitOfWork


class ProbePlatform:
    """`probes` are asked in turn; each raises nothing."""

    def __init__(self, transactions: Transactions, clock: Clock, probes: Sequence[PlatformProbe]) -> None:
        self._transactions = transactions
        self._clock = clock
        self._probes = probes

    def __call__(self, registration_id: str) -> None:
        """Asks the platform; what it answers replaces what was seen before. Nothing is asked of a platform that no
        administrator has accepted. Raises `platform.unknown`."""
        with self._transactions(write=False) as unit:
            registration = unit.registrations.get(registration_id)
            courses = courses_by_newest(unit, registration_id)
            before = unit.observations.of_registration(registration_id)
        if registration is None:
            raise NotFound("platform.unknown", "There is no such platform.")
        if registration.state is not RegistrationState.ACTIVE:
            return
        found = [one for probe in self._probes for one in probe(registration, courses, before)]
        with self._transactions() as unit:
            for observation in found:
                unit.observations.note(registration_id, observation)
            unit.commit()


class RequestProbe:
    """ "Check now": asks for a platform to be probed; asking again while it waits changes nothing."""

    def __init__(self, transactions: Transactions, tenant_id: str) -> None:
        self._transactions = transactions
        self._tenant_id = tenant_id

    def __call__(self, registration_id: str) -> None:
        """Raises `platform.unknown`, and `authz.tenant` for a platform of another tenant."""
        with self._transactions() as unit:
            registration = unit.registrations.get(registration_id)
            if registration is None:
                raise NotFound("platform.unknown", "There is no such platform.")
            if registration.tenant_id != self._tenant_id:
                raise NotFound("authz.tenant", "There is no such platform.")
            work.probe_platform(unit, registration_id)
            unit.commit()


def courses_by_newest(unit: UnitOfWork, registration_id: str) -> list[Course]:
    """The registration's courses, the one that was read last first: the likeliest to be there still."""
    held = [
        (unit.courses.reading(course.id).tried_at, course) for course in unit.courses.of_registration(registration_id)
    ]
    # Fresh courses have not been read yet and come first.
    fresh = [course for tried_at, course in held if tried_at is None]
    tried = sorted(((tried_at, course.id, course) for tried_at, course in held if tried_at is not None), reverse=True)
    return fresh + [course for _, _, course in tried]


def diagnosis_of(unit: UnitOfWork, registration: Registration, clock: Clock) -> list[Capability]:
    """The lines of a platform's diagnosis from all that is stored of it. Asks nobody."""
    courses = unit.courses.of_registration(registration.id)
    seen = unit.observations.of_registration(registration.id)
    held = [(course, unit.courses.reading(course.id)) for course in courses]
    senders = unit.source_credentials.of_registration(registration.id)
    rhythms = unit.hearings.of_registration(registration.id).values()
    silent = min((rhythm.silent_since for rhythm in rhythms if rhythm.silent_since), default=None)
    return capabilities(Evidence.of(registration, clock.now(), seen, held, senders, silent))
