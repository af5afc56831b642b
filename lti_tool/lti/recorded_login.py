"""Playing a recorded launch again: everything is checked as in life, only the login it answers has to be there."""

from __future__ import annotations

from lti_tool.domain.platform import Registration
from lti_tool.lti.browser_storage import fingerprint, new_secret
from lti_tool.lti.login_state import LIFETIME, LoginState, LoginStates
from lti_tool.usecases.ports import Clock


def adopt_login(
    states: LoginStates,
    clock: Clock,
    registration: Registration,
    *,
    nonce: str,
    target_link_uri: str,
    browser_secret: str,
) -> str:
    """The state of a login with the nonce that a recorded token carries, to finish the launch with.

    For replays and tests with the clock set back to the recording. No address on the web leads here.
    """
    login = LoginState(
        registration_id=registration.id,
        nonce=nonce,
        browser=fingerprint(browser_secret),
        proof="",
        target=fingerprint(target_link_uri),
        storage_frame="",
        once=new_secret(),
        expires_at=clock.now() + LIFETIME,
    )
    return f"state-{states.seal(login)}"
