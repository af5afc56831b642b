"""One line item for each badge, though AGS knows no key under which making one twice would have no effect.

One worker at a time makes the column of a badge, for as long as its lease lasts by the database's clock. It looks
first, says that it is about to make one, and posts; a deadline that began before it said so, and is over before its
lease, cuts the request of a worker that was frozen in between. What still came twice, as from a platform that answers
nothing and makes the column later, is found by a look at the gradebook some time afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import structlog

from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook.statements import Situation
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.http.deadline import deadline
from lti_tool.usecases import work
from lti_tool.usecases.ports import Gradebook, Transactions, UnitOfWork

log = structlog.get_logger(__name__)

# For finding it and, anew, for making it: each within the lease that was taken before it.
CALL_SECONDS = 9.0
LEASE = timedelta(seconds=12)
# By then a platform has done what it was asked before, or never does it.
LOOK_AFTER = timedelta(seconds=30)
_UNCLEAR = frozenset({408})


class Columns:
    def __init__(self, gradebook: Gradebook, transactions: Transactions) -> None:
        self._gradebook = gradebook
        self._transactions = transactions

    def address(self, situation: Situation, gone: str | None = None) -> str:
        """The badge's line item: the stored one unless that is `gone`, else the one that the platform has, else a new
        one. Raises BadgeToolError, `gradebook.column_being_made` while another worker is at it."""
        making = _Making(self._transactions, situation, gone)
        stored = making.begin()
        if stored is not None:
            return stored
        try:
            return self._find_or_make(making, situation)
        except BadgeToolError as error:
            if error.status < 500 and error.status not in _UNCLEAR:
                making.give_up()
            raise

    def _find_or_make(self, making: _Making, situation: Situation) -> str:
        registration, course, badge = situation.registration, situation.course, situation.achievement
        with deadline(CALL_SECONDS):
            found = self._found(registration, course, badge.id)
        if found:
            return making.keep(found[0])
        with deadline(CALL_SECONDS):
            stored = making.announce()
            if stored is not None:
                return stored
            made = self._gradebook.make_column(registration, course, resource_id=badge.id, label=badge.name)
        kept = making.keep(made)
        if kept != made:
            self._remove(registration, made, kept)
        return kept

    def look_again(self, course_id: str, achievement_id: str) -> None:
        """Removes what was made twice: every line item of the badge but the stored one. Repeatable."""
        with self._transactions(write=False) as uow:
            kept, course = uow.deliveries.column(achievement_id), uow.courses.get(course_id)
            registration = uow.registrations.get(course.registration_id) if course else None
        if kept is None or course is None or registration is None:
            return
        found = self._found(registration, course, achievement_id)
        # Where the stored one is not there, a teacher deleted it, and the next score finds one of the others.
        for double in found if kept in found else ():
            if double != kept:
                self._remove(registration, double, kept)

    def _found(self, registration: Registration, course: Course, achievement_id: str) -> list[str]:
        return self._gradebook.columns(registration, course, resource_id=achievement_id)

    def _remove(self, registration: Registration, double: str, kept: str) -> None:
        removed = self._gradebook.remove_empty_column(registration, double)
        log.warning("gradebook.column_made_twice", kept=kept, double=double, removed=removed)


class _Making:
    """One try of one worker to come to a column. Every step gives the stored column where there is one by now."""

    def __init__(self, transactions: Transactions, situation: Situation, gone: str | None) -> None:
        self._transactions = transactions
        self._course_id = situation.course.id
        self._badge = situation.achievement.id
        self._gone = gone
        # With an id of 36 characters it just fits.
        self._lease = f"ags:{self._badge}"
        self._holder = uuid4().hex

    def begin(self) -> str | None:
        with self._transactions() as uow:
            stored = self._turn(uow)
            if stored is None:
                uow.commit()
        return stored

    def announce(self) -> str | None:
        """The lease anew, for what is posted next; and whatever becomes of that, somebody will look at it later."""
        with self._transactions() as uow:
            stored = self._turn(uow)
            if stored is None:
                work.look_at_column(uow, self._course_id, self._badge, uow.work_time() + LOOK_AFTER)
                uow.commit()
        return stored

    def keep(self, url: str) -> str:
        """Stores it, unless somebody was faster."""
        with self._transactions() as uow:
            stored = self._turn(uow)
            if stored is None:
                uow.deliveries.save_column(self._badge, url)
                uow.leases.leave(self._lease, self._holder)
                uow.commit()
        return stored or url

    def give_up(self) -> None:
        """Nothing was made: the next may try at once."""
        with self._transactions() as uow:
            uow.leases.leave(self._lease, self._holder)
            uow.commit()

    def _turn(self, uow: UnitOfWork) -> str | None:
        """Takes or prolongs the lease; nobody else stores a column before the end of this transaction."""
        leads = uow.leases.lead(self._lease, self._holder, LEASE)
        stored = uow.deliveries.column(self._badge)
        if stored is not None and stored != self._gone:
            return stored
        if leads:
            return None
        raise DeliveryError(
            "gradebook.column_being_made",
            "Another worker is making the badge's column in the gradebook.",
            permanent=False,
            retry_after=1.0,
            status=409,
            hint="It goes on by itself within seconds.",
        )
