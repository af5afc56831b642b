"""halt_issuing: the switch that stops all awarding and signing of a tenant, while events are taken in as ever.

Every decision and every signature asks the database for it, so it holds for all processes as soon as it is committed.
"""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases import work
from lti_tool.usecases.issue_credential import IssueCredential
from lti_tool.usecases.ports import Clock, Halt, Transactions
from lti_tool.usecases.recheck_badge import HALTED, MISMATCH
from lti_tool.usecases.set_issuing import reconsider_learners


class HaltIssuing:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def state(self) -> Halt | None:
        """None while badges are issued."""
        with self._transactions(write=False) as unit:
            return unit.halts.get(self._tenant_id)

    def halt(self, reason: str) -> None:
        """From its return on nothing is awarded or signed. Badges that were issued stay, and can be revoked."""
        with self._transactions() as unit:
            unit.halts.begin(Halt(self._tenant_id, self._clock.now(), reason.strip()[:500]))
            unit.commit()

    def resume(self) -> bool:
        """Makes up for what was not issued: awards that wait for their credential, and everybody's record anew. False
        where nothing was halted."""
        with self._transactions() as unit:
            if not unit.halts.end(self._tenant_id):
                return False
            for registration in unit.registrations.all():
                if registration.tenant_id == self._tenant_id:
                    reconsider_learners(unit, registration.id)
            for award in unit.awards.unissued(self._tenant_id):
                work.issue_credential(unit, award.id)
            unit.commit()
        return True


class IssueUnlessHalted:
    """The work of issuing: what comes while issuing is halted is left for `HaltIssuing.resume`; of what was withdrawn
    or suspended meanwhile nothing is to be done."""

    def __init__(self, issue: IssueCredential) -> None:
        self._issue = issue

    def __call__(self, award_id: str) -> None:
        try:
            self._issue(award_id)
        except BadgeToolError as error:
            if error.code not in (HALTED, MISMATCH, "award.revoked", "award.suspended"):
                raise

    def together(self, award_ids: Sequence[str]) -> None:
        """Raises where any of them cannot be issued."""
        self._issue.together(award_ids)
