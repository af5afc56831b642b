"""Playing a recorded launch again: everything is checked as in life, only the login it answers has to be there."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.platform import Registration
from lti_tool.lti.browser_storage import digest, new_secret
from lti_tool.lti.login_record import LIFETIME, LoginRecord, nonce_of
from lti_tool.lti.storage import NonceStorage
from lti_tool.usecases.ports import Clock, Transactions


def adopt_login(
    transactions: Transactions,
    clock: Clock,
    registration: Registration,
    *,
    nonce: str,
    target_link_uri: str,
    browser_secret: str,
) -> str:
    """Stores a login with the nonce that a recorded token carries; gives the state to finish the launch with.

    For replays and tests with the clock set back to the recording. No address on the web leads here.
    """
    state = f"state-{new_secret()}"
    record = LoginRecord(
        registration_id=registration.id,
        nonce=nonce,
        browser_hash=digest(browser_secret),
        proof_hash="",
        target_link_uri=target_link_uri,
        expires_at=clock.now() + LIFETIME,
    )
    seconds = int((LIFETIME + timedelta(hours=1)).total_seconds())
    NonceStorage(transactions, clock).set_value(nonce_of(state), record.to_json(), seconds)
    return state
