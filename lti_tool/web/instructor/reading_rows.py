"""How fresh a course is, and what readings repaired, as the staff's page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.fact_kind import FactKind
from lti_tool.usecases.view_freshness import CourseRepairs
from lti_tool.web.present.freshness import FOUND, SourceRow, repair_change, source_name, source_rows

_KINDS = {
    FactKind.ITEM_COMPLETION: "completion",
    FactKind.MODULE_COMPLETION: "completion",
    FactKind.ITEM_SCORE: "grade",
}


@dataclass(frozen=True, slots=True)
class RepairRow:
    """One result that was put right: of whom, of what, what was known before and what is known now."""

    who: str
    what: str
    before: str
    now: str
    found: str
    source: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingsView:
    platform: str
    read_at: datetime | None
    next_at: datetime | None
    waiting: int
    waits_since: datetime | None
    sources: list[SourceRow]
    repairs: list[RepairRow]


def readings_view(page: CourseRepairs) -> ReadingsView:
    freshness = page.freshness
    rows = []
    for person, repair in page.repairs:
        before, now = repair_change(repair)
        rows.append(
            RepairRow(
                who=(person.name or "A learner") if person else "Somebody who has left",
                what=_what(page, repair.kind, repair.target),
                before=before,
                now=now,
                found=FOUND.get(repair.found, ""),
                source=source_name(repair.source),
                found_at=repair.found_at,
            )
        )
    return ReadingsView(
        platform=page.registration.name,
        read_at=freshness.swept_at,
        next_at=freshness.reading.next_at,
        waiting=freshness.backlog.count,
        waits_since=freshness.backlog.oldest,
        sources=source_rows(freshness),
        repairs=rows,
    )


def _what(page: CourseRepairs, kind: FactKind, target: str) -> str:
    if kind is FactKind.COURSE_GRADE:
        return "Course grade"
    word = _KINDS.get(kind, kind.value.replace("_", " "))
    return f"{page.names(kind, target)}, {word}"
