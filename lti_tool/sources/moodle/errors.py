"""Why Moodle did not answer, and whether asking again can help."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.domain.errors import BadgeToolError


class MoodleError(BadgeToolError):
    """`permanent`: the same question will get the same answer until an administrator changes something."""

    def __init__(self, code: str, message: str, *, permanent: bool, hint: str = "") -> None:
        super().__init__(code, message, status=502, hint=hint)
        self.permanent = permanent


# Moodle's errorcode -> (our code, what an administrator can do). Codes: lib/setuplib.php, webservice/lib.php of Moodle.
_TOKEN = ("moodle.token_invalid", "Make a new token in Moodle and enter it again.")
_FORBIDDEN = ("moodle.forbidden", "Give the token's user the capabilities named in the guide, in this course.")
_SWITCHED_OFF = ("moodle.service_off", "Switch on web services and the REST protocol in Moodle.")
_FUNCTION = ("moodle.function_missing", "Add the function to the external service that the token belongs to.")
_NOT_FOUND = ("moodle.not_found", "The course or the learner is no longer there.")
KNOWN = {
    "invalidtoken": _TOKEN,
    "invalidtimedtoken": _TOKEN,
    "accessexception": _FUNCTION,
    "nopermissions": _FORBIDDEN,
    "nopermissiontoviewgrades": _FORBIDDEN,
    "requireloginerror": _FORBIDDEN,
    "notenrolled": _FORBIDDEN,
    "usernotfullysetup": _FORBIDDEN,
    "sitepolicynotagreed": _FORBIDDEN,
    "servicenotavailable": _SWITCHED_OFF,
    "enablewsdescription": _SWITCHED_OFF,
    "cannotcreatetoken": _SWITCHED_OFF,
    "invalidrecord": _NOT_FOUND,
    "invalidrecordunknown": _NOT_FOUND,
    "invaliduser": _NOT_FOUND,
}
# Moodle is busy with itself: an upgrade, maintenance, a locked session, its database.
PASSING = frozenset({"upgraderunning", "sitemaintenance", "sessionwaiterr", "dmlreadexception", "dmlwriteexception"})


def refused(answer: dict[str, Any]) -> MoodleError:
    """The error for ``{"exception": …, "errorcode": …}``. Moodle's own message may name people and is not repeated."""
    given = answer.get("errorcode")
    errorcode = given if isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9_/-]{1,60}", given) else "unknown"
    if errorcode in PASSING:
        return MoodleError("moodle.busy", f"Moodle cannot answer now ({errorcode}).", permanent=False)
    code, hint = KNOWN.get(errorcode, ("moodle.refused", ""))
    return MoodleError(code, f"Moodle refused the request ({errorcode}).", permanent=True, hint=hint)


def http_status(status: int) -> MoodleError:
    """The error for an answer that is not 200."""
    passing = status >= 500 or status in (408, 425, 429)
    code = "moodle.unavailable" if passing else "moodle.http_error"
    return MoodleError(code, f"Moodle answered with status {status}.", permanent=not passing)


def not_json() -> MoodleError:
    """A login page, a maintenance page or half an answer: never data."""
    return MoodleError(
        "moodle.not_json",
        "Moodle's answer is not JSON.",
        permanent=False,
        hint="Check Moodle's address: it must lead to Moodle itself, not to a sign-in page.",
    )


def unexpected() -> MoodleError:
    """JSON, but not the answer of this function."""
    return MoodleError("moodle.unexpected", "Moodle's answer has another shape than expected.", permanent=True)
