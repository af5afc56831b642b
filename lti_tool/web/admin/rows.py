"""Platforms and health as the operator's pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_tool.domain.circuit import Circuit
from lti_tool.domain.platform import PRODUCTION, Registration, RegistrationState
from lti_tool.usecases.view_platform import PlatformPage
from lti_tool.web.admin.capability_rows import CapabilityRow, capability_row
from lti_tool.web.admin.guides import GUIDES
from lti_tool.web.present.times import newest

# State -> (word, tone).
STATES = {
    RegistrationState.PENDING: ("Pending", "waiting"),
    RegistrationState.ACTIVE: ("Active", "done"),
    RegistrationState.DISABLED: ("Disabled", "withdrawn"),
}
RESTING = ("Does not answer", "failed")
PRODUCTS = {guide.code: guide.name for guide in GUIDES if guide.code}

# Work that waits longer than this means that no worker runs.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PlatformRow:
    """A line of the list."""

    id: str
    name: str
    product: str
    word: str
    tone: str
    heard_at: datetime | None
    note: str
    # It has registered itself and waits for the operator.
    is_waiting: bool

    @property
    def is_resting(self) -> bool:
        """Its services do not answer, and are left alone for a while."""
        return (self.word, self.tone) == RESTING


@dataclass(frozen=True, slots=True)
class CourseRow:
    title: str
    read_at: datetime | None
    error: str
    badge_count: int
    award_count: int


@dataclass(frozen=True, slots=True)
class PlatformView:
    """All of a platform's page; no secret is in it."""

    row: PlatformRow
    state: RegistrationState
    issuer: str
    client_id: str
    deployments: list[tuple[str, bool]]
    capabilities: list[CapabilityRow]
    courses: list[CourseRow]
    parked_events: int
    bad_events: int
    webhook_url: str
    has_webhook_secret: bool
    moodle_url: str
    has_moodle_token: bool
    offers_moodle: bool
    offers_canvas: bool
    is_begun_by_hand: bool
    differences: tuple[str, ...]
    environment: str
    issuing: bool
    # Set while its services are left alone. `is_tried_now`: that time is over.
    circuit: Circuit | None
    is_tried_now: bool


@dataclass(frozen=True, slots=True)
class Health:
    """`dead`: work that was set aside, each with kind, last_error and attempts. `resting`: the platforms that do not
    answer."""

    waiting: int
    oldest_waiting: datetime | None
    is_late: bool
    dead_count: int
    dead: list[Any]
    resting: list[PlatformRow]

    @property
    def is_well(self) -> bool:
        return not self.is_late and not self.dead_count and not self.resting


def platform_row(registration: Registration, *, rests: bool = False) -> PlatformRow:
    """`rests`: its services do not answer, and are left alone for a while."""
    word, tone = RESTING if rests and registration.state is RegistrationState.ACTIVE else STATES[registration.state]
    product = PRODUCTS.get(registration.product.lower(), registration.product)
    return PlatformRow(
        id=registration.id,
        name=registration.name,
        product=f"{product} {registration.product_version}".strip(),
        word=word,
        tone=tone,
        heard_at=newest(registration.last_launch_at, registration.last_event_at),
        note=_note(registration),
        is_waiting=registration.state is RegistrationState.PENDING and bool(registration.issuer),
    )


def _note(registration: Registration) -> str:
    """What sets a platform apart in the list."""
    if not registration.issuer:
        return "Its values are not entered yet"
    environment = "" if registration.environment == PRODUCTION else registration.environment.capitalize()
    return ", ".join(filter(None, (environment, "" if registration.issuing else "awards nothing")))


def platform_view(page: PlatformPage, base_url: str, now: datetime) -> PlatformView:
    registration = page.registration
    circuit = page.circuit if page.circuit is not None and page.circuit.is_open else None
    return PlatformView(
        row=platform_row(registration, rests=circuit is not None),
        state=registration.state,
        issuer=registration.issuer,
        client_id=registration.client_id,
        deployments=[(id_, state == "active") for id_, state in sorted(page.deployments.items())],
        capabilities=[capability_row(one) for one in page.capabilities],
        courses=[
            CourseRow(
                line.course.title or line.course.context_id,
                newest(line.reading.grades_read_at, line.reading.roster_read_at),
                line.reading.read_error,
                line.badge_count,
                line.award_count,
            )
            for line in page.courses
        ],
        parked_events=page.parked_events,
        bad_events=page.bad_events,
        webhook_url=f"{base_url}/hooks/{registration.id}",
        has_webhook_secret=bool(registration.webhook_secret),
        moodle_url=registration.moodle_url,
        has_moodle_token=bool(registration.moodle_token),
        offers_moodle=registration.product in ("", "moodle") or bool(registration.moodle_token),
        offers_canvas=registration.product in ("", "canvas") or any(one.key == "canvas" for one in page.capabilities),
        is_begun_by_hand=not registration.issuer,
        differences=registration.differences,
        environment=registration.environment,
        issuing=registration.issuing,
        circuit=circuit,
        is_tried_now=circuit is not None and circuit.may_be_tried(now),
    )


def health(operations: Mapping[str, Any], platforms: Sequence[PlatformRow], now: datetime) -> Health:
    """From `PageServices.operations()`, and the list of platforms."""
    depth, oldest, dead = operations["outbox"], operations["oldest_waiting"], operations["dead"]
    return Health(
        waiting=depth.get("ready", 0),
        oldest_waiting=oldest,
        is_late=oldest is not None and now - oldest > LATE,
        dead_count=max(depth.get("dead", 0), len(dead)),
        dead=list(dead),
        resting=[row for row in platforms if row.is_resting],
    )
