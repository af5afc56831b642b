"""PyLTI1p3's launch data storage over the table of single-use values."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pylti1p3.launch_data_storage.base import LaunchDataStorage

from lti_tool.usecases.ports import Clock, Transactions

PURPOSE = "lti-login"
SPENT = "lti-login-spent"
# How long a spent or expired value is still recognised, so that a person is told the true reason.
REMEMBER = timedelta(hours=1)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")


class NonceStorage(LaunchDataStorage[Any]):
    """Values that are read once. Each operation is one short transaction of its own.

    None of them waits for the disk: a power cut may forget a login under way, and the person launches again. That a
    login is spent is on disk before the session that it opened, because the log of a database keeps their order.

    `check_value` takes what it finds: of a hundred requests with the same nonce one sees it.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        super().__init__()
        self._transactions = transactions
        self._clock = clock

    def get_session_cookie_name(self) -> str | None:
        return None  # the values are bound to a browser by us, not by a session cookie

    def can_set_keys_expiration(self) -> bool:
        return True

    def set_value(self, key: str, value: Any, exp: int | None = None) -> None:
        """Keeps a JSON value for `exp` seconds."""
        with self._transactions(durable=False) as unit:
            expires_at = self._clock.now() + timedelta(seconds=exp or 600)
            unit.nonces.put(PURPOSE, key, value, expires_at)
            unit.commit()

    def get_value(self, key: str) -> Any:
        """Looks without taking; None for what is unknown, taken or no key of ours at all."""
        return self._peek(PURPOSE, key)

    def check_value(self, key: str) -> bool:
        return self.take(key) is not None

    def take(self, key: str) -> Any:
        """Gives and removes in one atomic step, and remembers for a while that `key` is spent."""
        if not _KEY.fullmatch(key):
            return None
        with self._transactions(durable=False) as unit:
            now = self._clock.now()
            value = unit.nonces.take(PURPOSE, key, now)
            if value is not None:
                unit.nonces.put(SPENT, key, {}, now + REMEMBER)
            unit.commit()
        return value

    def is_spent(self, name: str) -> bool:
        """Whether this state or nonce was used within the last hour."""
        return self._peek(SPENT, name) is not None

    def _peek(self, purpose: str, key: str) -> Any:
        if not _KEY.fullmatch(key):
            return None
        with self._transactions(write=False) as unit:
            return unit.nonces.peek(purpose, key, self._clock.now())
