"""Failpoints: named places at which a test lets this process die, to see what the next one finds.

``LTI_BADGES_FAILPOINT="before issue_credential.commit 2"`` kills the process, as ``kill -9`` does, when it comes to
that point for the second time. It works by environment only, and only where the setting `allow_failpoints` is on.
docs/reference/failpoints.md lists the points.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from typing import Literal, Protocol, cast

from lti_tool.domain.errors import BadgeToolError

ARMED_BY = "LTI_BADGES_FAILPOINT"

When = Literal["before", "after"]


class Watch(Protocol):
    """Told of every point that the process comes to, before what happens there and after it."""

    def __call__(self, when: When, point: str) -> None: ...


class Crash:
    """Kills the process at one point, the `hit`-th time that it comes there. Nothing is cleaned up or written.

    With SIGSTOP as `how` it freezes there instead, until somebody wakes it.
    """

    def __init__(self, when: When, point: str, hit: int = 1, how: signal.Signals = signal.SIGKILL) -> None:
        self._place = (when, point)
        self._left = hit
        self._how = how
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether it has come to that (and the process was woken again)."""
        return self._left <= 0

    def __call__(self, when: When, point: str) -> None:
        if (when, point) != self._place:
            return
        with self._lock:
            self._left -= 1
            is_here = self._left == 0
        if is_here:
            os.kill(os.getpid(), self._how)


def armed(environment: Mapping[str, str], *, allowed: bool) -> Watch | None:
    """What the environment asks for. Raises `failpoint.not_allowed` where the setting does not permit any, so that
    nobody's real installation dies of a variable that was left over, and `failpoint.malformed`."""
    text = environment.get(ARMED_BY, "")
    if not text:
        return None
    if not allowed:
        raise BadgeToolError(
            "failpoint.not_allowed",
            f"{ARMED_BY} is set, and the setting allow_failpoints is off.",
            status=500,
            hint=f"Take {ARMED_BY} out of the environment: it lets the tool die on purpose.",
        )
    return crash_at(text)


def crash_at(text: str, how: signal.Signals = signal.SIGKILL) -> Crash:
    """``before POINT`` or ``after POINT``, and which time. Raises `failpoint.malformed`."""
    when, *rest = text.split()
    if when not in ("before", "after") or not 1 <= len(rest) <= 2 or not all(hit.isdigit() for hit in rest[1:]):
        raise BadgeToolError(
            "failpoint.malformed", f"{ARMED_BY} reads “before POINT” or “after POINT”, and which time.", status=500
        )
    return Crash(cast(When, when), rest[0], int(rest[1]) if rest[1:] else 1, how)
