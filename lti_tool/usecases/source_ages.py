"""How old what each source told of a course is, for the confidence of reasons."""

from __future__ import annotations

from lti_tool.domain.confidence import Ages, SourceAge
from lti_tool.domain.identity import Course
from lti_tool.usecases.ports import SourceState, UnitOfWork
from lti_tool.usecases.view_freshness import CourseFreshness, freshness_of


def ages_of(unit: UnitOfWork, course: Course) -> Ages:
    """By the source's name."""
    found = freshness_of(unit, course)
    return {state.source: _age(state, found) for state in found.sources}


def _age(state: SourceState, found: CourseFreshness) -> SourceAge:
    as_of = max((at for at in (state.heard_at, state.swept_at) if at), default=None)
    silent_since = found.silent.get(state.source)
    swept_at = found.swept_at
    # While a sender is silent the course is read instead: what was read since then is as good.
    is_silent = silent_since is not None and (swept_at is None or swept_at < silent_since)
    return SourceAge(as_of, is_silent or bool(state.error))
