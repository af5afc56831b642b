"""An uploaded table and what would come of it, as the teacher's page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.domain.sentence import number
from lti_tool.sources.csv_upload import Columns, CsvTable, Reading, RowProblem
from lti_tool.usecases.upload_records import News, Weighed
from lti_tool.web.present.times import day_and_time

SHOWN_ROWS = 5
SHOWN_RESULTS = 10
SHOWN_PROBLEMS = 100
_NEWS = {
    News.NEW: ("new", "done"),
    News.KNOWN: ("known already", "not-yet"),
    News.WAITS: ("waits until this learner is known", "waiting"),
}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One thing that a row says, and what it would change."""

    row: int
    learner: str
    said: str
    when: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would come of the table, or what came of it (`is_stored`)."""

    rows: list[ResultRow]
    more_rows: int
    problems: list[RowProblem]
    more_problems: int
    new: int
    known: int
    waiting: int
    new_activities: list[str]
    is_stored: bool = False

    @property
    def to_store(self) -> int:
        return self.new + self.waiting


@dataclass(frozen=True, slots=True)
class UploadView:
    """`data` carries the file; `error` is the one thing that is still to be said about the columns."""

    table: CsvTable
    file_name: str
    data: str
    upload_id: str
    columns: Columns
    first_rows: list[tuple[int, tuple[str, ...]]]
    activities: list[tuple[str, str]]
    modules: list[tuple[str, str]]
    error: str = ""
    verdict: Verdict | None = None


def verdict(
    reading: Reading, weighed: Sequence[Weighed], activities: Sequence[Activity], *, is_stored: bool = False
) -> Verdict:
    counts = Counter(one.news for one in weighed)
    titles = {(one.kind, one.id): one.title for one in [*activities, *reading.new.values()]}
    numbers = [row for row, _ in reading.said]
    rows = [_result(row, one, titles) for row, one in zip(numbers, weighed, strict=True)]
    return Verdict(
        rows[:SHOWN_RESULTS],
        max(0, len(rows) - SHOWN_RESULTS),
        reading.problems[:SHOWN_PROBLEMS],
        max(0, len(reading.problems) - SHOWN_PROBLEMS),
        counts[News.NEW],
        counts[News.KNOWN],
        counts[News.WAITS],
        sorted(reading.new),
        is_stored,
    )


def choices(activities: Sequence[Activity], kind: str) -> list[tuple[str, str]]:
    """(value, title) of the course's items or modules, for the form."""
    return [(f"{kind}:{one.id}", one.title) for one in activities if one.kind == kind]


def _result(row: int, weighed: Weighed, titles: dict[tuple[str, str], str]) -> ResultRow:
    event, person = weighed.event, weighed.person
    word, tone = _NEWS[weighed.news]
    learner = (person.name if person else "") or event.subject
    when = day_and_time(event.occurred_at) if event.is_timed else ""
    return ResultRow(row, learner, _said(event, titles), when, word, tone)


def _said(event: LearningEvent, titles: dict[tuple[str, str], str]) -> str:
    if event.kind is FactKind.COURSE_GRADE:
        return f"Course grade: {_points(event)}"
    kind = "module" if event.kind is FactKind.MODULE_COMPLETION else "item"
    title = titles.get((kind, event.target), event.target)
    if event.score is not None:
        return f"{title}: {_points(event)}"
    return f"{title}: {'completed' if event.completed else 'not completed'}"


def _points(event: LearningEvent) -> str:
    return f"{number(event.score or 0.0)} of {number(event.maximum or 0.0)} points"
