"""A platform's registration, as much of it as decisions need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PRODUCTION = "production"
ENVIRONMENTS = (PRODUCTION, "beta", "test")


class RegistrationState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Registration:
    """One OAuth client of ours at one platform. `id` is ours and stands in the login and launch addresses.

    `webhook_secret` ("whsec_…") and `moodle_token` are secrets: they never reach a log, a page or an address.
    `service_scopes` are those the platform granted; `differences` are sentences about what it registered otherwise
    than asked. `environment` is "production", "beta" or "test"; where `issuing` is False nobody is awarded anything.
    `platform_guid` is the `guid` of its tool_platform claim: customers of one hosted LMS differ in nothing else.
    """

    id: str
    tenant_id: str
    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    state: RegistrationState = RegistrationState.PENDING
    product: str = ""
    product_version: str = ""
    platform_guid: str = ""
    environment: str = PRODUCTION
    issuing: bool = True
    auth_audience: str = ""
    service_scopes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    event_feed_url: str = ""
    moodle_url: str = ""
    moodle_token: str = field(default="", repr=False)
    created_at: datetime | None = None
    approved_at: datetime | None = None
    last_launch_at: datetime | None = None
    last_event_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something in a course that criteria can name: an item (graded or completable) or a module. `hidden`: learners
    cannot see it at present; `is_gone`: the LMS listed it once and lists it no longer."""

    id: str
    kind: str
    title: str
    maximum: float | None = None
    module_id: str | None = None
    url: str = ""
    hidden: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person in a course. Role lists are None where that list never named her; `is_gone` where the roster says that
    she was deleted from the course."""

    course_id: str
    person_id: str
    launch_roles: tuple[str, ...] | None = None
    roster_roles: tuple[str, ...] | None = None
    active: bool = True
    is_gone: bool = False
