"""How fresh a course is, in words that staff and administrators share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.reconciliation import Found
from lti_tool.domain.sentence import number
from lti_tool.domain.sweeping import Why
from lti_tool.usecases.ports import Repair, Repaired, SourceState, Told
from lti_tool.usecases.view_freshness import CourseFreshness

SOURCES = {
    "webhook": "Webhook",
    "event_feed": "Event feed",
    "moodle": "Moodle web services",
    "ags_results": "Own gradebook columns",
    "xapi": "xAPI",
    "caliper": "Caliper",
    "canvas_live_events": "Canvas Live Events",
    "csv_upload": "Uploaded tables",
}
FOUND = {
    Found.MISSED: "No event told it",
    Found.CORRECTED: "Known otherwise before",
    Found.WITHDRAWN: "Gone from the learning platform",
}
WHY = {
    Why.DUE: "on schedule",
    Why.ASKED: "because somebody asked",
    Why.OUTAGE: "after LTI Badges was away",
    Why.SILENCE: "because no events came",
    Why.NEW: "because the course was new",
    Why.UNKNOWN_LEARNER: "to find a learner who was not known",
    Why.CONNECTED: "because the source was connected",
}
_STANDINGS = {"hidden": "not shown yet", "excused": "excused", "ungraded": "not graded", "deleted": "deleted"}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source in one course. `why` and `found` are of its last complete reading; "" where it is never read."""

    name: str
    heard_at: datetime | None
    swept_at: datetime | None
    seconds: float
    why: str
    found: str
    error: str
    silent_since: datetime | None


def source_name(source: str) -> str:
    return SOURCES.get(source, source.replace("_", " ").capitalize())


def source_rows(freshness: CourseFreshness) -> list[SourceRow]:
    return [_row(state, freshness.silent.get(state.source)) for state in freshness.sources]


def _row(state: SourceState, silent_since: datetime | None) -> SourceRow:
    return SourceRow(
        source_name(state.source),
        state.heard_at,
        state.swept_at,
        state.seconds,
        WHY.get(Why(state.why), "") if state.why in set(Why) else "",
        found_sentence(state) if state.swept_at else "",
        state.error,
        silent_since,
    )


def found_sentence(state: SourceState) -> str:
    """What a reading found, as "3 new, 2 repaired"."""
    parts = [(state.news, "new"), (state.repaired, "repaired")]
    return ", ".join(f"{count} {word}" for count, word in parts if count) or "nothing new"


def repaired_sentence(repaired: Repaired) -> str:
    """ "3 results that no event told and 1 that the learning platform took back were repaired" """
    words = {
        Found.MISSED: "that no event told",
        Found.CORRECTED: "that stood otherwise here",
        Found.WITHDRAWN: "that the learning platform took back",
    }
    told = [f"{repaired.counts[found]} {word}" for found, word in words.items() if repaired.counts.get(found)]
    count = next(iter(repaired.counts[found] for found in words if repaired.counts.get(found)), 0)
    told[0] = told[0].replace(" ", " result " if count == 1 else " results ", 1)
    joined = " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
    return f"{joined} {'was' if sum(repaired.counts.values()) == 1 else 'were'} repaired"


def told(value: Told | None, kind: FactKind) -> str:
    """What a fact said: "85 of 100", "complete", "nothing"."""
    if value is None:
        return "nothing"
    if value.standing:
        return _STANDINGS.get(value.standing, value.standing)
    if value.completed is not None:
        return "complete" if value.completed else "not complete"
    if value.score is None:
        return value.letter or "no grade"
    points = number(value.score) if value.maximum is None else f"{number(value.score)} of {number(value.maximum)}"
    return f"{points} ({value.letter})" if value.letter else points


def repair_change(repair: Repair) -> tuple[str, str]:
    """What was known, and what is known now."""
    return told(repair.held, repair.kind), told(repair.said, repair.kind)
