"""From the rows of a table to events. A row that cannot be used is told with its number, and costs no other row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.csv_upload.cells import moment, points, shown, yes_or_no
from lti_tool.sources.csv_upload.columns import COURSE_GRADE, LONGEST, Columns
from lti_tool.sources.csv_upload.table import CsvTable

SOURCE = "csv_upload"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is left out: its number in the file, a code, and the reason in words."""

    row: int
    code: str
    words: str


@dataclass(slots=True)
class Reading:
    """What a table says. `said` are (number of the row, event); `new` activities that the course did not have."""

    said: list[tuple[int, LearningEvent]] = field(default_factory=list)
    new: dict[str, Activity] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def events(self) -> list[LearningEvent]:
        return [event for _, event in self.said]


@dataclass(frozen=True, slots=True)
class _Target:
    kind: str  # "item", "module" or "course"
    id: str


def read_rows(
    table: CsvTable, columns: Columns, course: Course, activities: Sequence[Activity], now: datetime
) -> Reading:
    """Raises `upload.*` where the columns do not say enough for any row."""
    columns.check(table.head)
    reading = Reading()
    rows = _Rows(table, columns, course, activities, now, reading)
    for number, cells in table.rows:
        try:
            found = rows.read(cells)
        except BadgeToolError as error:
            reading.problems.append(RowProblem(number, error.code, error.message))
        else:
            reading.said += [(number, event) for event in found]
    _refuse_contradictions(reading)
    return reading


class _Rows:
    def __init__(
        self,
        table: CsvTable,
        columns: Columns,
        course: Course,
        activities: Sequence[Activity],
        now: datetime,
        reading: Reading,
    ) -> None:
        self._place = {name: place for place, name in enumerate(table.head)}
        self._columns = columns
        self._course = course
        self._now = now
        self._reading = reading
        self._known = {(one.kind, one.id): one for one in activities}
        self._by_name: dict[str, set[_Target]] = defaultdict(set)
        for one in activities:
            for name in (one.id, one.title):
                self._by_name[name.casefold()].add(_Target(one.kind, one.id))
        self._for_all = None if columns.activity else self._fixed()

    def read(self, cells: Sequence[str]) -> list[LearningEvent]:
        """One event, or two where the row has points and says what was completed."""
        learner = self._cell(cells, self._columns.learner)
        if not learner:
            raise _row("learner_empty", "No learner is named.")
        if len(learner) > LONGEST or not learner.isprintable():
            raise _row("learner_invalid", f"“{shown(learner)}” cannot be a learner's name.")
        target = self._target(cells)
        when = self._cell(cells, self._columns.date)
        at = moment(when, self._columns.date_form, self._columns.time_zone, self._now) if when else None
        usual = LearningEvent(
            event_id="unnamed",
            source=SOURCE,
            context_id=self._course.context_id,
            subject=learner,
            subject_kind=self._columns.person_kind,
            kind=FactKind.MODULE_COMPLETION if target.kind == "module" else FactKind.ITEM_COMPLETION,
            target=target.id,
            occurred_at=at or self._now,
            is_timed=at is not None,
            completed=True,
            deployment_id=self._course.deployment_id,
        )
        events = [*self._scored(cells, usual, target), *self._completed(cells, usual, target)]
        if not events:
            raise _row("result_empty", "Neither points nor a completion are given.")
        return events

    def _cell(self, cells: Sequence[str], column: str) -> str:
        return cells[self._place[column]] if column in self._place else ""

    def _scored(self, cells: Sequence[str], usual: LearningEvent, target: _Target) -> list[LearningEvent]:
        given = self._cell(cells, self._columns.score)
        if not given:
            return []
        if target.kind == "module":
            raise _row("module_scored", "A module is completed; it has no points.")
        score = points(given, self._columns.decimal)
        out_of = self._cell(cells, self._columns.maximum) or self._columns.fixed_maximum
        if not out_of:
            raise _row("maximum_empty", "Out of how many points is not said.")
        maximum = points(out_of, self._columns.decimal)
        if score > maximum or not maximum:
            raise _row("score_invalid", f"{shown(given)} of {shown(out_of)} points cannot be.")
        kind = FactKind.COURSE_GRADE if target.kind == "course" else FactKind.ITEM_SCORE
        if target.id in self._reading.new:
            self._reading.new[target.id] = replace(self._reading.new[target.id], maximum=maximum)
        return [_named(replace(usual, kind=kind, score=score, maximum=maximum, completed=None))]

    def _completed(self, cells: Sequence[str], usual: LearningEvent, target: _Target) -> list[LearningEvent]:
        text = self._cell(cells, self._columns.completed)
        if not text:
            return []
        if target.kind == "course":
            raise _row("course_completed", "A course grade has points; it is not completed.")
        return [_named(replace(usual, completed=yes_or_no(text)))]

    def _target(self, cells: Sequence[str]) -> _Target:
        named = self._cell(cells, self._columns.activity)
        if self._for_all is not None:
            return self._for_all
        if not named:
            raise _row("activity_empty", "No activity is named.")
        found = self._by_name[named.casefold()]
        if len(found) > 1:
            raise _row("activity_ambiguous", f"The course has more than one “{shown(named)}”.")
        if found:
            return next(iter(found))
        if len(named) > LONGEST or not named.isprintable():
            raise _row("activity_invalid", f"“{shown(named)}” cannot be an activity's name.")
        self._reading.new.setdefault(named, Activity(named, "item", named))
        # Another way to write the same name is the same activity.
        self._by_name[named.casefold()].add(_Target("item", named))
        return _Target("item", named)

    def _fixed(self) -> _Target:
        if self._columns.fixed_activity == COURSE_GRADE:
            return _Target("course", "")
        kind, _, id_ = self._columns.fixed_activity.partition(":")
        if (kind, id_) not in self._known:
            raise BadgeToolError("upload.activity_missing", "That activity is not in the course.", status=422)
        return _Target(kind, id_)


def _named(event: LearningEvent) -> LearningEvent:
    """An id of its content: the same row again is the same event."""
    return replace(event, event_id=event.content_hash())


def _refuse_contradictions(reading: Reading) -> None:
    """Two rows that say different things of one learner and activity at the same time: neither can be right alone."""
    first: dict[tuple[str, str, str, datetime], tuple[int, LearningEvent]] = {}
    kept = []
    for number, event in reading.said:
        key = (event.subject, event.kind.value, event.target, event.occurred_at)
        before = first.setdefault(key, (number, event))
        if before[1].event_id == event.event_id:
            if before[0] == number:
                kept.append((number, event))
            continue
        words = f"Row {before[0]} says something else of the same learner and activity."
        reading.problems.append(RowProblem(number, "upload.row_contradicts", words))
    reading.said = kept
    reading.problems.sort(key=lambda problem: problem.row)


def _row(name: str, message: str) -> BadgeToolError:
    return BadgeToolError(f"upload.{name}", message, status=422)
