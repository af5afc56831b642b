"""gathering: calls that come while others are being done are done together with them, or together after them.

A transaction costs the same whether it stores one event or ten, and a class hands in at once. Nobody waits for company:
who comes while nothing is being done is done at once, and who comes later would have waited for the writer anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, cast

# So that the first of them is not kept for long.
MOST_TOGETHER = 16

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class _Call(Generic[Asked, Answered]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Answered | Exception | None = None
        self.is_done = False
        # Set when it is answered, or when it is this thread's turn to do those who wait.
        self.woken = threading.Event()


class Gathering(Generic[Asked, Answered]):
    """`do` is handed those who wait, and once it is done with them those who came meanwhile, and so on; it gives an
    answer for each in their order. An exception among the answers is raised for its caller, one that `do` raises for
    all of them. It is called by one thread at a time, always by one of those who wait for its answer."""

    def __init__(self, do: Callable[[Iterable[Sequence[Asked]]], Sequence[Answered | Exception]]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._waiting: list[_Call[Asked, Answered]] = []
        self._busy = False

    def __call__(self, asked: Asked) -> Answered:
        call: _Call[Asked, Answered] = _Call(asked)
        with self._lock:
            self._waiting.append(call)
            leads, self._busy = not self._busy, True
        if not leads:
            call.woken.wait()
        if not call.is_done:
            self._lead()
        if isinstance(call.answer, Exception):
            raise call.answer
        return cast(Answered, call.answer)

    def _lead(self) -> None:
        together = self._waiting_for(MOST_TOGETHER)
        try:
            answers = self._do(self._join(together))
            for call, answer in zip(together, answers, strict=True):
                call.answer = answer
        except Exception as error:
            for call in together:
                call.answer = error
        finally:
            with self._lock:
                following = self._waiting[:1]
                self._busy = bool(following)
            for call in together:
                call.is_done = True
            for call in [*together, *following]:
                call.woken.set()

    def _waiting_for(self, most: int) -> list[_Call[Asked, Answered]]:
        with self._lock:
            some, self._waiting = self._waiting[:most], self._waiting[most:]
        return some

    def _join(self, together: list[_Call[Asked, Answered]]) -> Iterator[list[Asked]]:
        some = list(together)
        while some:
            yield [call.asked for call in some]
            some = self._waiting_for(MOST_TOGETHER - len(together))
            together += some
