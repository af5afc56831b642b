"""PyLTI1p3's session service: one record for each login, nonce and state bound together."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

from pylti1p3.session import SessionService

from lti_tool.lti.login_record import LIFETIME, LoginRecord
from lti_tool.lti.refusals import refusal
from lti_tool.lti.storage import REMEMBER, NonceStorage

# The key under which the record travels through PyLTI1p3's "state params".
RECORD = "record"


class LoginSessions(SessionService):
    """The records of logins under way. The nonce is part of the record of its state, so that the nonce of one
    login cannot be used with the state of another, and both are spent in the same atomic step."""

    def __init__(self, storage: NonceStorage) -> None:
        self.data_storage = storage
        self._storage = storage
        self._nonce = ""
        self._taken: LoginRecord | None = None
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
        self._storage.set_value(state, record.to_json(), seconds)

    # ---- at launch -------------------------------------------------------------------------------------------

    def look_up(self, state: str) -> LoginRecord:
        """The record of a state, without using it up. Raises state.used, state_unknown or state_expired."""
        value = self._storage.get_value(state)
        if value is None:
            raise refusal("state.used" if self._storage.is_spent(state) else "state.unknown")
        return LoginRecord.from_json(value)

    def use_up(self, state: str, record: LoginRecord) -> None:
        """Takes the record: of all launches that carry this state one gets past here."""
        if self._storage.take(state, spent_names=(_nonce_name(record.nonce),)) is None:
            raise refusal("state.used")
        self._taken = record

    def check_nonce(self, nonce: str) -> bool:
        """Whether the nonce is that of the login just taken; raises claim.nonce_used for an old one."""
        if self._taken is not None and hmac.compare_digest(self._taken.nonce.encode(), nonce.encode()):
            return True
        if self._storage.is_spent(_nonce_name(nonce)):
            raise refusal("claim.nonce_used")
        return False

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        """PyLTI1p3 would accept a token it has seen before; here nothing is accepted twice."""
        return False


def _nonce_name(nonce: str) -> str:
    return f"nonce-{nonce}"
