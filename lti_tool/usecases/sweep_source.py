"""sweep_source: one source is asked for one course; what it says is held against the record, and mends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.domain.reconciliation import Found
from lti_tool.usecases.compare_reading import Compared, compare, repairs
from lti_tool.usecases.copy_course import settle
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.usecases.ports import (
    Clock,
    CourseNews,
    CourseSource,
    EventConflict,
    Transactions,
    UnitOfWork,
)

# A whole course is not read more often because of single learners.
AGAIN_AFTER = timedelta(minutes=1)
# So many results that a sender should have told since it was last heard say that it is silent.
MISSED_IN_SILENCE = 3


class SweepSource:
    def __init__(self, transactions: Transactions, clock: Clock, ingest: IngestEvents) -> None:
        self._transactions = transactions
        self._clock = clock
        self._ingest = ingest

    def __call__(self, registration: Registration, course: Course, source: CourseSource, why: str) -> bool:
        """Reads the course from the source's cursor on; gives whether there is more to ask for soon. Raises what the
        source raises or was stopped by; that it failed is kept."""
        started_at = self._clock.now()
        with self._transactions(write=False) as unit:
            cursor = unit.courses.reading(course.id).cursors.get(source.name, "")
            subjects = [person.subject for person, enrolment in unit.people.enrolled(course.id) if enrolment.active]
        try:
            news = source.read(registration, course, cursor, subjects)
        except BadgeToolError as error:
            self._note_failure(course, source.name, str(error), why)
            raise
        self._take_in(registration, course, source, news, started_at, why)
        if news.stopped is not None:
            self._note_failure(course, source.name, str(news.stopped), why)
            raise news.stopped
        return news.continues

    def learner(self, registration: Registration, course: Course, source: CourseSource, subject: str, why: str) -> None:
        """Reads what the source says of one learner; a source that cannot tell of one alone is read as a whole."""
        # Sources stand behind those who watch them, so that no type tells what they can.
        read_learner = getattr(source, "read_learner", None)
        if read_learner is None:
            if not self._was_read_lately(course, source.name):
                self(registration, course, source, why)
            return
        started_at = self._clock.now()
        news: CourseNews = read_learner(registration, course, subject)
        self._take_in(registration, course, source, news, started_at, why, is_whole=False)

    def _was_read_lately(self, course: Course, source: str) -> bool:
        """A class that asks one by one does not have the course read for each."""
        with self._transactions(write=False) as unit:
            swept = [state.swept_at for state in unit.sweeps.of_course(course.id) if state.source == source]
        return any(at and self._clock.now() - at < AGAIN_AFTER for at in swept)

    def _take_in(
        self,
        registration: Registration,
        course: Course,
        source: CourseSource,
        news: CourseNews,
        started_at: datetime,
        why: str,
        *,
        is_whole: bool = True,
    ) -> None:
        with self._transactions(write=False) as unit:
            compared = compare(unit, course, news, started_at)

        def keep(unit: UnitOfWork, new: frozenset[str]) -> None:
            now = self._clock.now()
            found = repairs(compared, course, new, now, why)
            unit.sweeps.add_repairs(found)
            self._note_silence(unit, registration, [each.occurred_at for each in found if each.found is Found.MISSED])
            if any(difference.event.event_id in new for _, difference in compared.found):
                unit.courses.save_reading(course.id, active_at=now)
            if is_whole:
                self._note_sweep(unit, course, source.name, compared, new, started_at, why)
                held = unit.courses.reading(course.id).cursors
                cursors = held | ({source.name: news.cursor} if news.cursor else {})
                unit.courses.save_reading(course.id, grades_read_at=now, cursors=cursors)
            if news.history:
                unit.courses.note_history(course.id, news.history)
                settle(unit, now, course.id)
            if news.lists_all:
                unit.courses.note_listed(course.id, source.name, news.activities, now)

        activities = [(course.context_id, activity) for activity in news.activities]
        receipt = self._ingest(registration.id, compared.events, activities, tolerant=True, pushed=False, then=keep)
        if receipt.conflicting:
            raise EventConflict

    def _note_sweep(
        self,
        unit: UnitOfWork,
        course: Course,
        source: str,
        compared: Compared,
        new: frozenset[str],
        started_at: datetime,
        why: str,
    ) -> None:
        now = self._clock.now()
        counts = {found.value: compared.count(found, new) for found in Found}
        seconds = (now - started_at).total_seconds()
        unit.sweeps.save(
            course.id, source, swept_at=started_at, tried_at=now, error="", why=why, seconds=seconds, **counts
        )

    def _note_silence(self, unit: UnitOfWork, registration: Registration, missed: Sequence[datetime]) -> None:
        now = self._clock.now()
        for source, rhythm in unit.hearings.of_registration(registration.id).items():
            in_silence = sum(at > rhythm.heard_at for at in missed)
            if in_silence >= MISSED_IN_SILENCE and rhythm.silent_since is None:
                unit.hearings.save(registration.id, source, rhythm.fell_silent(now))

    def _note_failure(self, course: Course, source: str, error: str, why: str) -> None:
        with self._transactions() as unit:
            unit.sweeps.save(course.id, source, tried_at=self._clock.now(), error=error, why=why)
            unit.commit()
