"""Registrations, courses, people, and who launched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lti_tool.domain.aliases import Alias, CourseAlias
from lti_tool.domain.course_copy import Key
from lti_tool.domain.duty import Duty, Grant
from lti_tool.domain.identity import Actor, Course, Person
from lti_tool.domain.issuer import Issuer, Scope
from lti_tool.domain.platform import Activity, Enrolment, Registration


class Registrations(Protocol):
    def get(self, registration_id: str) -> Registration | None: ...
    def find(self, issuer: str, client_id: str | None) -> list[Registration]: ...
    def all(self) -> list[Registration]: ...
    def save(self, registration: Registration) -> None: ...
    def deployment_state(self, registration_id: str, deployment_id: str) -> str | None:
        """ "active", "pending" (seen in a launch, not yet accepted by an administrator) or None."""
        ...

    def deployments(self, registration_id: str) -> dict[str, str]:
        """State by deployment id."""
        ...

    def save_deployment(self, registration_id: str, deployment_id: str, state: str) -> None: ...
    def touch(
        self, registration_id: str, *, launch_at: datetime | None = None, event_at: datetime | None = None
    ) -> None: ...


class Issuers(Protocol):
    def of_tenant(self, tenant_id: str) -> Issuer:
        """Who issues where nothing else was chosen."""
        ...

    def all(self, tenant_id: str) -> list[Issuer]: ...
    def by_slug(self, slug: str) -> Issuer | None: ...
    def by_id(self, issuer_id: str) -> Issuer | None: ...
    def save(self, issuer: Issuer) -> None: ...
    def chosen(self, tenant_id: str, scopes: Mapping[Scope, str]) -> dict[Scope, Issuer]:
        """Who was chosen for each of these things (their ids by scope); those of another tenant are nobody."""
        ...

    def choices(self, tenant_id: str) -> list[tuple[Scope, str, Issuer]]:
        """(for what, its id, whom) of every choice of an issuer of the tenant."""
        ...

    def choose(self, scope: Scope, scope_id: str, slug: str) -> None:
        """With "" the choice is taken back."""
        ...


@dataclass(frozen=True, slots=True)
class CourseReading:
    """When what was last read of a course, and where each source goes on: its cursor by the source's name.

    `tried_at`: when a reading last ended, well or not. `next_at`: when the next is due. `active_at`: when anything last
    happened in the course.
    """

    roster_read_at: datetime | None = None
    grades_read_at: datetime | None = None
    heard_at: datetime | None = None
    cursors: dict[str, str] = field(default_factory=dict)
    tried_at: datetime | None = None
    read_error: str = ""
    next_at: datetime | None = None
    active_at: datetime | None = None


class Courses(Protocol):
    def get(self, course_id: str) -> Course | None: ...
    def find(self, registration_id: str, context_id: str, deployment_id: str | None = None) -> list[Course]: ...
    def of_registration(self, registration_id: str) -> list[Course]: ...
    def of_person(self, person_id: str) -> list[Course]:
        """The courses that she is enrolled in."""
        ...

    def save(self, course: Course) -> None: ...
    def activities(self, course_id: str) -> list[Activity]: ...
    def save_activities(self, course_id: str, activities: Iterable[Activity], seen_at: datetime) -> None:
        """Adds and updates; does not forget those not named, and says nothing of what is hidden or gone."""
        ...

    def note_listed(self, course_id: str, source: str, listed: Iterable[Activity], at: datetime) -> None:
        """Of a source that lists all of a course: which are hidden, and which it listed once and lists no longer."""
        ...

    def note_history(self, course_id: str, history: Mapping[Key, Sequence[str]]) -> None:
        """Adds ids that activities of a copied course had before, by (kind, id); of what it does not have, nothing."""
        ...

    def history(self, course_id: str) -> dict[Key, list[str]]: ...
    def by_alias(self, registration_id: str, kind: str, value: str, deployment_id: str | None = None) -> list[Course]:
        """Courses with that other name (kinds: domain.aliases.CourseAliasKind), one a deployment."""
        ...

    def aliases(self, course_id: str) -> list[CourseAlias]: ...
    def save_aliases(self, course: Course, aliases: Iterable[CourseAlias]) -> bool:
        """Adds other names; one that another course of the deployment bears stays there. True when any is new."""
        ...

    def reading(self, course_id: str) -> CourseReading: ...
    def save_reading(self, course_id: str, **changes: Any) -> None: ...


class People(Protocol):
    def get(self, person_id: str) -> Person | None: ...
    def save(self, person: Person) -> None: ...
    def find(self, registration_id: str, deployment_id: str, subject: str) -> Person | None: ...
    def read_ahead(self, registration_id: str, deployment_id: str, subject: str, course_id: str) -> None:
        """Reads at once a person who is going to be found, and what she is in a course."""
        ...

    def enrolment(self, course_id: str, person_id: str) -> Enrolment | None: ...
    def lock(self, course_id: str, person_id: str) -> None:
        """Until the end of the transaction nobody else decides about this learner."""
        ...

    def lock_all(self, learners: Collection[tuple[str, str]]) -> None:
        """The same for many (course, person) at once."""
        ...

    def save_enrolment(self, enrolment: Enrolment) -> None: ...
    def enrolled(self, course_id: str) -> list[tuple[Person, Enrolment]]: ...
    def by_alias(self, registration_id: str, deployment_id: str, kind: str, value: str) -> Person | None:
        """Who bears that other name in the deployment (kinds: domain.aliases.AliasKind)."""
        ...

    def save_aliases(self, pairs: Sequence[tuple[Person, Alias]], seen_at: datetime, *, take_over: bool) -> bool:
        """Adds other names. One that somebody else of the deployment bears goes over only with `take_over`, and
        never one that was only worked out. True when anything changed."""
        ...


class Duties(Protocol):
    """What instructors entrusted to people of their courses, and has not been withdrawn."""

    def of_person(self, course_id: str, person_id: str) -> frozenset[Duty]: ...
    def of_course(self, course_id: str) -> list[Grant]: ...
    def grant(self, grant: Grant) -> None: ...
    def withdraw(self, course_id: str, person_id: str, duty: Duty, by: Actor, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class LaunchSession:
    """A validated launch, kept on the server. `id` stands in addresses and is no secret; the secret is either the
    browser's partitioned cookie (its SHA-256 is `browser_hash`) or the token in the page (`token_hash`).

    `data` holds what pages need of the launch: {"message_type", "locale", "return_url", "deep_linking": {...},
    "custom": {...}, "frame_origin"}.
    """

    id: str
    token_hash: str
    browser_hash: str
    registration_id: str
    deployment_id: str
    course_id: str
    person_id: str
    roles: tuple[str, ...]
    data: dict[str, Any]
    created_at: datetime
    expires_at: datetime


class LaunchSessions(Protocol):
    def add(self, session: LaunchSession) -> None: ...
    def get(self, session_id: str, now: datetime) -> LaunchSession | None: ...
    def end_of_others(self, session: LaunchSession) -> int:
        """Ends what other people of the same deployment opened in the same browser; gives how many sessions."""
        ...

    def sweep(self, now: datetime) -> int: ...


class Nonces(Protocol):
    """Short-lived single-use values (launch nonces and states, wallet c_nonces, registration invitations)."""

    def put(self, purpose: str, key: str, value: dict[str, Any], expires_at: datetime) -> None: ...
    def claim(self, purpose: str, key: str, expires_at: datetime) -> bool:
        """Whether this is the first to name the key; of two at once one is. For what may be done once."""
        ...

    def take(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        """Gives and removes in one atomic step; None when absent or expired. Of two takers one gets it."""
        ...

    def peek(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None: ...
    def sweep(self, now: datetime) -> int: ...
