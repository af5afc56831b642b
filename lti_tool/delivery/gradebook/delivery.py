"""Brings the gradebook to what an award says now."""

from __future__ import annotations

from lti_tool.delivery.errors import DeliveryError
from lti_tool.delivery.gradebook.columns import Columns
from lti_tool.delivery.gradebook.failures import delivery_error
from lti_tool.delivery.gradebook.statements import OVERTAKEN, Situation, Statement, Statements
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Clock, Delivery, Gradebook, Transactions

DESTINATION = "gradebook"


class GradebookDelivery:
    def __init__(self, gradebook: Gradebook, transactions: Transactions, clock: Clock) -> None:
        self._gradebook = gradebook
        self._transactions = transactions
        self._clock = clock
        self._statements = Statements(transactions)
        self._columns = Columns(gradebook, transactions)

    def deliver(self, award_id: str) -> None:
        """Posts 1 of 1 for a standing award, clears the score of a withdrawn one. Repeatable.

        Calls the platform outside of any transaction and stores how far it got. Raises DeliveryError.
        """
        situation = self._statements.situation(award_id)
        try:
            detail = self._bring(situation)
        except BadgeToolError as error:
            failure = delivery_error(error)
            self._store(award_id, "failed" if failure.permanent else "waiting", failure.message)
            raise failure from error
        self._store(award_id, "delivered", detail)

    def rename(self, course_id: str, achievement_id: str) -> None:
        """Gives the badge's column the badge's present name. Raises DeliveryError."""
        with self._transactions(write=False) as uow:
            achievement, column = uow.achievements.get(course_id, achievement_id), uow.deliveries.column(achievement_id)
            course = uow.courses.get(course_id)
            registration = uow.registrations.get(course.registration_id) if course else None
        if achievement is None or column is None or registration is None:
            return
        try:
            self._gradebook.rename_column(registration, column, achievement.name)
        except BadgeToolError as error:
            if error.status not in (404, 410):  # a deleted column has no name; the next award makes another
                raise delivery_error(error) from error

    def look_at_column(self, course_id: str, achievement_id: str) -> None:
        """Removes a column of the badge that was made twice. Raises DeliveryError."""
        try:
            self._columns.look_again(course_id, achievement_id)
        except BadgeToolError as error:
            raise delivery_error(error) from error

    def _bring(self, situation: Situation) -> str:
        if situation.withdrawn and situation.column is None:
            return "There was no score to clear."
        column = situation.column or self._columns.address(situation)
        try:
            said = self._say(situation, column)
        except BadgeToolError as error:
            if error.status not in (404, 410) or situation.withdrawn:
                raise
            # Either a teacher deleted the column: the badge stands, so it gets a new one. Or the learner left.
            made = self._columns.address(situation, gone=column)
            if made == column:
                raise _learner_gone(error.status) from error
            said = self._say(situation, made)
        return "1 of 1" if said.given is not None else "The score was cleared."

    def _say(self, situation: Situation, column: str) -> Statement:
        """Posts what is true now. A platform with something later is asked what stands there, and told again only
        where that differs: Moodle compares our times with those at which it wrote, by its own clock."""
        said = self._statements.next(situation)
        try:
            self._post(situation, column, said)
        except BadgeToolError as error:
            if error.status not in OVERTAKEN:
                raise
            said = self._statements.next(situation, not_before=self._clock.now())
            if not self._stands(situation, column, said):
                self._post_again(situation, column, said)
        return said

    def _post_again(self, situation: Situation, column: str, said: Statement) -> None:
        try:
            self._post(situation, column, said)
        except BadgeToolError as error:
            if error.status != 400:
                raise
            # The time is right now: that is how Moodle says that the person is no learner of the course.
            raise _learner_gone(error.status) from error

    def _stands(self, situation: Situation, column: str, said: Statement) -> bool:
        try:
            held = self._gradebook.score_of(situation.registration, column, situation.person.subject)
        except BadgeToolError:
            return False  # not allowed to read results: then it is told again
        return held == said.given

    def _post(self, situation: Situation, column: str, said: Statement) -> None:
        self._gradebook.post_score(
            situation.registration,
            column,
            subject=situation.person.subject,
            given=said.given,
            comment=said.comment,
            at=said.at,
        )

    def _store(self, award_id: str, state: str, detail: str) -> None:
        with self._transactions() as uow:
            uow.deliveries.save(Delivery(award_id, DESTINATION, state, self._clock.now(), detail))
            uow.commit()


def _learner_gone(status: int) -> DeliveryError:
    return DeliveryError(
        "gradebook.learner_gone", "The platform has no such learner in this course.", permanent=True, status=status
    )
