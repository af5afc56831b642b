"""Every key that ever signed a badge, by its public half."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """`purpose` is one of the key store's, `jwk` the public half (RFC 7517). A withdrawn key is none of its issuers'
    any more: whatever it signed is no longer theirs."""

    kid: str
    purpose: str
    jwk: dict[str, str]
    published_at: datetime
    withdrawn_at: datetime | None = None
    reason: str = ""


class KeyHistory(Protocol):
    def add(self, keys: Iterable[PublishedKey]) -> None:
        """Those that stand there already stay as they are."""
        ...

    def all(self) -> list[PublishedKey]:
        """The newest first."""
        ...

    def withdraw(self, kid: str, at: datetime, reason: str) -> None:
        """Once for all: a second call changes nothing."""
        ...
