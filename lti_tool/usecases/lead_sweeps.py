"""lead_sweeps: of all processes one makes the periodic work due; another takes over when it is gone."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.usecases import work
from lti_tool.usecases.ports import Transactions

SWEEPS = "sweeps"
LEASE = timedelta(seconds=10)
EVERY = timedelta(seconds=30)


class LeadSweeps:
    """`holder` names this process among all others."""

    def __init__(self, transactions: Transactions, holder: str) -> None:
        self._transactions = transactions
        self._holder = holder

    def __call__(self) -> bool:
        """Whether this process leads. To be called more often than the lease lasts.

        The lease, the moment of the next sweep and the sweep itself are of one transaction: two leaders at the same
        time add it once, and one that dies in between has skipped none.
        """
        with self._transactions(durable=False) as unit:
            leads = unit.leases.lead(SWEEPS, self._holder, LEASE)
            if leads and unit.leases.is_due(SWEEPS, EVERY):
                work.keep_house(unit)
            unit.commit()
        return leads
