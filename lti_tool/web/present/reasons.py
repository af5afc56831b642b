"""The reason tree as rows for a nested list: what was asked, what was seen, who said so and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.criteria import Group, Requirement
from lti_tool.domain.evaluation import Outcome, Reason
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import SCORED, FactKind, Standing
from lti_tool.domain.sentence import number, requirement_sentence
from lti_tool.usecases.names import CourseNames

# Outcome -> (word, tone). The tone names an icon and a colour; the word alone says the same.
DONE = ("Done", "done")
NOT_YET = ("Not yet", "not-yet")
WAITING = ("Waiting", "waiting")
UNKNOWN = ("Not known yet", "unknown")

SOURCES = {
    "webhook": "sent by the learning platform",
    "event_feed": "read from the learning platform's event feed",
    "moodle": "read from Moodle",
    "ags_results": "read from the gradebook",
    "xapi": "sent by xAPI",
    "caliper": "sent by Caliper",
    "teacher": "stated by the teacher",
    "lti-badges": "known to LTI Badges itself",
}


# Why a statement does not count, by its standing.
WITHHELD: dict[str, str] = {
    Standing.HIDDEN: "Graded, and not shown to the learner yet.",
    Standing.EXCUSED: "The learner is excused from this, so it cannot count for a badge.",
    Standing.UNGRADED: "Handed in and not graded yet.",
    Standing.DELETED: "The learning platform has deleted this.",
}


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One line of the tree. A group has `parts`; a leaf has what was observed, or a `note` on what is missing.

    `text`: the requirement or the joiner in words. `observed` and `required` are "" where there is no value.
    `occurred_at` is the learning platform's own time, `read_at` the time at which this tool heard of it.
    """

    text: str
    word: str
    tone: str
    parts: tuple[ReasonRow, ...] = ()
    observed: str = ""
    required: str = ""
    note: str = ""
    source: str = ""
    occurred_at: datetime | None = None
    read_at: datetime | None = None
    url: str = ""


def reason_row(reason: Reason, names: CourseNames) -> ReasonRow:
    """The tree of rows of a reason tree."""
    if isinstance(reason.criteria, Group):
        return _group_row(reason, reason.criteria, names)
    return _leaf_row(reason, reason.criteria, names)


def open_leaves(row: ReasonRow) -> list[ReasonRow]:
    """The leaves that still count, in reading order: none below a group that is done already."""
    if row.tone == DONE[1]:
        return []
    if not row.parts:
        return [row]
    return [leaf for part in row.parts for leaf in open_leaves(part)]


def progress(reason: Reason) -> tuple[int, int]:
    """(done, needed): how many parts are done of those that the outermost group needs; a lone leaf is 1 of 1."""
    if isinstance(reason.criteria, Group):
        return min(reason.met_count, reason.criteria.needed), reason.criteria.needed
    return int(reason.outcome is Outcome.MET), 1


def _group_row(reason: Reason, group: Group, names: CourseNames) -> ReasonRow:
    word, tone = _outcome(reason.outcome)
    done, needed = progress(reason)
    return ReasonRow(
        text=_joiner(group),
        word=word,
        tone=tone,
        parts=tuple(reason_row(part, names) for part in reason.parts),
        observed=f"{done} of {needed} done",
    )


def _joiner(group: Group) -> str:
    count = len(group.parts)
    if count == 1:
        return "This one"
    if group.needed == count:
        return "Both of these" if count == 2 else f"All {count} of these"
    return "Any one of these" if group.needed == 1 else f"At least {group.needed} of these {count}"


def _leaf_row(reason: Reason, leaf: Requirement, names: CourseNames) -> ReasonRow:
    sentence = requirement_sentence(leaf, names)
    activity = names.activity(leaf.kind, leaf.target) if leaf.target else None
    fact = reason.fact
    word, tone = _outcome(reason.outcome)
    if reason.outcome is not Outcome.MET and _waits(leaf, fact):
        word, tone = WAITING
    return ReasonRow(
        text=sentence[:1].upper() + sentence[1:],
        word=word,
        tone=tone,
        observed=observed_value(fact) if fact else "",
        required=_required(leaf),
        note=_note(leaf, fact, reason.outcome),
        source=SOURCES.get(fact.source, "sent by the learning platform") if fact else "",
        occurred_at=fact.occurred_at if fact else None,
        read_at=fact.received_at if fact else None,
        url=activity.url if activity else "",
    )


def _outcome(outcome: Outcome) -> tuple[str, str]:
    return {Outcome.MET: DONE, Outcome.NOT_MET: NOT_YET, Outcome.UNKNOWN: UNKNOWN}[outcome]


def _waits(leaf: Requirement, fact: Fact | None) -> bool:
    """Whether the next step is not the learner's: the teacher has to approve, or to grade again."""
    if leaf.kind is FactKind.MANUAL_APPROVAL:
        return True
    if fact is None:
        return False
    return not fact.counts or (fact.kind in SCORED and fact.score is None)


def observed_value(fact: Fact) -> str:
    """ "62 of 100 (62 %)", "62 points", "no grade", "completed", "not completed"; "" for what has no value, or
    none that may be shown."""
    if not fact.counts:
        return ""
    if fact.kind in SCORED:
        if fact.score is None:
            return "no grade"
        if fact.percent is None:
            return f"{number(fact.score)} points"
        return f"{number(fact.score)} of {number(fact.maximum or 0)} ({number(fact.percent)} %)"
    if fact.kind in (FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION):
        return "completed" if fact.completed else "not completed"
    if fact.kind is FactKind.MANUAL_APPROVAL:
        return "approved" if fact.completed else "not approved"
    return "held" if fact.completed else "not held"


def _required(leaf: Requirement) -> str:
    if leaf.minimum is None:
        return ""
    return f"at least {number(leaf.minimum)} {'%' if leaf.unit == 'percent' else 'points'}"


def _note(leaf: Requirement, fact: Fact | None, outcome: Outcome) -> str:
    if outcome is Outcome.MET:
        return ""
    if leaf.kind is FactKind.MANUAL_APPROVAL:
        return "The teacher has not approved this yet."
    if fact is None:
        return "" if leaf.kind is FactKind.BADGE_HELD else "The learning platform has said nothing about this yet."
    if not fact.counts:
        return WITHHELD.get(fact.standing, "This does not count for a badge.")
    if fact.kind in SCORED and fact.score is None:
        return "The grade was taken back. Waiting for a new one."
    if outcome is Outcome.UNKNOWN:
        return "The learning platform did not say what the full mark is."
    return ""
