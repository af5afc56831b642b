"""invite_platform: a link that a platform registers itself by, once and until a certain moment."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.ports import Clock, Transactions
from lti_tool.usecases.receive_launch import secret_hash

INVITATION = "registration-invitation"
INVITATION_LIFE = timedelta(days=7)
SHORTEST_LIFE, LONGEST_LIFE = timedelta(minutes=1), timedelta(days=90)


class InvitePlatform:
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
        once one is stored. Raises `reg.link_invalid`, `reg.exists`.
        """
        with self._transactions() as unit:
            _valid(unit.nonces.take(INVITATION, secret_hash(token), self._clock.now()))
            # Once more where it is stored: a platform could register the same client twice at once.
            if unit.registrations.find(registration.issuer, registration.client_id):
                raise BadgeToolError("reg.exists", "This client of the platform is registered here.", status=409)
            unit.registrations.save(
                replace(registration, state=RegistrationState.PENDING, created_at=self._clock.now())
            )
            for deployment_id in deployment_ids:
                unit.registrations.save_deployment(registration.id, deployment_id, "active")
            unit.commit()


def _valid(invitation: dict[str, str] | None) -> dict[str, str]:
    if invitation is None:
        raise BadgeToolError(
            "reg.link_invalid",
            "This registration link was used already, has expired, or is not one of ours.",
            status=403,
            hint="Ask the administrator of LTI Badges for a new link.",
        )
    return invitation
