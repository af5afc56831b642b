"""erase_from_ledger: takes away who a person is in the ledger, and every word about her, with the files that she handed
in. The chains stay whole."""

from __future__ import annotations

from lti_tool.domain.identity import Actor
from lti_tool.domain.ledger import Deed
from lti_tool.usecases.ports import Clock, Transactions

OPERATOR = Actor("operator")


class EraseFromLedger:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, person_id: str, actor: Actor = OPERATOR) -> int:
        """Gives in how many courses' ledgers she stood. Each says from then on that she was erased. Repeatable."""
        now, count = self._clock.now(), 0
        with self._transactions() as unit:
            for course in unit.courses.of_person(person_id):
                names = unit.ledger.subjects(course.id, [person_id]).get(person_id, [])
                unit.ledger.erase(course.id, names)
                for name in names:
                    unit.ledger.note(Deed(course.id, now, actor, "erased", subject=name))
                count += bool(names)
            unit.evidence_files.erase(person_id)
            unit.commit()
        return count
