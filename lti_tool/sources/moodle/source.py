"""MoodleSource: one reading of a course by Moodle's web services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Registration
from lti_tool.domain.reconciliation import Absence, Coverage
from lti_tool.http.errors import HttpError, HttpTimeout, TooLarge
from lti_tool.sources.moodle import access, statements
from lti_tool.sources.moodle.completion import completion_absences, parse_completion
from lti_tool.sources.moodle.contents import course_activities, tracked_modules
from lti_tool.sources.moodle.errors import MoodleError
from lti_tool.sources.moodle.grade_report import GradeReport
from lti_tool.sources.moodle.groups import Membership, read_membership
from lti_tool.sources.moodle.own_columns import Columns, no_columns, own_targets
from lti_tool.sources.moodle.progress import BLIND_TURN, Plan, Progress, plan, turn_of
from lti_tool.sources.moodle.services import MoodleWebServices
from lti_tool.usecases.ports import Clock, CourseNews

GRADES = "gradereport_user_get_grade_items"
CONTENTS = "core_course_get_contents"
COMPLETION = "core_completion_get_activities_completion_status"
ACCESS = "core_enrol_get_enrolled_users"
# A token without the capability is refused for each learner alike; three such answers in a row say so.
REFUSALS = 3
# Who else tells of the same gradebook, by Moodle's own numbers. Moodle's web services know better.
SPEAK_OF_MOODLE = frozenset({statements.SOURCE, "webhook", "xapi", "caliper"})
# Then it is tried again whether the grades of everybody come in one answer.
SINGLY_FOR = 24 * 3600
_GRADED = frozenset({FactKind.ITEM_SCORE, FactKind.COURSE_GRADE})
_COMPLETED = frozenset({FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION})

log = structlog.get_logger(__name__)


class MoodleSource:
    """Implements usecases.ports.CourseSource and LearnerSource. Moodle's LTI ``sub`` and context id are its own user
    and course ids."""

    name = statements.SOURCE

    def __init__(self, services: MoodleWebServices, clock: Clock, columns: Columns = no_columns) -> None:
        self._services = services
        self._clock = clock
        self._columns = columns

    def serves(self, registration: Registration, course: Course) -> bool:
        return bool(registration.moodle_url and registration.moodle_token) and is_moodle_id(course.context_id)

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        """Grades of everybody in one call, then completion of those `subjects` who moved. Where that call is too much
        for Moodle or for us, both learner by learner, in turn, for a day.

        Raises MoodleError and `http.*` when grades or contents cannot be read. Completion that cannot be read is
        left for a later reading and logged: grades do not wait for it.
        """
        started_at = self._clock.now()
        before, now = Progress.parse(cursor), int(started_at.timestamp())
        whole = self._whole(registration, course) if before.singly_until <= now else None
        contents = self._contents(registration, course)
        asked = _Asked(self._services, registration, course, contents, with_grades=whole is None)
        learners = [subject for subject in subjects if is_moodle_id(subject)] if asked.has_questions else []
        accesses = self._accesses(registration, course) if learners else {}
        signs = whole.latest_dates() if whole else {}
        signs |= {subject: max(at, signs.get(subject, 0)) for subject, at in (accesses or {}).items()}
        untold = frozenset(learners) - (accesses or {}).keys()
        # A teacher grades those who were not there: nothing tells of them but their own reports.
        is_blind = accesses is None or whole is None or len(untold) > BLIND_TURN
        turn = turn_of(len(learners), before, now, is_blind=is_blind)
        moved = before.moved(signs) if is_blind else before.moved(signs) | untold
        planned = plan(learners, before, moved, turn)
        asked.about(planned)
        groups = read_membership(partial(self._services.call, registration), course.context_id)
        report = whole or asked.report
        progress = planned.carried_out(before, signs, asked.settled, now, access.NOTED_EVERY)
        if whole is None and before.singly_until <= now:
            progress = replace(progress, singly_until=now + SINGLY_FOR)
        own = own_targets(report, self._columns(registration, course))
        graded = [activity for activity in report.activities() if activity.id not in own]
        return CourseNews(
            events=report.events(course.context_id) + asked.events + _memberships(groups, course, subjects, started_at),
            activities=[*course_activities(contents, graded), *groups.groups],
            cursor=progress.text(),
            states=[*_graded(report), *asked.coverage(), *_grouped(subjects)],
            absent=report.absences(course.context_id) + asked.absent,
            mentioned=report.mentioned() | {str(each) for ids in tracked_modules(contents).values() for each in ids},
            continues=bool(progress.pending) and bool(asked.settled),
            lists_all=(whole is not None or bool(report.lines)) and groups.is_told,
            own=own,
        )

    def read_learner(self, registration: Registration, course: Course, subject: str) -> CourseNews:
        """All of one learner with three calls. Raises as `read` does, also where her completion cannot be read."""
        if not is_moodle_id(subject):
            return CourseNews([])
        report = self._grades(registration, course, subject)
        contents = self._contents(registration, course)
        asked = _Asked(self._services, registration, course, contents)
        if asked.has_questions:
            asked.about_one(subject)
        return CourseNews(
            events=report.events(course.context_id) + asked.events,
            states=[*_graded(report, is_whole=False), *asked.coverage()],
            absent=report.absences(course.context_id) + asked.absent,
            own=own_targets(report, self._columns(registration, course)),
        )

    def _grades(self, registration: Registration, course: Course, subject: str = "0") -> GradeReport:
        """Of one learner, or of everybody: that can take Moodle long, and be large."""
        params = {"courseid": course.context_id, "userid": subject}
        return GradeReport.read(self._services.call(registration, GRADES, params, is_long=subject == "0"))

    def _whole(self, registration: Registration, course: Course) -> GradeReport | None:
        """Of everybody; None where it does not come in time, or is larger than a worker may hold."""
        try:
            return self._grades(registration, course)
        except HttpError as error:
            if not isinstance(error, TooLarge | HttpTimeout):
                raise
            log.warning("moodle.report_too_much", registration=registration.id, code=error.code)
            return None

    def _contents(self, registration: Registration, course: Course) -> Any:
        options = [{"name": "excludecontents", "value": True}]
        return self._services.call(registration, CONTENTS, {"courseid": course.context_id, "options": options})

    def _accesses(self, registration: Registration, course: Course) -> dict[str, int] | None:
        """When each learner was last there; None where Moodle does not tell."""
        params = {"courseid": course.context_id, "options": access.OPTIONS}
        try:
            return access.latest_access(self._services.call(registration, ACCESS, params, is_long=True))
        except MoodleError as error:
            if not error.permanent:
                raise
            # Nobody has to allow it: without it more is asked.
            log.info("moodle.access_untold", registration=registration.id, code=error.code)
            return None


class _Asked:
    """Completion, learner by learner, and her grades as well where `with_grades`. `settled` are those about whom there
    is nothing more to ask at this turn."""

    def __init__(
        self,
        services: MoodleWebServices,
        registration: Registration,
        course: Course,
        contents: Any,
        *,
        with_grades: bool = False,
    ) -> None:
        self._services = services
        self._registration = registration
        self._course = course
        self._contents = contents
        self._with_grades = with_grades
        self._is_tracked = bool(tracked_modules(contents))
        self.report = GradeReport({}, is_whole=True)
        self.events: list[LearningEvent] = []
        self.absent: list[Absence] = []
        self.settled: set[str] = set()
        self._answered: set[str] = set()

    @property
    def has_questions(self) -> bool:
        return self._is_tracked or self._with_grades

    def about(self, turn: Plan) -> None:
        refusals = 0
        for subject in turn.ask:
            try:
                self.about_one(subject)
                refusals = 0
            except BadgeToolError as error:
                log.warning("moodle.completion_unread", registration=self._registration.id, code=error.code)
                refusals += 1
                if not isinstance(error, MoodleError) or not error.permanent or refusals == REFUSALS:
                    break
                # One learner who cannot be read (she left the course) does not hold up the next.
                self.settled.add(subject)

    def about_one(self, subject: str) -> None:
        context_id = self._course.context_id
        params = {"courseid": context_id, "userid": subject}
        if self._with_grades:
            self.report = self.report.joined(GradeReport.read(self._services.call(self._registration, GRADES, params)))
        if not self._is_tracked:
            self.settled.add(subject)
            return
        payload = self._services.call(self._registration, COMPLETION, params)
        self.events += parse_completion(payload, context_id, subject, self._contents)
        self.absent += completion_absences(payload, context_id, subject, self._contents)
        self.settled.add(subject)
        self._answered.add(subject)

    def coverage(self) -> list[Coverage]:
        """An activity that is not in the answer may not be tracked any more: it is left as it is known."""
        return [Coverage(frozenset(self._answered), _COMPLETED, statements.SOURCE, SPEAK_OF_MOODLE)]


def _graded(report: GradeReport, *, is_whole: bool = True) -> list[Coverage]:
    """Whoever is not in the report has left: what is known of her stays."""
    whole = is_whole and report.is_whole
    return [Coverage(frozenset(report.lines), _GRADED, statements.SOURCE, SPEAK_OF_MOODLE, whole)]


def _memberships(groups: Membership, course: Course, subjects: Sequence[str], at: datetime) -> list[LearningEvent]:
    return groups.events(course.context_id, [one for one in subjects if is_moodle_id(one)], at)


def _grouped(subjects: Sequence[str]) -> list[Coverage]:
    """What is not mentioned is left as it is known: Moodle may not have answered."""
    kinds = frozenset({FactKind.GROUP_MEMBERSHIP})
    return [Coverage(frozenset(subjects), kinds, statements.SOURCE, SPEAK_OF_MOODLE)]


def is_moodle_id(text: str) -> bool:
    """Whether this is one of Moodle's numbers, as its launches carry them."""
    return text.isascii() and text.isdigit() and len(text) <= 18
