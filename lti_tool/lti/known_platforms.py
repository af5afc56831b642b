"""Registrations and their accepted deployments, kept for a moment: a class that launches at once asks for the same row
over and over."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.ports import Clock, Transactions

# Only what lets somebody in is kept, and what this process itself changes is known to it at once. A platform that is
# disabled elsewhere can begin sessions for this long; their pages look at the registration themselves (admission).
KEPT_FOR = timedelta(seconds=5)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Known:
    registration: Registration
    accepted: Set[str]
    read_at: datetime
    changes: int


class KnownPlatforms:
    """One a process; safe between threads, as an entry is replaced as a whole."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def find(self, registration_id: str) -> Registration | None:
        """The registration of an address, whatever its state; None for one that cannot even be an id of ours."""
        known = self._fresh(registration_id)
        if known is not None:
            return known.registration
        return self._read(registration_id) if _ID.fullmatch(registration_id) else None

    def has_accepted(self, registration_id: str, deployment_id: str) -> bool:
        """Whether it is known without asking that an administrator has accepted this deployment."""
        known = self._fresh(registration_id)
        return known is not None and deployment_id in known.accepted

    def _fresh(self, registration_id: str) -> _Known | None:
        known = self._known.get(registration_id)
        if known is None or known.changes != self._transactions.platform_changes:
            return None
        return known if timedelta(0) <= self._clock.now() - known.read_at < KEPT_FOR else None

    def _read(self, registration_id: str) -> Registration | None:
        # Counted before it is read: a change in between makes the entry an old one.
        changes, now = self._transactions.platform_changes, self._clock.now()
        with self._transactions(write=False) as unit:
            registration = unit.registrations.get(registration_id)
            if registration is None or registration.state is not RegistrationState.ACTIVE:
                self._known.pop(registration_id, None)
                return registration
            states = unit.registrations.deployments(registration_id)
        accepted = frozenset(name for name, state in states.items() if state == "active")
        self._known[registration_id] = _Known(registration, accepted, now, changes)
        return registration
