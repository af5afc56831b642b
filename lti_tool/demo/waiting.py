"""What a step expects, and how long it waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_S = 0.1


class NotAsTold(Exception):
    """The pages do not say what the story tells."""


def expect(holds: object, otherwise: str) -> None:
    """Ends the step with `otherwise` unless `holds`."""
    if not holds:
        raise NotAsTold(otherwise)


def until(look: Callable[[], T | None], *, within: float, what: str) -> tuple[T, int]:
    """The first answer of `look` that is not None (nor False), and the milliseconds until it was there.

    Asks over HTTP ten times a second at most, for `within` seconds. Raises NotAsTold.
    """
    began = time.perf_counter()
    while True:
        found = look()
        passed = time.perf_counter() - began
        if found is not None and found is not False:
            return found, round(passed * 1000)
        if passed > within:
            raise NotAsTold(f"{what} did not happen within {within:g} s")
        time.sleep(PAUSE_S)
