"""PyLTI1p3's session service: one record for each login, nonce and state bound together."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime
from typing import Any

from pylti1p3.session import SessionService

from lti_tool.lti.login_record import LIFETIME, LoginRecord, nonce_of
from lti_tool.lti.refusals import refusal
from lti_tool.lti.storage import REMEMBER, NonceStorage

# The key under which the record travels through PyLTI1p3's "state params".
RECORD = "record"


class LoginSessions(SessionService):
    """The records of logins under way. State and nonce share one record, so that the nonce of one login cannot be
    used with the state of another, and both are spent in the same atomic step."""

    def __init__(self, storage: NonceStorage) -> None:
        self.data_storage = storage
        self._storage = storage
        self._nonce = ""
        self.state = ""

    # ---- at login --------------------------------------------------------------------------------------------

    def save_nonce(self, nonce: str) -> None:
        """Called first; stored together with the state below."""
        self._nonce = nonce

    def save_state_params(self, state: str, params: dict[str, Any]) -> None:
        self.state = state
        record: LoginRecord = replace(params[RECORD], nonce=self._nonce)
        # Kept longer than it is good for: an expired login is then told from one that never was.
        seconds = int((LIFETIME + REMEMBER).total_seconds())
        self._storage.set_value(nonce_of(state), record.to_json(), seconds)

    # ---- at launch -------------------------------------------------------------------------------------------

    def look_up(self, state: str) -> LoginRecord:
        """The record of a state, without using it up. Raises state.used or state.unknown."""
        name = nonce_of(state)
        value = self._storage.get_value(name)
        if value is None:
            raise refusal("state.used" if self._storage.is_spent(name) else "state.unknown")
        return LoginRecord.from_json(value)

    def use_up(self, state: str) -> None:
        """Takes the record of a state that was just looked up: of all launches that carry it one gets past here.

        Raises claim.nonce_used for the others, which came while the one was on its way.
        """
        if self._storage.take(nonce_of(state)) is None:
            raise refusal("claim.nonce_used")

    def check_nonce_of(self, record: LoginRecord, nonce: str, now: datetime) -> None:
        """Raises claim.nonce_used, claim.nonce_expired, state.nonce_mismatch (it is another login's) or
        claim.nonce_unknown unless the nonce is that of this login."""
        if hmac.compare_digest(record.nonce.encode(), nonce.encode()):
            return
        if self._storage.is_spent(nonce):
            raise refusal("claim.nonce_used")
        other = self._storage.get_value(nonce)
        if other is None:
            raise refusal("claim.nonce_unknown")
        expired = LoginRecord.from_json(other).expires_at <= now
        raise refusal("claim.nonce_expired" if expired else "state.nonce_mismatch")

    def check_nonce(self, nonce: str) -> bool:
        """PyLTI1p3 would ask for a nonce alone; here it is compared with that of its login."""
        return False

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        """PyLTI1p3 would accept a token it has seen before; here nothing is accepted twice."""
        return False
