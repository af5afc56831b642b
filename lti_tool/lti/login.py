"""The first step of a launch: third-party initiated login (Security Framework 1.0, 5.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pylti1p3.oidc_login import OIDCLogin

from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti.browser_storage import PlatformStorage, fingerprint, new_secret, storage_for
from lti_tool.lti.deployments import Deployments
from lti_tool.lti.known_platforms import KnownPlatforms
from lti_tool.lti.library_adapters import NoCookies, ParamsRequest, UrlOnly
from lti_tool.lti.login_state import LIFETIME, LoginState, LoginStates
from lti_tool.lti.refusals import refusal
from lti_tool.lti.session import LoginSessions
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.storage import SpentLogins
from lti_tool.lti.tool_config import DbToolConf
from lti_tool.lti.urls import is_own
from lti_tool.usecases.ports import Clock, Transactions

LONGEST_PARAM = 8192
# What a login is begun again with. A new window has no frame in which the platform could keep a proof.
_AGAIN = ("iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri", "lti_deployment_id")


@dataclass(frozen=True, slots=True)
class LoginStep:
    """Where the browser goes next, and where it first leaves its proof (None: the platform offers no storage).

    `state` and `again`, the parameters of the initiation, make the link that begins it again in a new window.
    """

    auth_url: str
    state: str
    again: dict[str, str]
    storage: PlatformStorage | None
    registration: Registration


class PlatformLogin(OIDCLogin[Any, Any, Any, Any, str]):
    """PyLTI1p3's login with our state and nonce, ending in an address in place of a response."""

    sealed_state = ""
    nonce = ""

    def get_redirect(self, url: str) -> UrlOnly:
        base = self._registration.get_auth_login_url() or ""
        # PyLTI1p3 joins with "?" also where the platform's address already has a query.
        return UrlOnly(base + "&" + url[len(base) + 1 :] if "?" in base else url)

    def _get_uuid(self) -> str:
        """PyLTI1p3 puts "state-" before it."""
        return self.sealed_state

    def _generate_nonce(self) -> str:
        return self.nonce


class Logins:
    """Begins logins, and begins them again in a window of their own."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        platforms: KnownPlatforms,
        deployments: Deployments,
        states: LoginStates,
        settings: LtiSettings,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._platforms = platforms
        self._deployments = deployments
        self._states = states
        self._spent = SpentLogins(transactions, clock)
        self._settings = settings

    def begin(self, registration_id: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        """Checks the initiation, seals what the launch must fit, gives the platform's authentication address.

        `browser_secret` is the value of our cookie. Raises BadgeToolError `login.*`.
        """
        registration = self._active(registration_id)
        check_initiation(registration, params, self._settings.base_url)
        self._check_client(registration, params.get("client_id", ""))
        # Canvas sends it by both names, an older one by the second alone.
        deployment_id = params.get("lti_deployment_id") or params.get("deployment_id", "")
        self._deployments.check_unsigned(deployment_id, registration)
        expires_at = self._clock.now() + LIFETIME
        nonce = self._states.new_nonce(expires_at)
        storage = storage_for(params.get("lti_storage_target", ""), registration.auth_login_url, nonce)
        proof = new_secret() if storage else ""
        login = PlatformLogin(
            request=ParamsRequest(params),
            tool_config=DbToolConf(self._platforms, registration),
            session_service=LoginSessions(self._states, self._spent),
            cookie_service=NoCookies(),
        )
        login.nonce = nonce
        login.sealed_state = self._states.seal(
            LoginState(
                registration_id=registration.id,
                nonce=nonce,
                browser=fingerprint(browser_secret),
                proof=fingerprint(proof) if proof else "",
                target=fingerprint(params["target_link_uri"]),
                storage_frame=storage.target_frame if storage else "",
                once=nonce,
                expires_at=expires_at,
            )
        )
        redirect = login.get_redirect_object(self._settings.launch_url(registration.id))
        return LoginStep(
            auth_url=redirect.get_redirect_url(),
            state=f"state-{login.sealed_state}",
            again={name: params[name] for name in _AGAIN if params.get(name)},
            storage=storage.with_proof(proof) if storage else None,
            registration=registration,
        )

    def begin_again(self, state: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        """Begins a login anew for another browsing context (a new window, another cookie), with the parameters of
        `LoginStep.again`. The old state is spent.

        Raises `login.handle_unknown` for a link that was used or is older than ten minutes.
        """
        login = self._states.open(state)
        if login is None or login.expires_at <= self._clock.now() or not self._spent.spend(login.once):
            raise refusal("login.handle_unknown")
        return self.begin(
            login.registration_id, {name: params[name] for name in _AGAIN if name in params}, browser_secret
        )

    def _check_client(self, registration: Registration, client_id: str) -> None:
        """A platform with several clients here has to say which it means (Security Framework 1.0, 5.1.1.1). The
        address tells as well, but one that was copied from another client's page would be believed."""
        if client_id:
            return
        with self._transactions(write=False) as unit:
            if len(unit.registrations.find(registration.issuer, None)) > 1:
                raise refusal("login.client_ambiguous")

    def _active(self, registration_id: str) -> Registration:
        registration = self._platforms.find(registration_id)
        if registration is None:
            raise refusal("login.registration_unknown")
        if registration.state is RegistrationState.PENDING:
            raise refusal("login.registration_pending")
        if registration.state is not RegistrationState.ACTIVE:
            raise refusal("login.registration_disabled")
        return registration


def check_initiation(registration: Registration, params: Mapping[str, str], base_url: str) -> None:
    """The unsigned parameters of a login, as far as they can be judged alone."""
    if any(len(value) > LONGEST_PARAM for value in params.values()):
        raise refusal("login.param_too_long")
    if not params.get("iss"):
        raise refusal("login.iss_missing")
    if params["iss"] != registration.issuer:
        raise refusal("login.issuer_unknown")
    if params.get("client_id") and params["client_id"] != registration.client_id:
        raise refusal("login.client_unknown")
    if not params.get("login_hint"):
        raise refusal("login.hint_missing")
    if not params.get("target_link_uri"):
        raise refusal("login.target_missing")
    if not is_own(params["target_link_uri"], base_url):
        raise refusal("login.target_foreign")
