"""One reading of a course: which questions, in which order, and how far it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from lti_tool.domain.course_copy import Key
from lti_tool.domain.platform import Activity
from lti_tool.http import HttpError, TooLarge
from lti_tool.sources.canvas_rest import calls, grades, groups, history, modules, outcomes
from lti_tool.sources.canvas_rest.errors import CanvasError, unexpected
from lti_tool.sources.canvas_rest.paging import CoursePages
from lti_tool.sources.canvas_rest.progress import LEARNERS_A_READING, Progress, known_until, newer_of, since_text
from lti_tool.sources.canvas_rest.statements import Statements
from lti_tool.sources.canvas_rest.structure import Structure, read_assignments, read_modules

_MOST = ("per_page", str(calls.ROWS_A_PAGE))
# A page holds all submissions of as many students; where that is too much, fewer are asked for.
STUDENTS_A_PAGE = (50, 15, 4)
_WITHOUT_FILES = ("exclude_response_fields[]", "attachments")
# What fails for these reasons costs its own part only.
_LEFT_OUT = frozenset({"canvas.scope_missing", "canvas.forbidden", "canvas.not_found", "canvas.unexpected"})

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Reading:
    """`before` is where the last one stopped, `after` where this one does; `continues`: learners are left over;
    `lists_all`: the structure is all that the course has."""

    pages: CoursePages
    say: Statements
    before: Progress
    after: Progress = field(init=False)
    structure: Structure = field(init=False)
    learners: frozenset[int] = frozenset()
    continues: bool = False
    lists_all: bool = False
    sections: list[Activity] = field(default_factory=list)
    groups: list[Activity] = field(default_factory=list)
    history: dict[Key, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.after = self.before
        self.structure = Structure.of({}, [])

    def run(self) -> CanvasError | HttpError | None:
        """Asks for everything. What goes on at another time (Canvas is busy, or away) ends it, and is given back with
        all that was read before that kept; what stands until somebody changes it is raised."""
        steps: tuple[Callable[[], None], ...] = (
            self._structure, self._enrolments, self._submissions, self._modules, self._outcomes,
            self._groups, self._copies,
        )  # fmt: skip
        for step in steps:
            try:
                step()
            except HttpError as error:
                return self._stopped(error)
            except CanvasError as error:
                if error.permanent:
                    raise
                return self._stopped(error)
        return None

    def _stopped(self, error: CanvasError | HttpError) -> CanvasError | HttpError:
        if not (self.say.events or self.say.absent) and self.after == self.before:
            raise error
        return error

    def _structure(self) -> None:
        without = [("exclude_response_fields[]", name) for name in ("description", "rubric")]
        asked = [("include[]", "assignments"), ("override_assignment_dates", "false"), *without, _MOST]
        assignments = read_assignments(self.pages.rows(calls.ASSIGNMENT_GROUPS, asked))
        self.structure = Structure.of(assignments, [])

        def listed() -> None:
            found = read_modules(self.pages.rows(calls.MODULES, [("include[]", "items"), _MOST]))
            self.structure = Structure.of(assignments, found)
            # Of a large module Canvas leaves out the items.
            self.lists_all = all(module.items is not None for module in found)

        self._or_without(listed)

    def _enrolments(self) -> None:
        asked = [("type[]", grades.STUDENT), ("state[]", "active"), ("state[]", "completed"), _MOST]
        found = grades.learners_of(self.pages.rows(calls.ENROLLMENTS, asked))
        self.learners = frozenset(row.user_id for row in found)
        grades.say_course_grades(found, self.say)
        self.sections = grades.say_sections(found, self.say)

    def _submissions(self) -> None:
        if self.before.is_full_due(self.say.read_at):
            self._all_submissions()
        else:
            self._new_submissions()
        self.after = replace(self.after, since=known_until(self.after.since, self.say.read_at))

    def _all_submissions(self) -> None:
        """Grouped by student, so that one page holds all of fifty students. An interrupted one goes on at its page."""
        for students in STUDENTS_A_PAGE:
            try:
                self._walk(students, self.before.resume if students == STUDENTS_A_PAGE[0] else "")
                return
            except TooLarge:
                log.info("canvas.page_too_large", students=students)
                self.after = replace(self.after, resume="")
                if students == STUDENTS_A_PAGE[-1]:
                    raise

    def _walk(self, students: int, start: str) -> None:
        asked = [("student_ids[]", "all"), ("grouped", "1"), _WITHOUT_FILES, ("per_page", str(students))]
        known = self.before.pages if start else 0
        for number, page in enumerate(self.pages.of(calls.SUBMISSIONS, asked, start), known + 1):
            self._tell(grades.ungrouped(_list(page.data)))
            # Kept page by page: where it breaks off, the next reading goes on there.
            self.after = replace(self.after, resume=page.next_address, pages=number)
        self.after = replace(self.after, resume="", full_at=self.say.read_at)

    def _new_submissions(self) -> None:
        assert self.before.since is not None
        since = since_text(self.before.since)
        oldest_first = (("order", "graded_at"), ("order_direction", "ascending"))
        for asked in ((("graded_since", since), *oldest_first), (("submitted_since", since),)):
            params = [("student_ids[]", "all"), *asked, _WITHOUT_FILES, _MOST]
            self._tell(list(self.pages.rows(calls.SUBMISSIONS, params)))

    def _tell(self, rows: list[Any]) -> None:
        newest = grades.read_submissions(rows, self.structure.assignments, self.learners, self.say)
        self.after = replace(self.after, since=newer_of(self.after.since, newest))

    def _modules(self) -> None:
        if any(module.can_be_completed for module in self.structure.modules):
            self._or_without(self._progress)

    def _progress(self) -> None:
        counts = modules.say_progress(self.pages.rows(calls.PROGRESS, [_MOST]), self.learners, self.say)
        known = {learner: count for learner, count in self.before.counts.items() if learner in counts}
        self.after = replace(self.after, counts=known)
        moved = modules.moved(counts, known)
        self.continues = len(moved) > LEARNERS_A_READING
        for learner in moved[:LEARNERS_A_READING]:
            asked = [("student_id", learner), ("include[]", "items"), _MOST]
            modules.say_modules(self.pages.rows(calls.MODULES, asked), int(learner), self.structure, self.say)
            self.after = replace(self.after, counts={**self.after.counts, learner: counts[learner]})

    def _outcomes(self) -> None:
        def asked() -> Iterator[Any]:
            params = [("include[]", "outcomes"), _MOST]
            return (page.data for page in self.pages.of(calls.OUTCOMES, params))

        self._or_without(lambda: outcomes.say_outcomes(asked(), self.learners, self.say))

    def _groups(self) -> None:
        def asked() -> None:
            found = self.pages.rows(calls.GROUPS, [("include[]", "users"), _MOST])
            self.groups = groups.say_groups(found, self.learners, self.say)

        self._or_without(asked)

    def _copies(self) -> None:
        """What its activities were before, where the course was copied: asked now and then, as it hardly changes."""
        if not self.before.are_copies_due(self.say.read_at):
            return

        def asked() -> None:
            for number in history.copies_in(self.pages.rows(calls.MIGRATIONS, [_MOST])):
                for key, before in history.history_of(self.pages.one(calls.ID_MAP, number)).items():
                    self.history.setdefault(key, []).append(before)

        try:
            self._or_without(asked)
        except TooLarge:
            log.warning("canvas.copies_too_large")
        self.after = replace(self.after, copies_at=self.say.read_at)

    def _or_without(self, step: Callable[[], None]) -> None:
        """Without a scope or a right for this part the others are read all the same; the diagnosis names it."""
        try:
            step()
        except CanvasError as error:
            if error.code not in _LEFT_OUT:
                raise
            log.warning("canvas.part_unread", code=error.code)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise unexpected()
    return value
