"""accept_platform: an administrator lets a platform and its deployments in, or out."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, Transactions


class AcceptPlatform:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def approve(self, registration_id: str) -> Registration:
        return self._move(registration_id, RegistrationState.ACTIVE)

    def disable(self, registration_id: str) -> Registration:
        return self._move(registration_id, RegistrationState.DISABLED)

    def _move(self, registration_id: str, state: RegistrationState) -> Registration:
        with self._transactions() as unit:
            held = own_platform(unit, registration_id, self._tenant_id)
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
            own_platform(unit, registration_id, self._tenant_id)
            if unit.registrations.deployment_state(registration_id, deployment_id) is None:
                raise NotFound("platform.deployment_unknown", "This platform never named such a deployment.")
            unit.registrations.save_deployment(registration_id, deployment_id, "active")
            unit.commit()
