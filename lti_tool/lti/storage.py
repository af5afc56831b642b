"""PyLTI1p3's launch data storage, which here holds nothing but the names of logins that were used up."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from pylti1p3.launch_data_storage.base import LaunchDataStorage

from lti_tool.lti.login_state import LIFETIME
from lti_tool.usecases.ports import Clock, Transactions

SPENT = "lti-login-spent"
# How long a login that was used up is still recognised: as long as it could be used, and longer, so that a person is
# told the true reason.
REMEMBER = LIFETIME + timedelta(hours=1)
_NAME = re.compile(r"[A-Za-z0-9_~-]{1,200}")


class SpentLogins(LaunchDataStorage[Any]):
    """Each operation is one short transaction of its own.

    None of them waits for the disk: that a login is spent is on disk before the session that it opened, because the log
    of a database keeps their order.
    """

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

    def spend(self, name: str) -> bool:
        """True for the first who asks, on whatever process; false for everybody after."""
        with self._transactions(durable=False) as unit:
            first = unit.nonces.claim(SPENT, name, self._clock.now() + REMEMBER)
            unit.commit()
        return first

    def is_spent(self, name: str) -> bool:
        """Whether this login was used within the last hour; a name that none of ours can have never was."""
        return self._is_kept(name, self._clock.now())

    def is_spent_since(self, name: str, moment: datetime) -> bool:
        """Whether it was used after that moment."""
        return self._is_kept(name, moment + REMEMBER)

    def _is_kept(self, name: str, then: datetime) -> bool:
        if not _NAME.fullmatch(name):
            return False
        with self._transactions(write=False) as unit:
            return unit.nonces.peek(SPENT, name, then) is not None
