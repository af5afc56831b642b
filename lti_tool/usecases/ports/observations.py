"""What was last seen of platforms, and how they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration


class Observations(Protocol):
    def note(self, registration_id: str, observation: Observation) -> None:
        """Replaces what was last seen under the same key."""
        ...

    def forget(self, registration_id: str, key: Seen) -> None: ...
    def of_registration(self, registration_id: str) -> dict[Seen, Observation]: ...


class PlatformProbe(Protocol):
    """Really tries what a platform can do, and raises nothing: a failure is what was found out."""

    def __call__(
        self, registration: Registration, courses: Sequence[Course], before: Mapping[Seen, Observation]
    ) -> list[Observation]:
        """`courses` are those the tool was launched from, as services are reached through them only; `before` is
        what was seen last time."""
        ...
