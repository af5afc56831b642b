"""AgsResultsSource: reads the tool's own columns of a course."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Registration
from lti_tool.sources.ags_results.parse import SOURCE, parse_results
from lti_tool.usecases.ports import Clock, CourseNews

# (registration, a column's address) -> its Result objects as the platform gives them, all pages.
ReadResults = Callable[[Registration, str], Sequence[Any]]
# (registration, course) -> addresses of the columns to read, only such as the platform gave.
Columns = Callable[[Registration, Course], Sequence[str]]


class AgsResultsSource:
    """Implements usecases.ports.CourseSource over the LTI room's reader, which is handed in."""

    name = SOURCE

    def __init__(self, read_results: ReadResults, columns: Columns, clock: Clock) -> None:
        self._read_results = read_results
        self._columns = columns
        self._clock = clock

    def serves(self, registration: Registration, course: Course) -> bool:
        return bool(self._columns(registration, course))

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Every column once. A column shows whole states, so there is no place to go on from: the cursor stays.

        Raises what the reader raises; a course of which a column cannot be read is read again as a whole.
        """
        events: list[LearningEvent] = []
        for lineitem_url in self._columns(registration, course):
            results = self._read_results(registration, lineitem_url)
            events += parse_results(results, lineitem_url, course.context_id, self._clock.now())
        return CourseNews(events)
