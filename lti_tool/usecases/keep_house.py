"""keep_house: what must happen now and then. Who leads the sweeps makes it due (lead_sweeps)."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.domain.sweeping import DORMANT_AFTER, LONGEST, Why
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork
from lti_tool.usecases.publish_status_list import RENEW_BEFORE

# Nobody kept house for so long: nothing was read, and whoever sent something may have given up.
OUTAGE = timedelta(minutes=5)
# Courses that become due at once, as after an update, are taken up in portions.
MOST_DUE = 200
# What senders said and nobody could use holds names and grades, and has no effect: it is kept to be looked into.
SETTLED_KEPT, REFUSED_KEPT = timedelta(days=30), timedelta(days=180)
# The picture of a draft that got another one: somebody may have it open still.
PICTURES, LOOKED_THROUGH, IDLE_KEPT = "pictures", timedelta(days=1), timedelta(days=30)
_LAST, _REMEMBERED = ("house", "last-kept"), timedelta(days=366)


class KeepHouse:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self) -> None:
        now = self._clock.now()
        with self._transactions() as unit:
            unit.nonces.sweep(now)
            unit.launch_sessions.sweep(now)
            unit.refused_events.sweep(now - SETTLED_KEPT, now - REFUSED_KEPT)
            for status_list in unit.status_lists.all():
                lapses = status_list.valid_until is None or status_list.valid_until - now < RENEW_BEFORE
                if lapses or status_list.signed_revision < status_list.revision:
                    work.publish_status_list(unit, status_list.id)
            if unit.leases.lead(PICTURES, PICTURES, LOOKED_THROUGH) and unit.leases.is_due(PICTURES, LOOKED_THROUGH):
                unit.images.sweep(now, now - IDLE_KEPT)
            self._renew_credentials(unit)
            if self._was_away(unit, now):
                self._make_up_for_outage(unit, now)
            self._mind_silence(unit, now)
            for course_id in unit.sweeps.due(now, MOST_DUE):
                self._read(unit, course_id, Why.DUE, now)
            unit.commit()

    @staticmethod
    def _renew_credentials(unit: UnitOfWork) -> None:
        """What the name of a learner or a withdrawn key has overtaken, in portions."""
        withdrawn = [key.kid for key in unit.key_history.all() if key.withdrawn_at is not None]
        stale = unit.credentials.renamed(MOST_DUE)
        stale += unit.credentials.signed_with(withdrawn, MOST_DUE) if withdrawn else []
        for award_id, binding in stale:
            work.renew_credential(unit, award_id, binding)

    def _was_away(self, unit: UnitOfWork, now: datetime) -> bool:
        """Whether house was last kept long ago; notes that it is now."""
        last = unit.nonces.take(*_LAST, now)
        unit.nonces.put(*_LAST, {"at": now.isoformat()}, now + _REMEMBERED)
        return last is not None and now - datetime.fromisoformat(last["at"]) > OUTAGE

    def _make_up_for_outage(self, unit: UnitOfWork, now: datetime) -> None:
        for (registration_id, source), rhythm in unit.hearings.all().items():
            unit.hearings.save(registration_id, source, rhythm.resumed(now))
        for course_id in unit.sweeps.active(now - DORMANT_AFTER):
            self._read(unit, course_id, Why.OUTAGE, now)

    def _mind_silence(self, unit: UnitOfWork, now: datetime) -> None:
        """A sender that should have been heard by now: the courses of its platform are read instead."""
        for (registration_id, source), rhythm in unit.hearings.all().items():
            if rhythm.silent_since is None and rhythm.is_unexplained(now):
                unit.hearings.save(registration_id, source, rhythm.fell_silent(now))
                for course_id in unit.sweeps.active(now - DORMANT_AFTER, registration_id):
                    self._read(unit, course_id, Why.SILENCE, now)

    def _read(self, unit: UnitOfWork, course_id: str, why: Why, now: datetime) -> None:
        """The reading itself says when the next is due; until then it is not asked for twice."""
        work.read_course(unit, course_id, why)
        unit.courses.save_reading(course_id, next_at=now + LONGEST)
