"""Objects that stand in front of others and tell of what passes through them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.observability.failpoints import Watch

# The first words of those methods that change something; a crash while reading is one between two changes.
_BEGINNINGS = frozenset({"add", "allocate", "begin", "claim", "lead", "lock", "merge", "note", "open", "put", "save"})
_ENDINGS = frozenset(
    {"end", "forget", "leave", "mark", "redeem", "retire", "revoke", "settle", "sign", "sweep", "take", "touch"}
)
CHANGES = _BEGINNINGS | _ENDINGS
_QUEUE = frozenset({"bury", "claim", "done", "release", "retry"})
_ROOMS = ("lti_tool.usecases.", "lti_tool.delivery.")
# work.py adds pieces of work for all use cases; each point is named after the one that asked for it.
_SHARED = "lti_tool.usecases.work"


def use_case() -> str:
    """The name of the use case (or destination) that is being carried out, found among those who called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(_ROOMS) and module != _SHARED:
            return module.split(".")[2]
        frame = frame.f_back
    return "other"


class Passing:
    """A port: every call that changes something passes the point ``use case.port.method``, before and after."""

    def __init__(self, inner: Any, watch: Watch, port: str) -> None:
        self._inner = inner
        self._watch = watch
        self._port = port

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found) or name.partition("_")[0] not in CHANGES:
            return found
        return partial(self._pass, f"{self._port}.{name}", found)

    def _pass(self, step: str, do: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        return passing(self._watch, f"{use_case()}.{step}", partial(do, *args, **more))


class PassingUnit(Passing):
    """A unit of work: its repositories are ports, and its commit is a point."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "commit":
            return partial(self._pass, name, found)
        return found if callable(found) or isinstance(found, bool) else Passing(found, self._watch, name)


class PassingTransactions:
    """Opens units of work that tell of themselves."""

    def __init__(self, inner: SqlTransactions, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def __call__(self, **options: bool) -> Iterator[PassingUnit]:
        with self._inner(**options) as unit:
            yield PassingUnit(unit, self._watch, "")


class PassingQueue:
    """The worker's side of the outbox; what is done to a job is named after the job's kind."""

    def __init__(self, inner: Any, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return partial(self._pass, name, found) if name in _QUEUE else found

    def _pass(self, name: str, do: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        kind = getattr(args[0], "kind", "")
        point = f"{kind}.queue.{name}" if kind else f"queue.{name}"
        return passing(self._watch, point, partial(do, *args, **more))


def passing(watch: Watch, point: str, do: Callable[[], Any]) -> Any:
    """Does it, and tells before and after."""
    watch("before", point)
    answer = do()
    watch("after", point)
    return answer
