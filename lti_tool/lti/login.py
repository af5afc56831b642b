"""The first step of a launch: third-party initiated login (Security Framework 1.0, 5.1.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pylti1p3.oidc_login import OIDCLogin

from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti.browser_storage import PlatformStorage, digest, storage_offer
from lti_tool.lti.deployments import Deployments
from lti_tool.lti.library_adapters import NoCookies, ParamsRequest, UrlOnly
from lti_tool.lti.login_record import LIFETIME, LoginRecord, nonce_of
from lti_tool.lti.refusals import refusal
from lti_tool.lti.session import RECORD, LoginSessions
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.storage import NonceStorage
from lti_tool.lti.tool_config import DbToolConf, find_registration
from lti_tool.lti.urls import is_own
from lti_tool.usecases.ports import Clock, Transactions

LONGEST_PARAM = 8192
_KEPT = (
    "iss",
    "client_id",
    "login_hint",
    "lti_message_hint",
    "target_link_uri",
    "lti_deployment_id",
    "lti_storage_target",
)


@dataclass(frozen=True, slots=True)
class LoginStep:
    """Where the browser goes next, and where it first leaves its proof (None: the platform offers no storage).

    `state` also names the login for the link that opens it again in a new window.
    """

    auth_url: str
    state: str
    storage: PlatformStorage | None
    registration: Registration


class PlatformLogin(OIDCLogin[Any, Any, Any, Any, str]):
    """PyLTI1p3's login with secrets of 256 bits, ending in an address in place of a response."""

    def get_redirect(self, url: str) -> UrlOnly:
        base = self._registration.get_auth_login_url() or ""
        # PyLTI1p3 joins with "?" also where the platform's address already has a query.
        return UrlOnly(base + "&" + url[len(base) + 1 :] if "?" in base else url)

    _random = ""

    def _get_uuid(self) -> str:
        self._random = secrets.token_urlsafe(32)
        return self._random

    def _generate_nonce(self) -> str:
        """PyLTI1p3 asks for it right after the state, which it begins with "state-"."""
        return nonce_of(f"state-{self._random}")


class Logins:
    """Begins logins, and begins them again in a window of their own."""

    def __init__(
        self, transactions: Transactions, clock: Clock, deployments: Deployments, settings: LtiSettings
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._deployments = deployments
        self._settings = settings

    def begin(self, registration_id: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        """Checks the initiation, stores one single-use record, gives the platform's authentication address.

        `browser_secret` is the value of our cookie. Raises BadgeToolError `login.*`.
        """
        registration = self._active(registration_id)
        check_initiation(registration, params, self._settings.base_url)
        self._check_client(registration, params.get("client_id", ""))
        # Canvas sends it by both names, an older one by the second alone.
        deployment_id = params.get("lti_deployment_id") or params.get("deployment_id", "")
        self._deployments.check_unsigned(deployment_id, registration)
        storage = storage_offer(params.get("lti_storage_target", ""), registration.auth_login_url)
        record = LoginRecord(
            registration_id=registration.id,
            nonce="",
            browser_hash=digest(browser_secret),
            proof_hash=digest(storage.value) if storage else "",
            target_link_uri=params["target_link_uri"],
            expires_at=self._clock.now() + LIFETIME,
            storage=storage.without_value() if storage else None,
            params={name: params[name] for name in _KEPT if name in params},
        )
        sessions = LoginSessions(NonceStorage(self._transactions, self._clock))
        login = PlatformLogin(
            request=ParamsRequest(params),
            tool_config=DbToolConf(self._transactions, registration),
            session_service=sessions,
            cookie_service=NoCookies(),
        )
        login.pass_params_to_launch({RECORD: record})
        redirect = login.get_redirect_object(self._settings.launch_url(registration.id))
        return LoginStep(redirect.get_redirect_url(), sessions.state, storage, registration)

    def begin_again(self, state: str, browser_secret: str) -> LoginStep:
        """Begins a login anew for another browsing context (a new window, another cookie). The old state is spent.

        Raises `login.handle_unknown` for a link that was used or is older than ten minutes.
        """
        value = NonceStorage(self._transactions, self._clock).take(nonce_of(state))
        record = LoginRecord.from_json(value) if value else None
        if record is None or record.expires_at <= self._clock.now():
            raise refusal("login.handle_unknown")
        params = {name: value for name, value in record.params.items() if name != "lti_storage_target"}
        return self.begin(record.registration_id, params, browser_secret)

    def _check_client(self, registration: Registration, client_id: str) -> None:
        """A platform with several clients here has to say which it means (Security Framework 1.0, 5.1.1.1). The
        address tells as well, but one that was copied from another client's page would be believed."""
        if client_id:
            return
        with self._transactions(write=False) as unit:
            if len(unit.registrations.find(registration.issuer, None)) > 1:
                raise refusal("login.client_ambiguous")

    def _active(self, registration_id: str) -> Registration:
        registration = find_registration(self._transactions, registration_id)
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
