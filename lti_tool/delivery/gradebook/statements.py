"""What is said of an award in the gradebook, and when: each statement about a learner later than the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.delivery.errors import DeliveryError
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award, AwardState, latest_of
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.platform import Registration
from lti_tool.usecases.ports import Transactions, UnitOfWork

# What a platform answers to a time that it finds too old: Moodle 409, Canvas 400.
OVERTAKEN = frozenset({400, 409})
# Times are sent in milliseconds.
_STEP = timedelta(milliseconds=1)
# The score is cleared; where an award is suspended, until it stands again.
_CLEARED = {AwardState.REVOKED: "withdrawn", AwardState.SUSPENDED: "suspended"}


@dataclass(frozen=True, slots=True)
class Situation:
    """All that one delivery needs, read in one transaction; `column` is the line item's address, if there is one."""

    award: Award
    achievement: Achievement
    course: Course
    registration: Registration
    person: Person
    column: str | None

    @property
    def withdrawn(self) -> bool:
        return self.award.state in _CLEARED


@dataclass(frozen=True, slots=True)
class Statement:
    """One score: `given` 1.0, or None to clear it."""

    given: float | None
    comment: str
    at: datetime


class Statements:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def situation(self, award_id: str) -> Situation:
        """Raises DeliveryError `award.unknown`."""
        with self._transactions(write=False) as uow:
            award = _award(uow, award_id)
            achievement = uow.achievements.get(award.course_id, award.achievement_id)
            course = uow.courses.get(award.course_id)
            person = uow.people.get(award.person_id)
            registration = uow.registrations.get(course.registration_id) if course else None
            if achievement is None or course is None or person is None or registration is None:
                raise _gone()
            column = uow.deliveries.column(achievement.id)
        return Situation(award, achievement, course, registration, person, column)

    def next(self, situation: Situation, not_before: datetime | None = None) -> Statement:
        """What is true of the award now, with a time that is later than any sent before (AGS 2.0, 3.4.7).

        The award is read again and the time is kept in one transaction, before anything is sent: of two deliveries
        at once the one that knew more then has the later time, whichever arrives first, and platforms keep the latest.
        The time is that of the award's change, so that a slow delivery does not look like news.
        """
        achievement, subject = situation.achievement, situation.person.subject
        with self._transactions() as uow:
            uow.people.lock(situation.course.id, situation.person.id)
            award = _award(uow, situation.award.id)
            changed_at = award.revoked_at or award.suspended_at or award.issued_at or award.decided_at
            sent = uow.deliveries.posted_at(achievement.id, subject)
            wanted = max(changed_at, not_before or changed_at)
            at = _in_milliseconds(wanted if sent is None else max(wanted, sent + _STEP))
            uow.deliveries.save_posted_at(achievement.id, subject, at)
            uow.commit()
        if award.state in _CLEARED:
            return Statement(None, f"The badge “{achievement.name}” was {_CLEARED[award.state]}.", at)
        return Statement(1.0, f"Earned the badge “{achievement.name}”.", at)


def _in_milliseconds(at: datetime) -> datetime:
    """As it is sent, and never earlier."""
    rest = at.microsecond % 1000
    return at if not rest else at + timedelta(microseconds=1000 - rest)


def _award(uow: UnitOfWork, award_id: str) -> Award:
    """The award, or that of a later period: a learner has one score in a badge's column."""
    award = uow.awards.get(award_id)
    if award is None:
        raise _gone()
    return latest_of(uow.awards.of_person(award.course_id, award.person_id)).get(award.achievement_id, award)


def _gone() -> DeliveryError:
    return DeliveryError(
        "award.unknown", "The award, its course or its learner no longer exists.", permanent=True, status=404
    )
