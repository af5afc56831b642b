"""check_badges: anybody hands in badges and gets an answer for each. Nothing is kept, neither badge nor answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from lti_tool.domain.credential import CheckName, CheckOutcome, VerificationReport
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Clock

MOST_AT_ONCE = 200
# An employer's 200 badges are answered within a minute; what an issuer's server did not answer by then is told so.
MOST_SECONDS = 50.0
_HANDS = 8
_MOST_BATCHES = 2


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One badge: its bytes or text, or the address where it is. `name` is what the person knows it by."""

    name: str
    data: bytes | str = b""
    link: str = ""


@dataclass(frozen=True, slots=True)
class CheckedBadge:
    """The answer for one badge. Without a report nothing could be looked at, and `error` says why.

    `issuer_known`: whether the issuer whose key signed it is one of this installation. Of others nothing is known here
    but what they publish themselves.
    """

    handed: HandedIn
    checked_at: datetime
    report: VerificationReport | None = None
    error: BadgeToolError | None = None
    issuer_known: bool = False


class BadgeInspector(Protocol):
    """Looks badges up and checks them; remembers what it looked up for as long as one answer takes."""

    def fetch(self, link: str) -> bytes:
        """What stands at a badge's address. Raises `lookup.*` and `http.*`."""
        ...

    def verify(self, badge: str | bytes) -> VerificationReport: ...

    def knows(self, issuer_id: str) -> bool:
        """Whether it is an issuer of this installation."""
        ...


class CheckBadges:
    """`inspector()` gives a fresh one for each answer."""

    def __init__(self, inspector: Callable[[], BadgeInspector], clock: Clock) -> None:
        self._inspector = inspector
        self._clock = clock
        self._batches = threading.BoundedSemaphore(_MOST_BATCHES)

    def one(self, handed: HandedIn) -> CheckedBadge:
        return self._check(self._inspector(), handed)

    @contextmanager
    def many(self, handed: Sequence[HandedIn]) -> Iterator[Iterator[tuple[int, CheckedBadge]]]:
        """Each badge's place in what was handed in, with its answer, in the order in which they are ready.

        A context: leaving it makes room for others. Raises `verify.nothing`, `verify.too_many`, and `verify.busy`
        (503) while others' batches fill the machine.
        """
        if not handed:
            raise BadgeToolError("verify.nothing", "There is no badge in what you sent.", status=422)
        if len(handed) > MOST_AT_ONCE:
            raise too_many()
        if not self._batches.acquire(blocking=False):
            hint = "Try again in a minute."
            raise BadgeToolError("verify.busy", "Others check many badges just now.", status=503, hint=hint)
        try:
            yield self._in_turn(handed)
        finally:
            self._batches.release()

    def _in_turn(self, handed: Sequence[HandedIn]) -> Iterator[tuple[int, CheckedBadge]]:
        inspector, ends = self._inspector(), self._clock.now() + timedelta(seconds=MOST_SECONDS)
        with _hands() as pool:
            places: dict[Future[CheckedBadge], int] = {
                pool.submit(self._check, inspector, one): place for place, one in enumerate(handed)
            }
            open_ = set(places)
            while open_ and self._clock.now() < ends:
                done, open_ = wait(open_, timeout=1.0, return_when="FIRST_COMPLETED")
                for future in done:
                    yield places[future], future.result()
        for future in open_:
            late = BadgeToolError("verify.time_over", "There was no time left to check this one.", status=504)
            yield places[future], CheckedBadge(handed[places[future]], self._clock.now(), error=late)

    def _check(self, inspector: BadgeInspector, handed: HandedIn) -> CheckedBadge:
        now = self._clock.now()
        try:
            data = inspector.fetch(handed.link) if handed.link else handed.data
            report = inspector.verify(data)
            return CheckedBadge(handed, now, report=report, issuer_known=_is_known(report, inspector))
        except BadgeToolError as error:
            return CheckedBadge(handed, now, error=error)


def _is_known(report: VerificationReport, inspector: BadgeInspector) -> bool:
    """A badge that merely says whose it is makes nobody known."""
    signed = report.check(CheckName.ISSUER_KEY).outcome is CheckOutcome.PASSED
    return signed and report.facts is not None and inspector.knows(report.facts.issuer_id)


def too_many() -> BadgeToolError:
    message = f"At most {MOST_AT_ONCE} badges can be checked at once."
    return BadgeToolError("verify.too_many", message, status=413, hint="Send the rest in a second go.")


@contextmanager
def _hands() -> Iterator[ThreadPoolExecutor]:
    """Threads that are not waited for: what still runs ends with its own time limit."""
    pool = ThreadPoolExecutor(_HANDS, thread_name_prefix="verify")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
