"""platform_circuit: lets calls to a platform through while it answers, and leaves it alone while it does not.

The state is the database's, so that all workers know what one of them met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.domain.circuit import Circuit
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Transactions

# Too slow, too early, too many: a platform that has to rest, like those that answer with 5xx.
_PASSING = frozenset({408, 425, 429})


class Resting(BadgeToolError):
    """The platform is left alone; `retry_after` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "platform.resting",
            "The platform did not answer several times in a row and is left alone for a while.",
            status=503,
            hint="It is tried again by itself.",
        )
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Admission:
    """`trial`: this call tries a platform that rested; `troubled`: calls before it failed."""

    trial: bool = False
    troubled: bool = False


class PlatformCircuits:
    """`jitter` gives a number between 0 and 1."""

    def __init__(self, transactions: Transactions, jitter: Callable[[], float]) -> None:
        self._transactions = transactions
        self._jitter = jitter

    def admit(self, registration_id: str) -> Admission:
        """To be asked before each call. Raises `platform.resting`."""
        with self._transactions(write=False) as unit:
            circuit = unit.circuits.get(registration_id)
            now = unit.work_time() if circuit is not None and circuit.is_open else None
        if circuit is None or now is None:
            return Admission(troubled=circuit is not None)
        if circuit.may_be_tried(now) and self._begin_trial(registration_id):
            return Admission(trial=True, troubled=True)
        assert circuit.retry_at is not None
        raise Resting(max((circuit.retry_at - now).total_seconds(), 1.0))

    def _begin_trial(self, registration_id: str) -> bool:
        with self._transactions(durable=False) as unit:
            circuit = unit.circuits.get(registration_id, lock=True)
            now = unit.work_time()
            if circuit is None or not circuit.is_open:
                return True  # it answered somebody meanwhile
            if not circuit.may_be_tried(now):
                return False
            unit.circuits.save(circuit.on_trial(now))
            unit.commit()
        return True

    def answered(self, registration_id: str, admission: Admission) -> None:
        """A call was answered, be it with a refusal."""
        if admission.troubled:
            with self._transactions(durable=False) as unit:
                unit.circuits.close(registration_id)
                unit.commit()

    def failed(self, registration_id: str, admission: Admission, error: BadgeToolError) -> None:
        """A call ended with that error: nothing of the platform's if it stands until somebody acts."""
        if not brought_nothing(error):
            self.answered(registration_id, admission)
            return
        with self._transactions(durable=False) as unit:
            now = unit.work_time()
            circuit = unit.circuits.get(registration_id, lock=True) or Circuit(registration_id, 0, now, "")
            asked = getattr(error, "retry_after", None)
            unit.circuits.save(
                circuit.after_failure(now, error.code, asked, self._jitter(), trial=admission.trial),
            )
            unit.commit()


def brought_nothing(error: BadgeToolError) -> bool:
    """Whether the platform did not answer, or asked to be left alone, or answered what nobody can read."""
    passing = error.status >= 500 or error.status in _PASSING
    return passing and not getattr(error, "permanent", False)
