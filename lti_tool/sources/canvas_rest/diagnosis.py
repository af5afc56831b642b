"""Whether the key can do what this source needs, in words for an administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration
from lti_tool.sources.canvas_rest.calls import ASSIGNMENT_GROUPS, CALLS, ID_MAP, Call
from lti_tool.sources.canvas_rest.client import CanvasApi
from lti_tool.sources.canvas_rest.source import course_number
from lti_tool.sources.canvas_rest.structure import read_assignments
from lti_tool.usecases.ports import ApiGrant, Clock, Transactions

NOT_CONSENTED = "canvas.not_consented"
UNTRIED = "Canvas has allowed it. No course of this Canvas has opened LTI Badges yet, so nothing was read."

READY = "Canvas answers, and the key may read all that is needed."
_MEND = "In Canvas edit the key, switch them on, then allow it anew at “Canvas: second key”."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`code` is "" when all is well; `lacking` are the calls that the key may not make."""

    code: str
    message: str
    hint: str = ""
    lacking: tuple[Call, ...] = ()


def diagnose(api: CanvasApi, registration_id: str, grant: ApiGrant, number: str) -> Diagnosis:
    """Asks each question once, for one row. Raises nothing: a failure is the diagnosis."""
    lacking: list[Call] = []
    try:
        # What was copied in one migration can be asked only where there was one.
        for call in (one for one in CALLS if one is not ID_MAP):
            try:
                _try(api, registration_id, call, call.address(grant.url, number))
            except BadgeToolError as error:
                if error.code != "canvas.scope_missing":
                    raise
                lacking.append(call)
    except BadgeToolError as error:
        return Diagnosis(error.code, error.message, error.hint)
    if not lacking:
        return Diagnosis("", READY)
    names = ", ".join(call.scope for call in lacking)
    lost = "; ".join(call.unlocks for call in lacking)
    message = f"The key lacks {'the scope' if len(lacking) == 1 else 'the scopes'} {names} (for {lost})."
    if all(call.is_extra for call in lacking):
        return Diagnosis("", f"{READY} {message} {_MEND}", lacking=tuple(lacking))
    return Diagnosis("canvas.scope_missing", message, _MEND, tuple(lacking))


def _try(api: CanvasApi, registration_id: str, call: Call, address: str) -> None:
    is_groups = call is ASSIGNMENT_GROUPS
    asked = [("per_page", "1"), *([("include[]", "assignments")] if is_groups else [])]
    answer = api.ask(registration_id, address, asked, call.scope)
    if is_groups and isinstance(answer.data, list):
        read_assignments(answer.data)


class CanvasProbe:
    """Implements usecases.ports.PlatformProbe: nothing for a platform without a second key."""

    def __init__(self, api: CanvasApi, transactions: Transactions, clock: Clock) -> None:
        self._api = api
        self._transactions = transactions
        self._clock = clock

    def __call__(
        self, registration: Registration, courses: Sequence[Course], before: Mapping[Seen, Observation]
    ) -> list[Observation]:
        grant = self._api.grant(registration.id)
        if grant is None:
            return []
        if not grant.is_open:
            # Ended, or never allowed: the note of that stands, and Canvas is not asked.
            return []
        numbers = (course_number(self._transactions, course) for course in courses)
        number = next(filter(None, numbers), "")
        if not number:
            return [Observation(Seen.CANVAS, True, self._clock.now(), detail=UNTRIED)]
        found = diagnose(self._api, registration.id, grant, number)
        detail = f"{found.message} {found.hint}".strip() if found.code else found.message
        return [Observation(Seen.CANVAS, not found.code, self._clock.now(), found.code, detail)]
