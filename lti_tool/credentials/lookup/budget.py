"""One badge may cost a few look-ups, and the badges of one answer share what was looked up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from lti_tool.domain.errors import BadgeToolError

# A badge with two status entries, a class, an issuer and endorsements by five others stays below this.
MOST_LOOKUPS = 16
_MOST_REMEMBERED = 256


T = TypeVar("T")


class Lookups(Protocol):
    def did_document(self, did: str) -> dict[str, Any]: ...
    def key_document(self, url: str) -> dict[str, Any]: ...
    def hosted_document(self, url: str) -> dict[str, Any]: ...
    def status_list(self, url: str) -> dict[str, Any] | str: ...


class Remembered:
    """Asks once for each address; safe to share between threads. Forgotten with the answer it was made for.

    Failures are remembered too: 200 badges of an issuer that does not answer cost one time limit, not 200.
    """

    def __init__(self, inner: Lookups) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._one_by_one: dict[tuple[str, str], threading.Lock] = {}
        self._known: dict[tuple[str, str], Any] = {}

    def did_document(self, did: str) -> dict[str, Any]:
        return self._once("did", did, self._inner.did_document)

    def key_document(self, url: str) -> dict[str, Any]:
        return self._once("key", url, self._inner.key_document)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._once("hosted", url, self._inner.hosted_document)

    def status_list(self, url: str) -> dict[str, Any] | str:
        return self._once("status", url, self._inner.status_list)

    def _once(self, kind: str, name: str, ask: Callable[[str], T]) -> T:
        key = (kind, name)
        with self._lock:
            mine = self._one_by_one.setdefault(key, threading.Lock())
        with mine:
            found = self._known[key] if key in self._known else _asked(ask, name)
            if len(self._known) < _MOST_REMEMBERED:
                self._known[key] = found
        if isinstance(found, BadgeToolError):
            raise found
        return cast(T, found)


class Budget:
    """The look-ups of one badge, or of a record of many: refuses the one too many, so that nothing that is handed in
    makes this machine fetch at length. What was asked for before is free."""

    def __init__(self, inner: Lookups, most: int = MOST_LOOKUPS) -> None:
        self._inner = inner
        self._most = most
        self._asked: set[tuple[str, str]] = set()

    def did_document(self, did: str) -> dict[str, Any]:
        return self._spend("did", did).did_document(did)

    def key_document(self, url: str) -> dict[str, Any]:
        return self._spend("key", url).key_document(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._spend("hosted", url).hosted_document(url)

    def status_list(self, url: str) -> dict[str, Any] | str:
        return self._spend("status", url).status_list(url)

    def _spend(self, kind: str, name: str) -> Lookups:
        if (kind, name) not in self._asked and len(self._asked) >= self._most:
            raise BadgeToolError("lookup.too_many", "The badge refers to too many other documents.")
        self._asked.add((kind, name))
        return self._inner


def _asked(ask: Callable[[str], Any], name: str) -> Any:
    try:
        return ask(name)
    except BadgeToolError as error:
        return error
