"""gradereport_user_get_grade_items: every grade of a course in one answer.

What counts as a grade here:

- `graderaw` null is no grade. That says something only where one was known: it was taken away again (`absences`).
- Hidden grades are not released yet: they are absent, and their value is not told. A learner's course total is left
  out while it contains one, as in Moodle's own user report by default: the total would tell the hidden grade.
- Grades excluded from the total are excused, and absent. Locked and overridden grades count as they stand.
- What Moodle is about to compute anew (`gradeneedsupdate`) is neither there nor absent.
- Grades begin at `grademin`: a scale of 1 to 3 becomes 0 to 2 points, so that percent mean what Moodle shows.
- The event's time is `gradedategraded`, else `gradedatesubmitted`, else the newest date in the learner's report (so
  that it moves when anything is graded), else the year 2000: a grade without a date yields to any that has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import structlog
from pydantic import Field, ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import EARLIEST_EVENT, LearningEvent, Standing
from lti_tool.domain.platform import Activity
from lti_tool.domain.reconciliation import Absence
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.errors import unexpected

Number = Annotated[float, Field(allow_inf_nan=False)]
log = structlog.get_logger(__name__)


class GradeItem(statements.Row):
    """One line of a learner's report: points, epoch seconds."""

    id: int
    itemtype: str
    itemname: str | None = None
    cmid: int | None = None
    itemnumber: int | None = None
    outcomeid: int | None = None
    graderaw: Number | None = None
    grademin: Number = 0.0
    grademax: Number = 0.0
    gradedategraded: statements.Epoch | None = None
    gradedatesubmitted: statements.Epoch | None = None
    gradeishidden: bool = False
    gradehiddenbydate: bool = False
    gradeneedsupdate: bool = False
    status: str | None = None

    @property
    def span(self) -> float:
        """Points between the lowest and the highest grade."""
        return self.grademax - self.grademin

    @property
    def hidden(self) -> bool:
        return self.gradeishidden or self.gradehiddenbydate

    @property
    def target(self) -> str | None:
        """The activity's id for criteria; None for what no criterion names (category totals, outcomes).

        The course-module id, shared with completion. An activity may have several grades (a workshop's submission
        and assessment): all but its first carry their number.
        """
        if self.itemtype == "manual":
            return f"item-{self.id}"
        if self.itemtype != "mod" or self.cmid is None or self.outcomeid is not None:
            return None
        return f"{self.cmid}-{self.itemnumber}" if self.itemnumber else str(self.cmid)

    @property
    def is_total(self) -> bool:
        return self.itemtype == "course"

    @property
    def date(self) -> datetime | None:
        return statements.moment(self.gradedategraded) or statements.moment(self.gradedatesubmitted)

    def counts(self) -> bool:
        """Whether this is a released grade out of something."""
        released = not self.hidden and not self.gradeneedsupdate and self.status != "excluded"
        return released and self.graderaw is not None and self.span > 0

    def absence(self) -> Standing | None:
        """Why no grade counts here; None where one does, or where that is not certain."""
        if self.gradeneedsupdate or self.span <= 0:
            return None
        if self.hidden:
            return Standing.HIDDEN
        if self.status == "excluded":
            return Standing.EXCUSED
        return Standing.COUNTS if self.graderaw is None else None


