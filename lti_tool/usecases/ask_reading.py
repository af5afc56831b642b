""" "Read now" and "Check again": a course, or what the LMS says of one learner, is read because somebody asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, CourseReading, Transactions, UnitOfWork

# How often the same course or the same learner may be asked for.
AGAIN_AFTER = timedelta(minutes=1)
_PURPOSE = "asked-reading"
_OWN = "own-reading"
# By then the whole course was read anew.
_KEPT = timedelta(days=2)


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


def note_own_reading(unit: UnitOfWork, course_id: str, person_id: str, read_at: datetime) -> None:
    """That every source told of this learner alone."""
    key = f"{course_id}:{person_id}"
    unit.nonces.take(_OWN, key, read_at)
    unit.nonces.put(_OWN, key, {"at": read_at.isoformat()}, read_at + _KEPT)


def reading_for(unit: UnitOfWork, course_id: str, person_id: str, now: datetime) -> CourseReading:
    """How fresh what she sees is: as the course, or as the last reading of her alone where that is later."""
    reading = unit.courses.reading(course_id)
    own = unit.nonces.peek(_OWN, f"{course_id}:{person_id}", now)
    if own is None:
        return reading
    at = datetime.fromisoformat(own["at"])
    return replace(reading, grades_read_at=max(at, reading.grades_read_at or at))
