"""Whether a token can do what this source needs, in words for an administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field, ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.errors import unexpected
from lti_tool.sources.moodle.groups import GROUPS, MEMBERS
from lti_tool.sources.moodle.services import MoodleWebServices
from lti_tool.sources.moodle.source import ACCESS, COMPLETION, CONTENTS, GRADES
from lti_tool.usecases.ports import Clock

SITE_INFO = "core_webservice_get_site_info"
# Function -> what criteria lose without it.
NEEDED = {GRADES: "grades", CONTENTS: "names of activities", COMPLETION: "completion of activities and sections"}
# Nobody has to allow these.
_HELPFUL = (
    ((ACCESS,), f"With {ACCESS} as well, each reading asks Moodle less."),
    ((GROUPS, MEMBERS), f"With {GROUPS} and {MEMBERS}, parts of a rule can be for some groups only."),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`code` is "" when all is well. `lacking` names what cannot be read, `release` the Moodle that answered."""

    code: str
    message: str
    hint: str = ""
    release: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.code


class _Function(statements.Row):
    name: str


class _SiteInfo(statements.Row):
    release: str = ""
    functions: list[_Function] = Field(default_factory=list)


def diagnose(services: MoodleWebServices, registration: Registration) -> Diagnosis:
    """Asks Moodle once what the token may call. Raises nothing: a failure is the diagnosis."""
    try:
        info = _SiteInfo.model_validate(services.call(registration, SITE_INFO))
    except ValidationError:
        return _failed(unexpected())
    except BadgeToolError as error:
        return _unasked() if error.code == "moodle.function_missing" else _failed(error)
    offered = {function.name for function in info.functions}
    missing = [function for function in NEEDED if function not in offered]
    if not missing:
        hint = " ".join(gain for functions, gain in _HELPFUL if not set(functions) <= offered)
        return Diagnosis("", "Moodle answers, and the token may call all that is needed.", hint, info.release)
    return Diagnosis(
        "moodle.function_missing",
        f"The token may not call {', '.join(missing)}.",
        "Add these functions to the external service that the token belongs to.",
        info.release,
        tuple(NEEDED[function] for function in missing),
    )


class MoodleProbe:
    """Implements usecases.ports.PlatformProbe: nothing for a platform without a web-service token."""

    def __init__(self, services: MoodleWebServices, clock: Clock) -> None:
        self._services = services
        self._clock = clock

    def __call__(
        self, registration: Registration, courses: Sequence[Course], before: Mapping[Seen, Observation]
    ) -> list[Observation]:
        if not registration.moodle_token:
            return []
        found = diagnose(self._services, registration)
        told = f"Moodle {found.release} answers." if found.ok else found.message
        detail = f"{told} {found.hint}".strip()
        return [Observation(Seen.MOODLE, found.ok, self._clock.now(), found.code, detail)]


def _unasked() -> Diagnosis:
    """The token works, but not for the question what it may call: readings may well succeed."""
    return Diagnosis(
        "moodle.function_missing",
        f"The token may not call {SITE_INFO}, so it cannot be seen what else it may call.",
        "Add this function to the external service that the token belongs to.",
    )


def _failed(error: BadgeToolError) -> Diagnosis:
    return Diagnosis(error.code, error.message, error.hint, lacking=tuple(NEEDED.values()))
