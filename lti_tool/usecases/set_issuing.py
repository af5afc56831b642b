"""set_issuing: whether a platform's learners are awarded anything. Copies of a platform for testing are not."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import ENVIRONMENTS, Registration
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Transactions, UnitOfWork


class SetIssuing:
    def __init__(self, transactions: Transactions, tenant_id: str) -> None:
        self._transactions = transactions
        self._tenant_id = tenant_id

    def __call__(self, registration_id: str, *, issuing: bool, environment: str = "") -> Registration:
        """Awards that were made stay. Where awarding begins, all learners are looked at again.

        `environment` "" keeps what is set. Raises `platform.unknown`, `platform.environment_unknown`.
        """
        if environment and environment not in ENVIRONMENTS:
            raise BadgeToolError(
                "platform.environment_unknown", "An environment is production, beta or test.", status=422
            )
        with self._transactions() as unit:
            held = own_platform(unit, registration_id, self._tenant_id)
            changed = replace(held, issuing=issuing, environment=environment or held.environment)
            unit.registrations.save(changed)
            if issuing and not held.issuing:
                reconsider_learners(unit, registration_id)
            unit.commit()
        return changed


def reconsider_learners(unit: UnitOfWork, registration_id: str) -> None:
    """Has every learner of every course of the platform evaluated."""
    for course in unit.courses.of_registration(registration_id):
        work.evaluate_course(unit, course.id)
