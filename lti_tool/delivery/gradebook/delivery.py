"""Brings the gradebook to what an award says now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook.failures import delivery_error
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.platform import Registration
from lti_tool.usecases.ports import Clock, Delivery, Gradebook, Transactions

DESTINATION = "gradebook"


@dataclass(frozen=True, slots=True)
class _Situation:
    """All that one delivery needs, read in one transaction; `column` is the line item's address, if there is one."""

    award: Award
    achievement: Achievement
    course: Course
    registration: Registration
    person: Person
    column: str | None

    @property
    def withdrawn(self) -> bool:
        return self.award.state is AwardState.REVOKED

    @property
    def changed_at(self) -> datetime:
        """When the award came to its present state.

        Not the time of delivery: a slow delivery of the award then never overwrites the faster delivery of its
        withdrawal, because platforms keep the score with the latest timestamp (AGS 2.0, 3.4.5).
        """
        award = self.award
        return (award.revoked_at if self.withdrawn else award.issued_at) or award.decided_at


class GradebookDelivery:
    """One instance a process: it lets one thread at a time create columns, so that none is created twice."""

    def __init__(self, gradebook: Gradebook, transactions: Transactions, clock: Clock) -> None:
        self._gradebook = gradebook
        self._transactions = transactions
        self._clock = clock
        self._creating = threading.Lock()

    def deliver(self, award_id: str) -> None:
        """Posts 1 of 1 for a standing award, clears the score of a withdrawn one. Repeatable.

        Calls the platform outside of any transaction and stores how far it got. Raises DeliveryError.
        """
        situation = self._read(award_id)
        try:
            detail = self._bring(situation)
        except BadgeToolError as error:
            failure = delivery_error(error)
            self._store(award_id, "failed" if failure.permanent else "waiting", failure.message)
            raise failure from error
        self._store(award_id, "delivered", detail)

    def _bring(self, situation: _Situation) -> str:
        if situation.withdrawn and situation.column is None:
            return "There was no score to clear."
        column = situation.column or self._column(situation)
        try:
            self._post(situation, column)
        except BadgeToolError as error:
            if error.status not in (404, 410) or situation.withdrawn:
                raise
            # A teacher deleted the column: the badge stands, so it gets a new one.
            self._post(situation, self._column(situation, gone=column))
        return "The score was cleared." if situation.withdrawn else "1 of 1"

    def _column(self, situation: _Situation, gone: str | None = None) -> str:
        """The stored line item's address, or that of a new one where there is none but `gone`."""
        achievement = situation.achievement
        with self._creating:
            with self._transactions(write=False) as uow:
                stored = uow.deliveries.column(achievement.id)
            if stored is not None and stored != gone:
                return stored
            url = self._gradebook.ensure_column(
                situation.registration, situation.course, resource_id=achievement.id, label=achievement.name
            )
            with self._transactions() as uow:
                uow.deliveries.save_column(achievement.id, url)
                uow.commit()
            return url

    def _post(self, situation: _Situation, column: str) -> None:
        name = situation.achievement.name
        self._gradebook.post_score(
            situation.registration,
            column,
            subject=situation.person.subject,
            given=None if situation.withdrawn else 1.0,
            comment=f"The badge “{name}” was withdrawn." if situation.withdrawn else f"Earned the badge “{name}”.",
            at=situation.changed_at,
        )

    def _read(self, award_id: str) -> _Situation:
        with self._transactions(write=False) as uow:
            award = uow.awards.get(award_id)
            if award is None:
                raise _gone()
            achievement = uow.achievements.get(award.course_id, award.achievement_id)
            course = uow.courses.get(award.course_id)
            person = uow.people.get(award.person_id)
            registration = uow.registrations.get(course.registration_id) if course else None
            if achievement is None or course is None or person is None or registration is None:
                raise _gone()
            column = uow.deliveries.column(achievement.id)
        return _Situation(award, achievement, course, registration, person, column)

    def _store(self, award_id: str, state: str, detail: str) -> None:
        with self._transactions() as uow:
            uow.deliveries.save(Delivery(award_id, DESTINATION, state, self._clock.now(), detail))
            uow.commit()


def _gone() -> DeliveryError:
    return DeliveryError(
        "award.unknown", "The award, its course or its learner no longer exists.", permanent=True, status=404
    )
