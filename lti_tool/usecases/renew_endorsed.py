"""renew_endorsed: what a withdrawn key signed of endorsements is signed anew, and the badges that carry it are issued
anew with it, whoever issued them."""

from __future__ import annotations

from lti_tool.usecases import work
from lti_tool.usecases.endorse import Endorse
from lti_tool.usecases.ports import Transactions


class RenewEndorsed:
    """The work that follows when a key was withdrawn. Repeatable."""

    def __init__(self, transactions: Transactions, endorse: Endorse) -> None:
        self._transactions = transactions
        self._endorse = endorse

    def __call__(self, kid: str) -> None:
        self._endorse.sign_anew(kid)
        with self._transactions() as unit:
            for award_id, binding in unit.credentials.endorsed_with(kid):
                work.renew_credential(unit, award_id, binding)
            unit.commit()
