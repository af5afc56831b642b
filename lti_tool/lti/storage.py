"""PyLTI1p3's launch data storage, which here holds nothing but the names of logins that were used up."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pylti1p3.launch_data_storage.base import LaunchDataStorage

from lti_tool.domain.launch import LoginUse
from lti_tool.lti.login_state import LIFETIME
from lti_tool.lti.refusals import refusal
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

SPENT = "lti-login-spent"
# How long a login that was used up is still recognised: as long as it could be used, and longer, so that a person is
# told the true reason.
REMEMBER = LIFETIME + timedelta(hours=1)
_NAME = re.compile(r"[A-Za-z0-9_~-]{1,200}")


class SpentLogins(LaunchDataStorage[Any]):
    """Each operation but `use_up` is one short transaction of its own. None of them waits for the disk."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        super().__init__()
        self._transactions = transactions
        self._clock = clock

    def get_session_cookie_name(self) -> str | None:
        return None  # the values are bound to a browser by us, not by a session cookie

    def can_set_keys_expiration(self) -> bool:
        return True

    # PyLTI1p3 would keep whole launches here; ours are kept by the use case that opens a session.

    def set_value(self, key: str, value: Any, exp: int | None = None) -> None:
        return None

    def get_value(self, key: str) -> Any:
        return None

    def check_value(self, key: str) -> bool:
        return False

    def use_up(self, unit: UnitOfWork, login: LoginUse) -> None:
        """Of all launches that end this login one gets past here: in the transaction that opens its session.

        Raises claim.nonce_used for those that came while that one was on its way, state.used for those that came later.
        """
        if not unit.nonces.claim(SPENT, login.name, self._clock.now() + REMEMBER):
            at_once = unit.nonces.peek(SPENT, login.name, login.came_at + REMEMBER) is not None
            raise refusal("claim.nonce_used" if at_once else "state.used")

    def spend(self, name: str) -> bool:
        """True for the first who asks, on whatever process; false for everybody after."""
        with self._transactions(durable=False) as unit:
            first = unit.nonces.claim(SPENT, name, self._clock.now() + REMEMBER)
            unit.commit()
        return first

    def is_spent(self, name: str) -> bool:
        """Whether this login was used within the last hour; a name that none of ours can have never was."""
        if not _NAME.fullmatch(name):
            return False
        with self._transactions(write=False) as unit:
            return unit.nonces.peek(SPENT, name, self._clock.now()) is not None
