"""Steps that may happen a fixed number of times, as single-use values.

Taking a single-use value is atomic on every database the tool runs on, so a step that needs a ticket cannot
happen twice however many requests arrive at once, on however many machines.
"""

from __future__ import annotations

from datetime import datetime

from lti_tool.usecases.ports import UnitOfWork

TX_CODE_TRIES = 5
_TRY = "wallet_tx_code_try"
_BINDING = "wallet_binding"


def allow_tries(uow: UnitOfWork, offer_id: str, expires_at: datetime) -> None:
    """Five guesses of the transaction code, for the life of the offer."""
    for number in range(TX_CODE_TRIES):
        uow.nonces.put(_TRY, f"{offer_id}:{number}", {}, expires_at)


def spend_try(uow: UnitOfWork, offer_id: str, now: datetime) -> bool:
    """True while a guess was left. The caller commits, whether the guess is right or wrong."""
    return any(uow.nonces.take(_TRY, f"{offer_id}:{number}", now) is not None for number in range(TX_CODE_TRIES))


def allow_binding(uow: UnitOfWork, offer_id: str, expires_at: datetime) -> None:
    """One holder key may be bound to what the access token collects."""
    uow.nonces.put(_BINDING, offer_id, {}, expires_at)


def take_binding(uow: UnitOfWork, offer_id: str, now: datetime) -> bool:
    """True for the first request that proves a key."""
    return uow.nonces.take(_BINDING, offer_id, now) is not None
