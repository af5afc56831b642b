"""Sees what becomes of logins and launches, and notes it for the diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lti_tool.bootstrap.notebook import Notebook
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.observation import Seen
from lti_tool.lti.login import LoginStep
from lti_tool.lti.refusals import BrowserBindingMissing
from lti_tool.usecases.receive_launch import OpenedSession

BeginLogin = Callable[[str, Mapping[str, str], str], LoginStep]
OpenLaunch = Callable[[str, Mapping[str, str], str | None, str | None], OpenedSession]

# The last part of a refusal's code -> what it tells of the platform. A launch is used within seconds of its making, so
# one that is too old or too new says that two clocks differ.
_TIMES = frozenset({"expired", "not_yet_valid", "too_old"})
_ROTATED = (
    "A launch was signed with a key that the platform's key set does not list: it rotated its keys, and the key set"
    " address that is stored here does not follow."
)
_KEYS = {
    "kid_unknown": _ROTATED,
    "signature_invalid": "A launch's signature does not fit the platform's key of that name.",
    "timeout": "The platform's key set did not come in time for a launch.",
    "unavailable": "The platform's key set could not be had for a launch.",
    "url_forbidden": "The platform's key set address leads where this server must not go.",
}
_FAMILIES = frozenset({"launch", "jwt", "claim", "keys"})
# OpenID Connect Core 1.0, 3.1.2.6, and RFC 6749, 4.1.2.1. Anybody can post any text, so no other is repeated.
_OIDC_ERRORS = frozenset(
    [
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "access_denied",
        "unauthorized_client",
        "invalid_request",
        "invalid_request_object",
        "invalid_scope",
        "unsupported_response_type",
        "server_error",
        "temporarily_unavailable",
    ]
)
# These are about one person at one moment and say nothing of the set-up.
_PERSONAL = frozenset({"login_required", "interaction_required", "consent_required", "temporarily_unavailable"})


def observed_login(notebook: Notebook, begin: BeginLogin) -> BeginLogin:
    """Notes that a sign-in began here."""

    def begin_login(registration_id: str, params: Mapping[str, str], browser_secret: str) -> LoginStep:
        step = begin(registration_id, params, browser_secret)
        notebook.note(registration_id, Seen.LOGIN, ok=True)
        return step

    return begin_login


def observed_launch(notebook: Notebook, open_launch: OpenLaunch) -> OpenLaunch:
    """Notes what a refused launch tells of keys, clocks, browsers and the redirect address. An accepted one needs no
    note but that the browser was recognised: its time stands in the registration."""

    def launch(
        registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> OpenedSession:
        try:
            opened = open_launch(registration_id, form, browser_secret, proof)
        except BrowserBindingMissing as missing:
            notebook.note(registration_id, Seen.RETURN, ok=True)
            if missing.storage is None:  # else the page asks the platform's storage, and posts again
                notebook.note(registration_id, Seen.BROWSER, False, missing.code)
            raise
        except BadgeToolError as error:
            _note_refusal(notebook, registration_id, form, error)
            raise
        how = "By our cookie." if browser_secret else "By the platform's storage, without a cookie."
        notebook.note(registration_id, Seen.BROWSER, ok=True, detail=how)
        return opened

    return launch


def _note_refusal(notebook: Notebook, registration_id: str, form: Mapping[str, str], error: BadgeToolError) -> None:
    told = form.get("error", "")
    if told:
        if told not in _PERSONAL:
            named = told if told in _OIDC_ERRORS else "an error without a known name"
            notebook.note(registration_id, Seen.RETURN, False, error.code, f"it answered {named}.")
        return
    notebook.note(registration_id, Seen.RETURN, ok=True)
    family, _, name = error.code.partition(".")
    name = name.removeprefix("keys_")
    if family in _FAMILIES and name in _TIMES:
        notebook.note(registration_id, Seen.LAUNCH_TIMES, False, error.code)
    elif family in _FAMILIES and name in _KEYS:
        notebook.note(registration_id, Seen.LAUNCH_KEYS, False, error.code, _KEYS[name])
