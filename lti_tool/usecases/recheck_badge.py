"""recheck_badge: each new shape of badge, and one in a hundred of the rest, is verified before anybody gets it.

Badges are signed by a fast path that learns the shape of each. Verifying goes by another one, which knows no shapes,
and looks the keys up as a stranger would. Where they disagree nothing more is issued until an administrator has looked.
"""

from __future__ import annotations

import threading
from typing import Any

from lti_tool.domain.credential import CheckName, CheckOutcome, SignedBadge
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import BadgeSigner, BadgeVerifier, Clock, Halt, Transactions

HALTED = "issuing.halted"
# A difference that the fast path finds by itself.
MISMATCH = "credential.template_mismatch"
EVERY = 100
_MOST_SHAPES = 4096
# Its status list may not be published yet, and its dates are the clock's.
_ASKED = (CheckName.READABLE, CheckName.SCHEMA, CheckName.SIGNATURE, CheckName.ISSUER_KEY)


def halted() -> BadgeToolError:
    return BadgeToolError(HALTED, "The issuing of badges is halted at present.", status=503)


class RecheckBadges:
    """Safe to share between threads; each process learns shapes for itself."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        signer: BadgeSigner,
        verifier: BadgeVerifier,
        every: int = EVERY,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._verifier = verifier
        self._every = every
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._rest = 0

    def __call__(self, tenant_id: str, unsigned: dict[str, Any], badge: SignedBadge) -> None:
        """Raises `issuing.halted`, having halted all issuing of the tenant, where the badge does not hold."""
        shape = self._signer.shape(unsigned)
        if not self._is_due(shape):
            return
        for form in filter(None, (badge.json, badge.jwt)):
            report = self._verifier.verify(form)
            wrong = next((report.check(name) for name in _ASKED if not _passed(report.check(name).outcome)), None)
            if wrong is not None:
                self.halt(tenant_id, f"{unsigned['id']}: {wrong.code}")
                raise halted()
        with self._lock:
            if len(self._known) == _MOST_SHAPES:
                self._known.clear()
            self._known.add(shape)

    def halt(self, tenant_id: str, what: str) -> None:
        """Stops all issuing, with a reason that an administrator sees."""
        reason = f"Alarm: a badge did not verify after it was signed, and was not delivered ({what})."
        with self._transactions() as unit:
            unit.halts.begin(Halt(tenant_id, self._clock.now(), reason[:500], alarm=True))
            unit.commit()

    def _is_due(self, shape: str) -> bool:
        with self._lock:
            if not shape or shape not in self._known:
                return True
            self._rest += 1
            return self._rest % self._every == 0


def _passed(outcome: CheckOutcome) -> bool:
    return outcome is CheckOutcome.PASSED
