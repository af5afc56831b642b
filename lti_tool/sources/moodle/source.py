"""MoodleSource: one reading of a course by Moodle's web services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Registration
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.completion import parse_completion
from lti_tool.sources.moodle.contents import course_activities, tracked_modules
from lti_tool.sources.moodle.errors import MoodleError
from lti_tool.sources.moodle.grade_report import latest_dates, parse_grade_report, parse_graded_items
from lti_tool.sources.moodle.progress import Plan, Progress, moved_since, plan
from lti_tool.sources.moodle.services import MoodleWebServices
from lti_tool.usecases.ports import CourseNews

GRADES = "gradereport_user_get_grade_items"
CONTENTS = "core_course_get_contents"
COMPLETION = "core_completion_get_activities_completion_status"
# A token without the capability is refused for each learner alike; three such answers in a row say so.
REFUSALS = 3

log = structlog.get_logger(__name__)


class MoodleSource:
    """Implements usecases.ports.CourseSource. Moodle's LTI ``sub`` and context id are its own user and course ids."""

    name = statements.SOURCE

    def __init__(self, services: MoodleWebServices) -> None:
        self._services = services

    def serves(self, registration: Registration, course: Course) -> bool:
        return bool(registration.moodle_url and registration.moodle_token) and is_moodle_id(course.context_id)

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Grades of everybody in one call, then completion of `subjects` as far as this reading's turn goes.

        Raises MoodleError and `http.*` when grades or contents cannot be read. Completion that cannot be read is
        left for a later reading and logged: grades do not wait for it.
        """
        in_course = {"courseid": course.context_id}
        report = self._services.call(registration, GRADES, in_course | {"userid": 0})
        contents = self._services.call(
            registration, CONTENTS, in_course | {"options": [{"name": "excludecontents", "value": True}]}
        )
        events = parse_grade_report(report, course.context_id)
        activities = course_activities(contents, parse_graded_items(report))
        before = Progress.parse(cursor)
        dates = latest_dates(report)
        newest = max(dates.values(), default=0)
        learners = [subject for subject in subjects if is_moodle_id(subject)] if tracked_modules(contents) else []
        turn = plan(learners, moved_since(dates, before.since), before.after)
        completions, asked = self._completions(registration, course, turn, contents)
        progress = turn.carried_out(before, newest, asked)
        return CourseNews(events + completions, activities, progress.text())

    def _completions(
        self, registration: Registration, course: Course, turn: Plan, contents: Any
    ) -> tuple[list[LearningEvent], set[str]]:
        """Events, and the learners for whom there is nothing more to ask at this turn."""
        events: list[LearningEvent] = []
        asked: set[str] = set()
        refusals = 0
        for subject in turn.ask:
            try:
                payload = self._services.call(
                    registration, COMPLETION, {"courseid": course.context_id, "userid": subject}
                )
                events += parse_completion(payload, course.context_id, subject, contents)
                asked.add(subject)
                refusals = 0
            except BadgeToolError as error:
                log.warning("moodle.completion_unread", registration=registration.id, code=error.code)
                refusals += 1
                if not isinstance(error, MoodleError) or not error.permanent or refusals == REFUSALS:
                    break
                # One learner who cannot be read (she left the course) does not hold up the next.
                asked.add(subject)
        return events, asked


def is_moodle_id(text: str) -> bool:
    """Whether this is one of Moodle's numbers, as its launches carry them."""
    return text.isascii() and text.isdigit() and len(text) <= 18
