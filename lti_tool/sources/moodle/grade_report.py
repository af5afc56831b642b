"""gradereport_user_get_grade_items: every grade of a course in one answer.

What counts as a grade here:

- `graderaw` null is no grade. A grade that was taken away therefore says nothing; the last known one stands until
  the next is given.
- Hidden grades are not released yet and are left out. So is a learner's course total while it contains one, as in
  Moodle's own user report by default: the total would tell the hidden grade.
- Grades excluded from the total are excused, and left out. Locked and overridden grades count as they stand.
- Grades begin at `grademin`: a scale of 1 to 3 becomes 0 to 2 points, so that percent mean what Moodle shows.
- The event's time is `gradedategraded`, else `gradedatesubmitted`, else the newest date in the learner's report (so
  that it moves when anything is graded), else the year 2000: a grade without a date yields to any that has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import structlog
from pydantic import Field, ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import EARLIEST_EVENT, LearningEvent
from lti_tool.domain.platform import Activity
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
    def date(self) -> datetime | None:
        return statements.moment(self.gradedategraded) or statements.moment(self.gradedatesubmitted)

    def counts(self) -> bool:
        """Whether this is a released grade out of something."""
        released = not self.hidden and not self.gradeneedsupdate and self.status != "excluded"
        return released and self.graderaw is not None and self.span > 0


def parse_grade_report(payload: Any, context_id: str) -> list[LearningEvent]:
    """ITEM_SCORE and COURSE_GRADE of every learner; raises `moodle.unexpected` for another function's answer."""
    return [
        event
        for user_id, items in _reports(payload)
        for item in items
        if (event := _event(item, items, context_id, str(user_id)))
    ]


def parse_graded_items(payload: Any) -> list[Activity]:
    """What can be graded in the course, in the gradebook's order; `maximum` in points above the lowest grade."""
    found: dict[str, Activity] = {}
    for _, items in _reports(payload):
        for item in items:
            if item.target is not None and item.span > 0:
                name = statements.plain(item.itemname or "") or item.target
                found.setdefault(item.target, Activity(item.target, "item", name, item.span))
    return list(found.values())


def latest_dates(payload: Any) -> dict[str, int]:
    """Epoch seconds of each learner's newest grade, 0 without any: whoever's grew has done something."""
    return {
        str(user_id): max((int(item.date.timestamp()) for item in items if item.date), default=0)
        for user_id, items in _reports(payload)
    }


def _event(item: GradeItem, items: list[GradeItem], context_id: str, subject: str) -> LearningEvent | None:
    total = item.itemtype == "course"
    if not item.counts() or item.graderaw is None or (item.target is None and not total):
        return None
    if total and any(each.hidden and each.graderaw is not None for each in items):
        return None
    at = item.date or max((each.date for each in items if each.date), default=EARLIEST_EVENT)
    target = None if total else item.target
    try:
        return statements.score(context_id, subject, target, at, item.graderaw - item.grademin, item.span)
    except BadgeToolError as error:
        # A course total can be negative where a teacher subtracts points; a score here cannot.
        log.warning("moodle.grade_skipped", code=error.code, item=item.id)
        return None


def _reports(payload: Any) -> Iterator[tuple[int, list[GradeItem]]]:
    if not isinstance(payload, dict) or not isinstance(payload.get("usergrades"), list):
        raise unexpected()
    for report in payload["usergrades"]:
        if not isinstance(report, dict) or not isinstance(report.get("gradeitems"), list):
            raise unexpected()
        user_id = report.get("userid")
        if not isinstance(user_id, int) or isinstance(user_id, bool) or user_id <= 0:
            raise unexpected()
        yield user_id, list(_items(report["gradeitems"]))


def _items(rows: list[Any]) -> Iterator[GradeItem]:
    for row in rows:
        try:
            yield GradeItem.model_validate(row)
        except ValidationError:
            # One strange row must not keep a course's other grades away.
            log.warning("moodle.grade_item_unreadable")
