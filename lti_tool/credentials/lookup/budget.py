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
    """The look-ups of one badge: refuses the one too many, so that no badge makes this machine fetch at length."""

    def __init__(self, inner: Lookups, most: int = MOST_LOOKUPS) -> None:
        self._inner = inner
        self._left = most

    def did_document(self, did: str) -> dict[str, Any]:
        return self._spend().did_document(did)

    def key_document(self, url: str) -> dict[str, Any]:
        return self._spend().key_document(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._spend().hosted_document(url)

    def status_list(self, url: str) -> dict[str, Any] | str:
        return self._spend().status_list(url)

    def _spend(self) -> Lookups:
        if not self._left:
            raise BadgeToolError("lookup.too_many", "The badge refers to too many other documents.")
        self._left -= 1
        return self._inner


def _asked(ask: Callable[[str], Any], name: str) -> Any:
    try:
        return ask(name)
    except BadgeToolError as error:
        return error
