"""Watches calls of a platform's services, who comes for our own public keys, and events that cannot be applied."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from lti_tool.bootstrap.notebook import Notebook
from lti_tool.db.engine import StorageError
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Seen
from lti_tool.domain.platform import Registration
from lti_tool.lti.foreign_columns import ForeignColumns
from lti_tool.usecases.apply_events import MOST_TRIES
from lti_tool.usecases.ports import Clock, Transactions

log = structlog.get_logger(__name__)
_GONE = frozenset({404, 410})


class Watched:
    """A service port whose calls are noted under `key`; everything else of it is as it was.

    A failure to get an access token says nothing of the service itself, and is noted as what it is; and a course that
    is gone says nothing of the platform.
    """

    def __init__(self, inner: Any, notebook: Notebook, key: Seen, methods: frozenset[str]) -> None:
        self._inner = inner
        self._notebook = notebook
        self._key = key
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._noting(found) if name in self._methods else found

    def _noting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(registration: Any, *args: Any, **more: Any) -> Any:
            try:
                answer = method(registration, *args, **more)
            except BadgeToolError as error:
                if error.status in _GONE:
                    raise
                key = Seen.TOKEN if error.code.startswith("token.") else self._key
                self._notebook.note(registration.id, key, False, error.code, error.message)
                raise
            self._notebook.note(registration.id, self._key, ok=True)
            return answer

        return call


class NotedColumns:
    """Columns of others in a gradebook; whether the platform lists any is noted."""

    def __init__(self, inner: ForeignColumns, notebook: Notebook) -> None:
        self._inner = inner
        self._notebook = notebook

    def offered(self, registration: Registration, course: Course) -> bool:
        return self._inner.offered(registration, course)

    def read_json(self, registration: Registration, course: Course) -> list[dict[str, Any]]:
        rows = self._inner.read_json(registration, course)
        if rows:
            self._notebook.note(registration.id, Seen.WHOLE_GRADEBOOK, ok=True)
        return rows


class KeyFetches:
    """Remembers when somebody last came for our public keys, for all processes of this installation."""

    PURPOSE, KEY = "own-keys-fetched", "last"
    # A platform that is asked for a token comes within seconds.
    GRAIN = timedelta(seconds=2)
    KEPT = timedelta(minutes=10)

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        self._lock = threading.Lock()
        self._written: datetime | None = None

    def noting(self, public_keys: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        """The same answer; the fetch is written down, at most once in two seconds a process."""

        def fetched() -> dict[str, Any]:
            now = self._clock.now()
            with self._lock:
                due = self._written is None or now - self._written >= self.GRAIN
                if due:
                    self._written = now
            if due:
                self._write(now)
            return public_keys()

        return fetched

    def since(self, moment: datetime) -> bool:
        """Whether somebody came at that moment or later."""
        with self._transactions(write=False) as unit:
            value = unit.nonces.peek(self.PURPOSE, self.KEY, self._clock.now())
        return value is not None and datetime.fromisoformat(value["at"]) + self.GRAIN >= moment

    def _write(self, now: datetime) -> None:
        try:
            with self._transactions() as unit:
                unit.nonces.take(self.PURPOSE, self.KEY, now)
                unit.nonces.put(self.PURPOSE, self.KEY, {"at": now.isoformat()}, now + self.KEPT)
                unit.commit()
        except StorageError:
            # Another process wrote at the same moment, or the database is away: the keys are served in any case.
            return


def tell_failure(row_id: int, tries: int, error: Exception | None) -> None:
    """A log line for an event that could not be applied; what it says stays in the database."""
    code = getattr(error, "code", type(error).__name__) if error else "event.crashed"
    log.warning("event.not_applied", id=row_id, tries=tries, code=code, set_aside=tries >= MOST_TRIES)
