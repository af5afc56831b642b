"""The front door of this room: everything that happens between a browser, a platform and us at a launch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from lti_tool.domain.launch import Launch
from lti_tool.domain.platform import Registration
from lti_tool.lti.deployments import Deployments
from lti_tool.lti.jwks import JwksCache
from lti_tool.lti.keys import KeySource, public_key_set
from lti_tool.lti.known_platforms import KnownPlatforms
from lti_tool.lti.launch import Launches
from lti_tool.lti.login import Logins, LoginStep
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.platform_jwt import PlatformTokens
from lti_tool.lti.settings import LtiSettings
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


class LtiTool:
    """Login, launch and keys. One object for the whole process: it holds the cache of platforms' keys."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        clock: Clock,
        http: requests.Session,
        keys: KeySource,
        settings: LtiSettings,
        states: LoginStates,
    ) -> None:
        """`states` seals with a secret that all processes of this server share."""
        self._platforms = KnownPlatforms(transactions, clock)
        self._keys = keys
        self._tokens = PlatformTokens(JwksCache(http, clock), clock, trusted_audiences=(settings.base_url,))
        self._deployments = Deployments(transactions, self._platforms)
        self._logins = Logins(transactions, clock, self._platforms, self._deployments, states, settings)
        self._launches = Launches(
            transactions, clock, self._platforms, self._tokens, self._deployments, states, http, settings
        )

    def registration_of(self, registration_id: str) -> Registration | None:
        """The registration an address names, whatever its state."""
        return self._platforms.find(registration_id)

    def begin_login(self, registration_id: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        """See Logins.begin."""
        return self._logins.begin(registration_id, params, browser_secret)

    def continue_login(self, state: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        """See Logins.begin_again."""
        return self._logins.begin_again(state, params, browser_secret)

    def check_launch(
        self, registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> Launch:
        """See Launches.check. Whoever acts on the launch uses its login up in the same transaction."""
        return self._launches.check(registration_id, form, browser_secret, proof)

    def use_up(self, unit: UnitOfWork, launch: Launch) -> None:
        """See SpentLogins.use_up."""
        self._launches.use_up(unit, launch)

    def verify_platform_jwt(self, compact: str, registration: Registration) -> dict[str, Any]:
        """Claims of a message that comes without a browser (a notice): it is the platform's, of this moment, and
        about a deployment that was accepted. The same checks in the same order as a launch; raises the same codes.

        Nothing is written, not even a new deployment. Whether the nonce was seen before is the caller's part.
        """
        claims = self._tokens.verify(compact, registration)
        self._deployments.check(claims, registration, learn=False)
        return claims

    def public_keys(self) -> dict[str, list[dict[str, Any]]]:
        """What stands at /lti/jwks.json."""
        return public_key_set(self._keys)
