"""keep_house: what must happen now and then. Who leads the sweeps makes it due (lead_sweeps)."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.platform import RegistrationState
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork
from lti_tool.usecases.publish_status_list import RENEW_BEFORE


class KeepHouse:
    """`read_every`: how old a course's reading may grow before the LMS is asked again."""

    def __init__(self, transactions: Transactions, clock: Clock, read_every: timedelta) -> None:
        self._transactions = transactions
        self._clock = clock
        self._read_every = read_every

    def __call__(self) -> None:
        now = self._clock.now()
        with self._transactions() as unit:
            unit.nonces.sweep(now)
            unit.launch_sessions.sweep(now)
            for status_list in unit.status_lists.all():
                lapses = status_list.valid_until is None or status_list.valid_until - now < RENEW_BEFORE
                if lapses or status_list.signed_revision < status_list.revision:
                    work.publish_status_list(unit, status_list.id)
            self._read_courses(unit)
            unit.commit()

    def _read_courses(self, unit: UnitOfWork) -> None:
        stale = self._clock.now() - self._read_every
        for registration in unit.registrations.all():
            if registration.state is not RegistrationState.ACTIVE:
                continue
            for course in unit.courses.of_registration(registration.id):
                reading = unit.courses.reading(course.id)
                read_at = max(filter(None, (reading.grades_read_at, reading.roster_read_at)), default=None)
                if read_at is None or read_at < stale:
                    work.read_course(unit, course.id)
