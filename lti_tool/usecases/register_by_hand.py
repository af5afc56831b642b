"""register_by_hand: an administrator enters what her platform shows, and gives the platform what the tool shows.

Both sides need the other's values first. So an id is reserved: the tool's addresses, which contain it, can be entered
in the platform, and what the platform then shows is entered here. The same way corrects a registration later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from uuid import uuid4

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.domain.platform_values import LONGEST_NAME, PlatformValues, problems
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork
from lti_tool.usecases.set_issuing import reconsider_learners

ACCEPTED, WAITING = "active", "pending"


class ValuesRefused(BadgeToolError):
    """`errors`: a sentence by field of PlatformValues."""

    def __init__(self, errors: dict[str, str]) -> None:
        said = " ".join(f"{field}: {sentence}" for field, sentence in errors.items())
        super().__init__("platform.values_invalid", said, status=422)
        self.errors = errors


class RegisterByHand:
    """`may_be_plain(host, port)`: whether the operator allowed that place to speak http (development only)."""

    def __init__(
        self, transactions: Transactions, clock: Clock, tenant_id: str, may_be_plain: Callable[[str, int], bool]
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id
        self._may_be_plain = may_be_plain

    def reserve(self, name: str, product: str = "") -> Registration:
        """A pending registration without the platform's values; nothing can launch through it. Raises
        `platform.name_invalid`."""
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadgeToolError("platform.name_invalid", "Give the platform a name of at most 120 characters.")
        reserved = Registration(
            id=str(uuid4()),
            tenant_id=self._tenant_id,
            name=name,
            issuer="",
            client_id="",
            auth_login_url="",
            auth_token_url="",
            jwks_url="",
            product=product,
            created_at=self._clock.now(),
        )
        with self._transactions() as unit:
            unit.registrations.save(reserved)
            unit.commit()
        return reserved

    def enter(self, registration_id: str, values: PlatformValues) -> Registration:
        """Stores the platform's values. Whoever types them knows the platform: a pending one becomes active, a
        disabled one stays so. Deployments that are not named any more wait to be accepted again.

        Raises `platform.unknown`, ValuesRefused (`platform.values_invalid`), `platform.exists`.
        """
        if errors := problems(values, self._may_be_plain):
            raise ValuesRefused(errors)
        given = asdict(values)
        deployment_ids = given.pop("deployment_ids")
        with self._transactions() as unit:
            held = own_platform(unit, registration_id, self._tenant_id)
            self._refuse_known(unit, registration_id, values)
            waits = held.state is RegistrationState.PENDING
            entered = replace(
                held,
                **given,
                state=RegistrationState.ACTIVE if waits else held.state,
                approved_at=self._clock.now() if waits else held.approved_at,
            )
            unit.registrations.save(entered)
            self._save_deployments(unit, registration_id, deployment_ids)
            if entered.issuing and not held.issuing:
                reconsider_learners(unit, registration_id)
            if entered.state is RegistrationState.ACTIVE:
                work.probe_platform(unit, registration_id)
            unit.commit()
        return entered

    def add(self, values: PlatformValues) -> Registration:
        """Both steps at once, for a platform whose values are known. Raises as `enter` does."""
        if errors := problems(values, self._may_be_plain):
            raise ValuesRefused(errors)
        with self._transactions(write=False) as unit:
            self._refuse_known(unit, "", values)
        return self.enter(self.reserve(values.name, values.product).id, values)

    def _refuse_known(self, unit: UnitOfWork, registration_id: str, values: PlatformValues) -> None:
        """One client of one issuer is one registration: two would disagree on where its launches belong."""
        others = unit.registrations.find(values.issuer, values.client_id)
        if any(other.id != registration_id for other in others):
            raise BadgeToolError(
                "platform.exists",
                "This client ID of this issuer is registered here already.",
                status=409,
                hint="Look for it in the list of platforms.",
            )

    def _save_deployments(self, unit: UnitOfWork, registration_id: str, deployment_ids: Iterable[str]) -> None:
        held, named = unit.registrations.deployments(registration_id), set(deployment_ids)
        for deployment_id in named:
            unit.registrations.save_deployment(registration_id, deployment_id, ACCEPTED)
        for deployment_id, state in held.items():
            if state == ACCEPTED and deployment_id not in named:
                unit.registrations.save_deployment(registration_id, deployment_id, WAITING)
