"""What `lti-badges doctor` and the administrator's page say of this installation and of its platforms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.key_ring import OF_JWTS, OF_PROOFS
from lti_tool.db.engine import StorageError
from lti_tool.domain.capability import Capability, Light
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.keystore import PURPOSES
from lti_tool.usecases.probe_platform import diagnosis_of

LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing of this installation that was looked at."""

    key: str
    ok: bool
    title: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PlatformFinding:
    """One platform, and what an administrator there has to compare. Lines of a platform that no administrator of ours
    has accepted, or that was switched off, are no fault."""

    registration: Registration
    launch_url: str
    jwks_url: str
    lines: list[Capability]

    @property
    def ok(self) -> bool:
        active = self.registration.state is RegistrationState.ACTIVE
        return not active or all(line.light is not Light.RED for line in self.lines)


def operations(house: House) -> dict[str, Any]:
    """ "outbox": depth by state; "oldest_waiting": since when; "dead": what was set aside, with its errors."""
    return {
        "outbox": house.queue.depth(),
        "oldest_waiting": house.queue.oldest_waiting(),
        "dead": house.queue.dead(),
    }


def revive(house: House, work_id: int | None) -> None:
    """Has work that was set aside done anew; None: all that `operations` names. What is gone meanwhile is left out."""
    chosen = [work for work in house.queue.dead() if work_id in (None, work.id)]
    for work in chosen:
        house.queue.revive(work.id)
    house.wake({work.kind for work in chosen})


def diagnose(house: House) -> list[Finding]:
    """Looks at the database, the keys and the outbox. Never raises for what it can name."""
    return [_database(house), _keys(house), *_issuing(house), *_outbox(house)]


def diagnose_platforms(house: House, platform_id: str | None = None) -> list[PlatformFinding]:
    """Asks each platform (or the one named) now, and tells what is known of it then. Raises `platform.unknown`."""
    try:
        with house.transactions(write=False) as unit:
            tenant = house.settings.tenant
            ours = [found for found in unit.registrations.all() if found.tenant_id == tenant]
    except (StorageError, BadgeToolError):
        return []  # which the installation's own lines tell
    chosen = [found for found in ours if platform_id in (None, found.id)]
    if platform_id is not None and not chosen:
        raise NotFound("platform.unknown", "There is no such platform.")
    for registration in chosen:
        house.probe(registration.id)
    return [_platform(house, registration.id) for registration in chosen]


def _platform(house: House, registration_id: str) -> PlatformFinding:
    with house.transactions(write=False) as unit:
        registration = unit.registrations.get(registration_id)
        if registration is None:
            raise NotFound("platform.unknown", "There is no such platform.")
        lines = diagnosis_of(unit, registration, house.clock)
    base = f"{house.settings.base_url}/lti"
    return PlatformFinding(registration, f"{base}/{registration.id}/launch", f"{base}/jwks.json", lines)


def _database(house: House) -> Finding:
    kind = house.engine.dialect.name
    try:
        with house.transactions(write=False) as unit:
            platforms = len(unit.registrations.all())
    except BadgeToolError as error:
        return Finding("database", False, f"Database ({kind})", error.message, error.hint)
    except StorageError as error:
        return Finding(
            "database",
            False,
            f"Database ({kind})",
            f"it cannot be read ({type(error).__name__})",
            "Check database_url, and run `lti-badges db upgrade`.",
        )
    return Finding("database", True, f"Database ({kind})", f"{platforms} platforms registered")


def _keys(house: House) -> Finding:
    try:
        proof, token = OF_PROOFS[house.settings.issuer_proof], OF_JWTS[house.settings.issuer_jwt_algorithm]
        active, _ = house.key_store.active(proof).kid, house.key_store.active(token).kid
    except (BadgeToolError, OSError) as error:
        detail = error.message if isinstance(error, BadgeToolError) else f"unreadable ({error.strerror})"
        hint = error.hint if isinstance(error, BadgeToolError) else ""
        return Finding("keys", False, "Signing keys", detail, hint or "Run `lti-badges keys ensure`.")
    plain = sum(not pair.encrypted for purpose in PURPOSES for pair in house.key_store.all(purpose))
    if plain and house.settings.key_secret is not None:
        detail = f"{plain} of them are not encrypted, although a key-encryption secret is set"
        return Finding("keys", True, "Signing keys", detail, "Run `lti-badges keys encrypt`.")
    return Finding("keys", True, "Signing keys", f"active: {active}")


def _issuing(house: House) -> list[Finding]:
    try:
        with house.transactions(write=False) as unit:
            halt = unit.halts.get(house.settings.tenant)
    except (StorageError, BadgeToolError):
        return []  # which the database's own line tells
    if halt is None:
        return [Finding("issuing", True, "Issuing", "badges are issued")]
    detail = f"halted since {halt.since:%Y-%m-%d %H:%M:%S}. {halt.reason}".strip()
    remedy = "Find out what is wrong, then run `lti-badges issuing resume`."
    return [Finding("issuing", False, "Issuing", detail, remedy)]


def _outbox(house: House) -> list[Finding]:
    try:
        seen = operations(house)
    except StorageError:
        return []
    dead = seen["outbox"].get("dead", 0)
    oldest = seen["oldest_waiting"]
    late = oldest is not None and house.clock.now() - oldest > LATE
    return [
        Finding(
            "worker",
            not late,
            "Work waiting",
            f"{seen['outbox'].get('ready', 0)} pieces"
            + (f", the oldest since {oldest:%Y-%m-%d %H:%M:%S}" if oldest else ""),
            "Start `lti-badges worker`, or look into its log." if late else "",
        ),
        Finding(
            "dead",
            dead == 0,
            "Work set aside",
            f"{dead} pieces could not be done",
            "The administrator's page lists them with their errors." if dead else "",
        ),
    ]
