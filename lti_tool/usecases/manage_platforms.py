"""manage_platforms: an administrator invites a platform, accepts it, and sees what it can tell us."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from lti_tool.domain.capability import Capability
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, CourseReading, Transactions
from lti_tool.usecases.probe_platform import diagnosis_of
from lti_tool.usecases.receive_launch import secret_hash

INVITATION = "registration-invitation"
INVITATION_LIFE = timedelta(days=7)
SHORTEST_LIFE, LONGEST_LIFE = timedelta(minutes=1), timedelta(days=90)


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


class ManagePlatforms:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def invite(self, name: str | None, life: timedelta = INVITATION_LIFE) -> str:
        """A single-use token for the registration link; it is shown once and kept only as a hash.

        `name`: None for that of the platform's kind. Raises `platform.name_invalid`, `platform.expiry_invalid`.
        """
        name = None if name is None else name.strip()
        if name == "" or len(name or "") > 120:
            raise BadgeToolError("platform.name_invalid", "Give the platform a name of at most 120 characters.")
        if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
            raise BadgeToolError("platform.expiry_invalid", "A link lives for a minute at least, and 90 days at most.")
        token = secrets.token_urlsafe(32)
        with self._transactions() as unit:
            value = {"name": name or "", "tenant_id": self._tenant_id}
            unit.nonces.put(INVITATION, secret_hash(token), value, self._clock.now() + life)
            unit.commit()
        return token

    def invitation(self, token: str) -> dict[str, str]:
        """What an invitation is for, {"name", "tenant_id"}, without using it up. Raises as `add` does."""
        with self._transactions(write=False) as unit:
            return _valid(unit.nonces.peek(INVITATION, secret_hash(token), self._clock.now()))

    def add(self, token: str, registration: Registration, deployment_ids: list[str]) -> None:
        """Uses the invitation up and stores what was agreed on; pending until an administrator accepts it.

        Both in one transaction: a registration that failed leaves the invitation for another try, and of two at
        once one is stored. Raises `reg.link_invalid`.
        """
        with self._transactions() as unit:
            _valid(unit.nonces.take(INVITATION, secret_hash(token), self._clock.now()))
            unit.registrations.save(
                replace(registration, state=RegistrationState.PENDING, created_at=self._clock.now())
            )
            for deployment_id in deployment_ids:
                unit.registrations.save_deployment(registration.id, deployment_id, "active")
            unit.commit()

    def approve(self, registration_id: str) -> Registration:
        return self._move(registration_id, RegistrationState.ACTIVE)

    def disable(self, registration_id: str) -> Registration:
        return self._move(registration_id, RegistrationState.DISABLED)

    def _move(self, registration_id: str, state: RegistrationState) -> Registration:
        with self._transactions() as unit:
            held = self._own(unit.registrations.get(registration_id))
            if state is RegistrationState.ACTIVE and not held.issuer:
                raise BadgeToolError(
                    "platform.values_missing",
                    "This platform was begun by hand, and its own values are not entered yet.",
                    status=409,
                )
            approved_at = self._clock.now() if state is RegistrationState.ACTIVE else held.approved_at
            moved = replace(held, state=state, approved_at=approved_at)
            unit.registrations.save(moved)
            if state is RegistrationState.ACTIVE:
                work.probe_platform(unit, registration_id)
            unit.commit()
        return moved

    def accept_deployment(self, registration_id: str, deployment_id: str) -> None:
        with self._transactions() as unit:
            self._own(unit.registrations.get(registration_id))
            if unit.registrations.deployment_state(registration_id, deployment_id) is None:
                raise NotFound("platform.deployment_unknown", "This platform never named such a deployment.")
            unit.registrations.save_deployment(registration_id, deployment_id, "active")
            unit.commit()

    def set_moodle(self, registration_id: str, url: str, token: str) -> Registration:
        """Where Moodle's web services are, and the token an administrator made there.

        A blank address switches it off. A blank token keeps the one that is set, as no page ever shows it, but only
        for the address it was given for: a token must not be sent to another server.
        """
        with self._transactions() as unit:
            held = self._own(unit.registrations.get(registration_id))
            url, token = url.strip().rstrip("/"), token.strip()
            if url and not url.startswith(("https://", "http://")):
                raise BadgeToolError("platform.address_invalid", "Moodle's address begins with https://.", status=422)
            kept = held.moodle_token if url == held.moodle_url else ""
            changed = replace(held, moodle_url=url, moodle_token=(token or kept) if url else "")
            unit.registrations.save(changed)
            work.probe_platform(unit, registration_id)
            for course in unit.courses.of_registration(registration_id):
                work.read_course(unit, course.id)
            unit.commit()
        return changed

    def all(self) -> list[Registration]:
        with self._transactions(write=False) as unit:
            return [found for found in unit.registrations.all() if found.tenant_id == self._tenant_id]

    def page(self, registration_id: str) -> PlatformPage:
        with self._transactions(write=False) as unit:
            registration = self._own(unit.registrations.get(registration_id))
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
            )

    def _own(self, registration: Registration | None) -> Registration:
        if registration is None:
            raise NotFound("platform.unknown", "There is no such platform.")
        if registration.tenant_id != self._tenant_id:
            # One sentence for both: an operator learns no more of another tenant than that it is not hers.
            raise NotFound("authz.tenant", "There is no such platform.")
        return registration


def _valid(invitation: dict[str, str] | None) -> dict[str, str]:
    if invitation is None:
        raise BadgeToolError(
            "reg.link_invalid",
            "This registration link was used already, has expired, or is not one of ours.",
            status=403,
            hint="Ask the administrator of LTI Badges for a new link.",
        )
    return invitation
