"""The registration itself: read the configuration, ask, compare, keep."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

import requests

from lti_tool.domain.platform import PRODUCTION, Registration, RegistrationState
from lti_tool.lti.claims import TOOL_CONFIGURATION
from lti_tool.lti.dynamic_registration.comparison import differences, granted_scopes
from lti_tool.lti.dynamic_registration.configuration import (
    PlatformConfiguration,
    fetch_configuration,
)
from lti_tool.lti.dynamic_registration.errors import registration_error
from lti_tool.lti.dynamic_registration.fetching import post_json
from lti_tool.lti.dynamic_registration.metadata import client_metadata
from lti_tool.lti.platforms import environment_of
from lti_tool.lti.settings import LtiSettings
from lti_tool.usecases.ports import Clock, Transactions


@dataclass(frozen=True, slots=True)
class RegistrationOutcome:
    """A registration to be stored (state pending), the deployments the platform named, and what it changed."""

    registration: Registration
    deployment_ids: list[str]
    differences: list[str]


class PlatformRegistrar:
    """Runs dynamic registrations. Stores nothing: that is the use case's part, together with the invitation."""

    def __init__(self, http: requests.Session, transactions: Transactions, clock: Clock, settings: LtiSettings) -> None:
        self._http = http
        self._transactions = transactions
        self._clock = clock
        self._settings = settings

    def register(
        self,
        openid_configuration_url: str,
        registration_token: str,
        registration_id: str,
        *,
        tenant_id: str,
        name: str,
    ) -> RegistrationOutcome:
        """Registers the tool at the platform whose configuration is at this address.

        `registration_id` is ours and stands in the addresses that are sent; `tenant_id` and `name` come from the
        invitation. Raises BadgeToolError `reg.*`.
        """
        configuration = fetch_configuration(self._http, openid_configuration_url, registration_token)
        webhook_secret = new_webhook_secret() if configuration.events else ""
        asked = client_metadata(configuration, self._settings, registration_id, webhook_secret)
        answer = post_json(self._http, configuration.registration_endpoint, asked, registration_token)
        client_id = answer.get("client_id")
        if not isinstance(client_id, str) or not 0 < len(client_id) <= 255 or not client_id.isprintable():
            raise registration_error("reg.response_invalid", "The platform's answer has no client ID.", status=502)
        self._refuse_known(configuration.issuer, client_id)
        changed = differences(asked, answer)
        environment = environment_of(configuration.issuer)
        registration = Registration(
            id=registration_id,
            tenant_id=tenant_id,
            name=name or configuration.quirks.name,
            issuer=configuration.issuer,
            client_id=client_id,
            auth_login_url=configuration.authorization_endpoint,
            auth_token_url=configuration.token_endpoint,
            jwks_url=configuration.jwks_uri,
            state=RegistrationState.PENDING,
            product=configuration.product,
            product_version=configuration.version,
            auth_audience=configuration.audience,
            environment=environment,
            issuing=environment == PRODUCTION,
            differences=tuple(changed),
            service_scopes=granted_scopes(asked, answer),
            webhook_secret=webhook_secret,
            event_feed_url=_feed_url(configuration),
            created_at=self._clock.now(),
        )
        return RegistrationOutcome(registration, _deployment_ids(answer), changed)

    def _refuse_known(self, issuer: str, client_id: str) -> None:
        """A platform that answers with a client it already has here would take that client over."""
        with self._transactions(write=False) as unit:
            if unit.registrations.find(issuer, client_id):
                raise registration_error("reg.exists", "This client of the platform is registered here.", status=409)


def new_webhook_secret() -> str:
    """A secret as Standard Webhooks write it: "whsec_" and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _feed_url(configuration: PlatformConfiguration) -> str:
    return configuration.events.feed_url if configuration.events else ""


def _deployment_ids(answer: dict[str, Any]) -> list[str]:
    """Moodle names the deployment inside the tool configuration, Canvas none: it shows up in the first launch."""
    tool = answer.get(TOOL_CONFIGURATION)
    named = [part.get("deployment_id") for part in (tool, answer) if isinstance(part, dict)]
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and 0 < len(name) <= 255))
