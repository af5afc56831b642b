"""Where on a platform the tool was placed: only a deployment that an administrator has accepted is served."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.domain.platform import Registration
from lti_tool.lti import claims as c
from lti_tool.lti.known_platforms import KnownPlatforms
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.refusals import refusal
from lti_tool.usecases.ports import Transactions

# LTI Core 1.3, 5.3.3: ASCII, at most 255 characters.
_DEPLOYMENT = re.compile(r"[\x20-\x7e]{1,255}")


def read_deployment_id(claims: dict[str, Any]) -> str:
    """The deployment_id claim; raises lti.deployment_missing or lti.deployment_malformed."""
    deployment_id = claims.get(c.DEPLOYMENT_ID)
    if deployment_id in (None, ""):
        raise refusal("lti.deployment_missing")
    if not isinstance(deployment_id, str) or not _DEPLOYMENT.fullmatch(deployment_id):
        raise refusal("lti.deployment_malformed")
    return deployment_id


class Deployments:
    """The deployments of registrations, as launches and notices ask for them."""

    def __init__(self, transactions: Transactions, platforms: KnownPlatforms) -> None:
        self._transactions = transactions
        self._platforms = platforms

    def check(self, claims: dict[str, Any], registration: Registration, *, learn: bool) -> str:
        """The deployment of a message whose signature was verified.

        Raises lti.deployment_unknown unless it was accepted for this registration; with `learn` a new one is
        written down for an administrator first. Raises lti.deployment_foreign, and writes nothing, for one that
        belongs to another client of the same platform: issuers number their deployments each for themselves, so
        those of other issuers say nothing.
        """
        deployment_id = read_deployment_id(claims)
        if self._platforms.has_accepted(registration.id, deployment_id):
            return deployment_id
        with self._transactions(write=False) as unit:
            state = unit.registrations.deployment_state(registration.id, deployment_id)
            if state == "active":
                return deployment_id
            others = unit.registrations.find(registration.issuer, None) if state is None else []
            foreign = any(
                unit.registrations.deployment_state(other.id, deployment_id) is not None
                for other in others
                if other.id != registration.id
            )
        if foreign:
            raise refusal("lti.deployment_foreign")
        if learn and state is None:
            self._note(registration, deployment_id)
        raise refusal("lti.deployment_unknown")

    def check_unsigned(self, deployment_id: str, registration: Registration) -> None:
        """The deployment that a login names, which nobody has signed: an unknown one is mostly left to the launch,
        whose signature makes it worth writing down. A platform that makes one deployment for each client has no new
        one to tell of: there login.deployment_unknown is raised.
        """
        if not deployment_id or not quirks_of(registration.product).one_deployment:
            return
        is_known = self._platforms.has_accepted(registration.id, deployment_id)
        # A line of its own, because the mutants of the launch path tell checks by their lines.
        if is_known:
            return
        with self._transactions(write=False) as unit:
            known = unit.registrations.deployments(registration.id)
        if known and deployment_id not in known:
            raise refusal("login.deployment_unknown")

    def _note(self, registration: Registration, deployment_id: str) -> None:
        with self._transactions() as unit:
            if unit.registrations.deployment_state(registration.id, deployment_id) is None:
                unit.registrations.save_deployment(registration.id, deployment_id, "pending")
                unit.commit()
