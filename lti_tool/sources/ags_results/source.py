"""AgsResultsSource: reads the tool's own columns of a course, and those of others where the platform shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity, Registration
from lti_tool.domain.reconciliation import Absence, Coverage
from lti_tool.sources.ags_results.columns import parse_columns
from lti_tool.sources.ags_results.parse import SOURCE, has_score, no_score, parse_results
from lti_tool.usecases.ports import Clock, CourseNews

# (registration, a column's address) -> its Result objects as the platform gives them, all pages.
ReadResults = Callable[[Registration, str], Sequence[Any]]
# (registration, course) -> addresses of the columns to read, only such as the platform gave.
Columns = Callable[[Registration, Course], Sequence[str]]


class Foreign(Protocol):
    """Columns of others: whether the platform may show them, and their line items as it gives them, all pages."""

    def offered(self, registration: Registration, course: Course, /) -> bool: ...
    def read_json(self, registration: Registration, course: Course, /) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class NoForeign:
    """A platform that shows a tool its own columns only, as AGS 2.0 has it."""

    def offered(self, registration: Registration, course: Course) -> bool:
        return False

    def read_json(self, registration: Registration, course: Course) -> Sequence[Mapping[str, Any]]:
        return ()


class AgsResultsSource:
    """Implements usecases.ports.CourseSource over the LTI room's readers, which are handed in."""

    name = SOURCE

    def __init__(
        self, read_results: ReadResults, columns: Columns, clock: Clock, foreign: Foreign | None = None
    ) -> None:
        self._read_results = read_results
        self._columns = columns
        self._clock = clock
        self._foreign = foreign or NoForeign()

    def serves(self, registration: Registration, course: Course) -> bool:
        return self._foreign.offered(registration, course) or bool(self._columns(registration, course))

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Every column once. A column shows whole states, so there is no place to go on from: the cursor stays.

        Raises what the readers raise; a course of which a column cannot be read is read again as a whole.
        """
        foreign: list[Activity] = []
        if self._foreign.offered(registration, course):
            foreign = parse_columns(self._foreign.read_json(registration, course))
        own = list(self._columns(registration, course))
        events: list[LearningEvent] = []
        absent: list[Absence] = []
        for lineitem_url in dict.fromkeys([*own, *(activity.id for activity in foreign)]):
            results = self._read_results(registration, lineitem_url)
            found = parse_results(results, lineitem_url, course.context_id, self._clock.now())
            events += found
            # A result that cannot be read says nothing of its learner, whoever she is.
            if len(found) == sum(has_score(result) for result in results):
                without = sorted(set(subjects) - {event.subject for event in found})
                absent += [Absence(no_score(subject, lineitem_url, course.context_id)) for subject in without]
        states = Coverage(frozenset(subjects), frozenset({FactKind.ITEM_SCORE}), SOURCE, frozenset({SOURCE}))
        activities = [activity for activity in foreign if activity.id not in own]
        return CourseNews(events, activities, states=[states], absent=absent, own=frozenset(own))
