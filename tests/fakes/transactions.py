"""A database in memory, as far as the LTI room needs one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from lti_tool.domain.platform import Registration


class MemoryNonces:
    """Implements usecases.ports.Nonces."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[dict[str, Any], datetime]] = {}

    def put(self, purpose: str, key: str, value: dict[str, Any], expires_at: datetime) -> None:
        assert (purpose, key) not in self.rows, "a single-use value is stored once"
        self.rows[(purpose, key)] = (value, expires_at)

    def claim(self, purpose: str, key: str, expires_at: datetime) -> bool:
        return self.rows.setdefault((purpose, key), (row := {}, expires_at))[0] is row

    def take(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        value, expires_at = self.rows.pop((purpose, key), (None, now))
        return value if expires_at > now else None

    def peek(self, purpose: str, key: str, now: datetime) -> dict[str, Any] | None:
        value, expires_at = self.rows.get((purpose, key), (None, now))
        return value if expires_at > now else None

    def sweep(self, now: datetime) -> int:
        old = [name for name, (_, expires_at) in self.rows.items() if expires_at <= now]
        for name in old:
            del self.rows[name]
        return len(old)


class MemoryRegistrations:
    """Implements the part of usecases.ports.Registrations that launches use. `changes` counts them."""

    def __init__(self) -> None:
        self.changes = 0
        self.rows: dict[str, Registration] = {}
        self.states: dict[tuple[str, str], str] = {}

    def get(self, registration_id: str) -> Registration | None:
        return self.rows.get(registration_id)

    def find(self, issuer: str, client_id: str | None) -> list[Registration]:
        return [row for row in self.rows.values() if row.issuer == issuer and client_id in (None, row.client_id)]

    def save(self, registration: Registration) -> None:
        self.rows[registration.id] = registration
        self.changes += 1

    def deployments(self, registration_id: str) -> dict[str, str]:
        return {name: state for (of, name), state in self.states.items() if of == registration_id}

    def deployment_state(self, registration_id: str, deployment_id: str) -> str | None:
        return self.states.get((registration_id, deployment_id))

    def save_deployment(self, registration_id: str, deployment_id: str, state: str) -> None:
        self.states[(registration_id, deployment_id)] = state
        self.changes += 1


class MemoryUnit:
    def __init__(self, nonces: MemoryNonces, registrations: MemoryRegistrations) -> None:
        self.nonces = nonces
        self.registrations = registrations

    def commit(self) -> None:
        return None


class MemoryTransactions:
    """Implements usecases.ports.Transactions; one transaction at a time, as SQLite has it. `before_writing` lets a test
    hold those back that are about to write."""

    autocommits = False

    def __init__(self) -> None:
        self.nonces = MemoryNonces()
        self.registrations = MemoryRegistrations()
        self.before_writing: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    @property
    def platform_changes(self) -> int:
        return self.registrations.changes

    @contextmanager
    def __call__(
        self, *, write: bool = True, durable: bool = True, leads: bool = False, brief: bool = False
    ) -> Iterator[Any]:
        if write:
            self.before_writing()
        with self._lock:
            yield MemoryUnit(self.nonces, self.registrations)
