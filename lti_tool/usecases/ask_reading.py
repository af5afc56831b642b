""" "Read now" and "Check again": a course, or what the LMS says of one learner, is read because somebody asks."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

# How often the same course or the same learner may be asked for.
AGAIN_AFTER = timedelta(minutes=1)
_PURPOSE = "asked-reading"


class AskReading:
    """Asking again while it waits changes nothing."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def course(self, course_id: str) -> bool:
        """Asks for the whole course. False where somebody did less than a minute ago."""
        with self._transactions() as unit:
            if not self._claim(unit, course_id):
                return False
            work.read_course(unit, course_id, Why.ASKED)
            unit.commit()
        return True

    def learner(self, course_id: str, person_id: str) -> bool:
        """Asks for one learner of the course. False where she did less than a minute ago."""
        with self._transactions() as unit:
            if not self._claim(unit, f"{course_id}:{person_id}"):
                return False
            work.read_learner(unit, course_id, person_id)
            unit.commit()
        return True

    def _claim(self, unit: UnitOfWork, key: str) -> bool:
        now = self._clock.now()
        if unit.nonces.peek(_PURPOSE, key, now) is not None:
            return False
        unit.nonces.take(_PURPOSE, key, now)
        return unit.nonces.claim(_PURPOSE, key, now + AGAIN_AFTER)
