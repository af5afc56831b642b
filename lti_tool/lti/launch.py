"""The last step of a launch: the platform's signed message, posted by the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import requests
from pylti1p3.exception import LtiException

from lti_tool.domain.launch import Launch
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti.deployments import Deployments
from lti_tool.lti.known_platforms import KnownPlatforms
from lti_tool.lti.library_adapters import ParamsRequest
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.message import BoundMessageLaunch
from lti_tool.lti.platform_jwt import PlatformTokens
from lti_tool.lti.refusals import platform_refusal, refusal
from lti_tool.lti.session import LoginSessions
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.storage import SpentLogins
from lti_tool.lti.tool_config import DbToolConf
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


class Launches:
    """Checks launches. `http` fetches nothing but platforms' key sets, through `tokens`."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        platforms: KnownPlatforms,
        tokens: PlatformTokens,
        deployments: Deployments,
        states: LoginStates,
        http: requests.Session,
        settings: LtiSettings,
    ) -> None:
        self._states = states
        self._spent = SpentLogins(transactions, clock)
        self._clock = clock
        self._platforms = platforms
        self._tokens = tokens
        self._deployments = deployments
        self._http = http
        self._settings = settings

    def check(
        self, registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> Launch:
        """The launch in plain values, after every check but the last: that its login was not used before (use_up).

        `browser_secret` is the value of our cookie, `proof` what the platform's storage kept; None where absent.
        Raises BadgeToolError with a code of `refusals`, and BrowserBindingMissing.
        """
        registration = self._registration(registration_id)
        if form.get("error"):
            raise platform_refusal(form["error"])
        message = BoundMessageLaunch(
            request=ParamsRequest(form),
            tool_config=DbToolConf(self._platforms, registration),
            session_service=LoginSessions(self._states, self._spent),
            registration=registration,
            tokens=self._tokens,
            deployments=self._deployments,
            clock=self._clock,
            base_url=self._settings.base_url,
            browser_secret=browser_secret,
            proof=proof,
            requests_session=self._http,
        )
        try:
            message.validate()
        except LtiException as error:  # ours name every case they know; this is for what the library adds
            raise refusal("lti.claim_malformed") from error
        return cast(Launch, message.launch)

    def use_up(self, unit: UnitOfWork, launch: Launch) -> None:
        """See SpentLogins.use_up."""
        if launch.login is not None:
            self._spent.use_up(unit, launch.login)

    def _registration(self, registration_id: str) -> Registration:
        registration = self._platforms.find(registration_id)
        if registration is None:
            raise refusal("login.registration_unknown")
        if registration.state is RegistrationState.PENDING:
            raise refusal("login.registration_pending")
        if registration.state is not RegistrationState.ACTIVE:
            raise refusal("login.registration_disabled")
        return registration
