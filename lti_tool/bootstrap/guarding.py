"""Puts the circuit between the workers and every service of a platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from lti_tool.bootstrap.platform_services import PlatformServices
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.platform_circuit import PlatformCircuits, Resting
from lti_tool.usecases.ports import CourseSource, Gradebook, NoticeHandlers, Roster

_READING = frozenset({"read", "read_learner"})
_GRADEBOOK = frozenset({"columns", "make_column", "remove_empty_column", "rename_column", "score_of", "post_score"})
_NOTICES = frozenset({"subscribe"})


def guarded(services: PlatformServices, circuits: PlatformCircuits) -> PlatformServices:
    """The same services, each call of which asks the platform's circuit first. Probes ask always: an administrator who
    mended something wants to see it."""
    notices = services.notices
    return replace(
        services,
        roster=cast(Roster, _Guarded(services.roster, circuits, _READING)),
        gradebook=cast(Gradebook, _Guarded(services.gradebook, circuits, _GRADEBOOK)),
        sources=[cast(CourseSource, _Guarded(source, circuits, _READING)) for source in services.sources],
        notices=cast(NoticeHandlers, _Guarded(notices, circuits, _NOTICES)) if notices is not None else None,
    )


class _Guarded:
    """A service port; the methods named take a registration first."""

    def __init__(self, inner: Any, circuits: PlatformCircuits, methods: frozenset[str]) -> None:
        self._inner = inner
        self._circuits = circuits
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._through(found) if name in self._methods else found

    def _through(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(registration: Any, *args: Any, **more: Any) -> Any:
            admission = self._circuits.admit(registration.id)
            try:
                answer = method(registration, *args, **more)
            except Resting:
                raise
            except BadgeToolError as error:
                self._circuits.failed(registration.id, admission, error)
                raise
            self._circuits.answered(registration.id, admission)
            return answer

        return call
