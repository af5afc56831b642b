"""PyLTI1p3's MessageLaunch with the checks it lacks, at the places it foresees for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import requests
from pylti1p3.message_launch import MessageLaunch, TLaunchData

from lti_tool.domain.launch import Launch, LoginUse
from lti_tool.domain.platform import Registration
from lti_tool.lti.browser_storage import matches, storage_for
from lti_tool.lti.deployments import Deployments
from lti_tool.lti.library_adapters import NoCookies, ParamsRequest
from lti_tool.lti.login_state import LoginState
from lti_tool.lti.message_claims import check_message, check_required, to_launch
from lti_tool.lti.platform_jwt import PlatformTokens
from lti_tool.lti.refusals import BrowserBindingMissing, refusal
from lti_tool.lti.session import LoginSessions
from lti_tool.lti.token_form import TokenForm, read_form
from lti_tool.lti.tool_config import DbToolConf
from lti_tool.usecases.ports import Clock


class BoundMessageLaunch(MessageLaunch[Any, Any, Any, Any]):
    """One launch of one registration in one browser. `validate()` runs the steps in PyLTI1p3's order: state,
    form, nonce, registration, signature, deployment, message. The login is still to be used up after them."""

    def __init__(
        self,
        *,
        request: ParamsRequest,
        tool_config: DbToolConf,
        session_service: LoginSessions,
        registration: Registration,
        tokens: PlatformTokens,
        deployments: Deployments,
        clock: Clock,
        base_url: str,
        browser_secret: str | None,
        proof: str | None,
        requests_session: requests.Session,
    ) -> None:
        super().__init__(
            request=request,
            tool_config=tool_config,
            session_service=session_service,
            cookie_service=NoCookies(),
            requests_session=requests_session,
        )
        self._ours = registration
        self._tokens = tokens
        self._deployments = deployments
        self._clock = clock
        self._base_url = base_url
        self._browser_secret = browser_secret
        self._proof = proof
        self._came_at = clock.now()
        self._form: TokenForm | None = None
        self._login: LoginState | None = None
        self.launch: Launch | None = None

    def _get_request_param(self, key: str) -> str:
        value: str = self._request.get_param(key)
        return value

    def validate_state(self) -> BoundMessageLaunch:
        """The state is looked at, the browser compared, the token's form read. Nothing is used up yet."""
        state = self._get_request_param("state")
        if not state:
            raise refusal("state.missing")
        login = self._session_service.look_up(state, self._came_at)
        if login.registration_id != self._ours.id:
            other = self._tool_config.other_registration(login.registration_id)
            same_issuer = other is not None and other.issuer == self._ours.issuer
            raise refusal("state.client_mismatch" if same_issuer else "state.issuer_mismatch")
        self._check_browser(login)
        self._form = read_form(self._get_request_param("id_token"))
        self._login = login
        return self

    def _check_browser(self, login: LoginState) -> None:
        if matches(self._browser_secret, login.browser) or matches(self._proof, login.proof):
            return
        storage = storage_for(login.storage_frame, self._ours.auth_login_url, login.nonce)
        # Two frames that begin their logins at once overwrite each other's cookie: where the platform keeps a
        # proof for us, a cookie that does not match is the same as none.
        if self._proof is None and (self._browser_secret is None or storage is not None):
            raise BrowserBindingMissing(storage)
        raise refusal("state.browser_mismatch")

    def validate_jwt_format(self) -> BoundMessageLaunch:
        body = cast(TLaunchData, self._token.claims)
        self._jwt = {"header": {"kid": self._token.kid, "alg": "RS256"}, "body": body}
        return self

    def validate_nonce(self) -> BoundMessageLaunch:
        nonce = self._token.claims.get("nonce")
        if not isinstance(nonce, str) or not nonce:
            raise refusal("claim.nonce_missing")
        self._session_service.check_nonce_of(self._begun, nonce, self._clock.now())
        return self

    def validate_registration(self) -> BoundMessageLaunch:
        """Issuer, audience and times, before any key is fetched for them."""
        self._tokens.verify_claims(self._token.claims, self._ours)
        super().validate_registration()
        return self

    def get_client_id(self) -> str:
        """PyLTI1p3 takes the first audience; which one is ours was checked before."""
        return self._ours.client_id

    def validate_jwt_signature(self) -> BoundMessageLaunch:
        """Up to here nothing was written."""
        self._tokens.verify_signature(self._token, self._ours)
        return self

    def validate_deployment(self) -> BoundMessageLaunch:
        check_required(self._token.claims)
        accepted = self._deployments.check(self._token.claims, self._ours, learn=True)
        self._tool_config.accepted_deployment = accepted
        super().validate_deployment()
        return self

    def validate_message(self) -> BoundMessageLaunch:
        """Our checks first, as they name what is wrong; the library's own validators still run behind them."""
        check_message(self._token.claims, self._begun.target, self._base_url)
        launch = to_launch(self._ours, self._token.claims)
        super().validate_message()
        self.launch = replace(launch, login=LoginUse(self._begun.once, self._came_at))
        return self

    def save_launch_data(self) -> BoundMessageLaunch:
        """Nothing is kept here: the use case that opens a session keeps what pages need, and no token."""
        return self

    @property
    def _begun(self) -> LoginState:
        if self._login is None:
            raise refusal("state.missing")
        return self._login

    @property
    def _token(self) -> TokenForm:
        if self._form is None:
            raise refusal("jwt.missing")
        return self._form
