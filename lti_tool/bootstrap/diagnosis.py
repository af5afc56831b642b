"""What `lti-badges doctor` and the administrator's page say of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.db.engine import StorageError
from lti_tool.domain.errors import BadgeToolError

LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    key: str
    ok: bool
    title: str
    detail: str
    remedy: str = ""


def operations(house: House) -> dict[str, Any]:
    """ "outbox": depth by state; "oldest_waiting": since when; "dead": what was set aside, with its errors."""
    return {
        "outbox": house.queue.depth(),
        "oldest_waiting": house.queue.oldest_waiting(house.clock.now()),
        "dead": house.queue.dead(),
    }


def diagnose(house: House) -> list[Finding]:
    """Looks at the database, the keys and the outbox. Never raises for what it can name."""
    return [_database(house), _keys(house), *_outbox(house)]


def _database(house: House) -> Finding:
    kind = house.engine.dialect.name
    try:
        with house.transactions(write=False) as unit:
            platforms = len(unit.registrations.all())
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
        ids = house.signer.key_ids()
    except (BadgeToolError, OSError) as error:
        detail = error.message if isinstance(error, BadgeToolError) else f"unreadable ({error.strerror})"
        return Finding("keys", False, "Signing keys", detail, "Run `lti-badges keys ensure`.")
    return Finding("keys", True, "Signing keys", f"active: {ids.ed25519_kid}")


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