@dataclass(frozen=True, slots=True)
class GradeReport:
    """The lines of each learner by her id. `is_whole`: whether every line could be read."""

    lines: dict[str, list[GradeItem]]
    is_whole: bool

    @classmethod
    def read(cls, payload: Any) -> GradeReport:
        """Raises `moodle.unexpected` for another function's answer."""
        lines: dict[str, list[GradeItem]] = {}
        unreadable = 0
        for user_id, rows in _rows(payload):
            read = [_item(row) for row in rows]
            lines[str(user_id)] = [item for item in read if item is not None]
            unreadable += read.count(None)
        if unreadable:
            # One strange row must not keep a course's other grades away.
            log.warning("moodle.grade_items_unreadable", count=unreadable)
        return cls(lines, not unreadable)

    def joined(self, other: GradeReport) -> GradeReport:
        return GradeReport(self.lines | other.lines, self.is_whole and other.is_whole)

    def events(self, context_id: str) -> list[LearningEvent]:
        """ITEM_SCORE and COURSE_GRADE of every learner."""
        return [
            event
            for subject, items in self.lines.items()
            for item in items
            if (event := _event(item, items, context_id, subject))
        ]

    def absences(self, context_id: str) -> list[Absence]:
        """Where no grade counts (any more), and why. A score without points is one that was taken away."""
        return [
            Absence(statements.no_score(context_id, subject, item.target, item.date or EARLIEST_EVENT, standing))
            for subject, items in self.lines.items()
            for item in items
            if _is_named(item) and (standing := item.absence()) is not None
            if not (item.is_total and _tells_hidden(items))
        ]

    def activities(self) -> list[Activity]:
        """What can be graded, in the gradebook's order; `maximum` in points above the lowest grade."""
        found: dict[str, Activity] = {}
        for items in self.lines.values():
            for item in items:
                if item.target is not None and item.span > 0 and item.target not in found:
                    name = statements.plain(item.itemname or "") or item.target
                    found[item.target] = Activity(item.target, "item", name, item.span)
        return list(found.values())

    def mentioned(self) -> frozenset[str]:
        """Targets that stand in anybody's report, with or without a grade."""
        return frozenset(item.target or "" for items in self.lines.values() for item in items if _is_named(item))

    def latest_dates(self) -> dict[str, int]:
        """Epoch seconds of each learner's newest grade, 0 without any: whoever's grew has done something."""
        return {
            subject: max((int(item.date.timestamp()) for item in items if item.date), default=0)
            for subject, items in self.lines.items()
        }


def parse_grade_report(payload: Any, context_id: str) -> list[LearningEvent]:
    """ITEM_SCORE and COURSE_GRADE of every learner; raises `moodle.unexpected` for another function's answer."""
    return GradeReport.read(payload).events(context_id)


def parse_graded_items(payload: Any) -> list[Activity]:
    """What can be graded in the course, in the gradebook's order; `maximum` in points above the lowest grade."""
    return GradeReport.read(payload).activities()


def latest_dates(payload: Any) -> dict[str, int]:
    """Epoch seconds of each learner's newest grade, 0 without any."""
    return GradeReport.read(payload).latest_dates()


def _is_named(item: GradeItem) -> bool:
    return item.is_total or item.target is not None


def _tells_hidden(items: list[GradeItem]) -> bool:
    """Whether the learner's total would tell a grade that she must not see yet."""
    return any(each.hidden and each.graderaw is not None for each in items)


def _event(item: GradeItem, items: list[GradeItem], context_id: str, subject: str) -> LearningEvent | None:
    if not item.counts() or item.graderaw is None or not _is_named(item):
        return None
    if item.is_total and _tells_hidden(items):
        return None
    at = item.date or max((each.date for each in items if each.date), default=EARLIEST_EVENT)
    try:
        return statements.score(context_id, subject, item.target, at, item.graderaw - item.grademin, item.span)
    except BadgeToolError as error:
        # A course total can be negative where a teacher subtracts points; a score here cannot.
        log.warning("moodle.grade_skipped", code=error.code, item=item.id)
        return None


def _rows(payload: Any) -> Iterator[tuple[int, list[Any]]]:
    if not isinstance(payload, dict) or not isinstance(payload.get("usergrades"), list):
        raise unexpected()
    for report in payload["usergrades"]:
        if not isinstance(report, dict) or not isinstance(report.get("gradeitems"), list):
            raise unexpected()
        user_id = report.get("userid")
        if not isinstance(user_id, int) or isinstance(user_id, bool) or user_id <= 0:
            raise unexpected()
        yield user_id, report["gradeitems"]


def _item(row: Any) -> GradeItem | None:
    try:
        return GradeItem.model_validate(row)
    except ValidationError:
        return None
