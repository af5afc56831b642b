"""CanvasRestSource: one reading of a course by Canvas's REST interface."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.domain.aliases import CourseAliasKind
from lti_tool.domain.canvas_ids import number_of
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.client import CanvasApi
from lti_tool.sources.canvas_rest.paging import CoursePages
from lti_tool.sources.canvas_rest.progress import Progress
from lti_tool.sources.canvas_rest.reading import Reading
from lti_tool.sources.canvas_rest.statements import SOURCE, Statements
from lti_tool.usecases.ports import Clock, CourseNews, Transactions


class CanvasRestSource:
    """Implements usecases.ports.CourseSource."""

    name = SOURCE

    def __init__(self, api: CanvasApi, transactions: Transactions, clock: Clock) -> None:
        self._api = api
        self._transactions = transactions
        self._clock = clock

    def serves(self, registration: Registration, course: Course) -> bool:
        """Not where the access was ended: that is told once, and nothing is asked until it is allowed anew."""
        grant = self._api.grant(registration.id)
        return grant is not None and grant.is_open and bool(course_number(self._transactions, course))

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Grades, submissions and completion of everybody, in as few calls as there are pages. `subjects` are not asked
        for one by one: Canvas says itself who learns in the course.

        Raises CanvasError (`canvas.*`) and `http.*` where nothing at all could be read.
        """
        grant = self._api.grant(registration.id)
        number = course_number(self._transactions, course)
        if grant is None or not number:
            raise errors.not_connected()
        say = Statements(course, self._clock.now())
        pages = CoursePages(self._api, registration.id, grant.url, number)
        reading = Reading(pages, say, Progress.parse(cursor))
        stopped = reading.run()
        return CourseNews(
            say.events,
            [*reading.structure.activities(), *reading.sections, *reading.groups],
            reading.after.text(),
            states=say.states(),
            absent=say.absent,
            continues=reading.continues,
            stopped=stopped,
            lists_all=reading.lists_all and stopped is None,
            history=reading.history,
        )


def course_number(transactions: Transactions, course: Course) -> str:
    """Canvas's number of a course, as its launches told it; "" where none did."""
    with transactions(write=False) as unit:
        known = unit.courses.aliases(course.id)
    for alias in known:
        if alias.kind is CourseAliasKind.LMS_COURSE_ID:
            try:
                return str(number_of(alias.value))
            except BadgeToolError:
                continue
    return ""
