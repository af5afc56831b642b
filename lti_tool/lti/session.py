"""PyLTI1p3's session service: the login that a state carries, and whether it was used."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from pylti1p3.session import SessionService

from lti_tool.lti.login_state import LoginState, LoginStates
from lti_tool.lti.refusals import refusal
from lti_tool.lti.storage import SpentLogins


class LoginSessions(SessionService):
    """Nonce and state are of one login, so that the nonce of one cannot be used with the state of another, and both
    are spent in the same atomic step (SpentLogins.use_up)."""

    def __init__(self, states: LoginStates, spent: SpentLogins) -> None:
        self.data_storage = spent
        self._states = states
        self._spent = spent

    # ---- at login: nothing is stored ---------------------------------------------------------------------------

    def save_nonce(self, nonce: str) -> None:
        return None

    def save_state_params(self, state: str, params: dict[str, Any]) -> None:
        return None

    # ---- at launch -------------------------------------------------------------------------------------------

    def look_up(self, state: str, now: datetime) -> LoginState:
        """The login of a state, without using it up. Raises state.unknown, state.used or state.expired."""
        login = self._states.open(state)
        if login is None:
            raise refusal("state.unknown")
        if login.expires_at <= now:
            raise refusal("state.used" if self._spent.is_spent(login.once) else "state.expired")
        return login

    def check_nonce_of(self, login: LoginState, nonce: str, now: datetime) -> None:
        """Raises claim.nonce_used, claim.nonce_expired, state.nonce_mismatch (it is another login's) or
        claim.nonce_unknown unless the nonce is that of this login."""
        if hmac.compare_digest(login.nonce.encode(), nonce.encode()):
            return
        if self._spent.is_spent(nonce):
            raise refusal("claim.nonce_used")
        expires_at = self._states.expiry_of(nonce)
        if expires_at is None:
            raise refusal("claim.nonce_unknown")
        raise refusal("claim.nonce_expired" if expires_at <= now else "state.nonce_mismatch")

    def check_nonce(self, nonce: str) -> bool:
        """PyLTI1p3 would ask for a nonce alone; here it is compared with that of its login."""
        return False

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        """PyLTI1p3 would accept a token it has seen before; here nothing is accepted twice."""
        return False
