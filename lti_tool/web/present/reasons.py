"""The reason tree as rows for a nested list: what was asked, what was seen, who said so and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.domain.confidence import Ages, confidence
from lti_tool.domain.criteria import Group, Requirement
from lti_tool.domain.evaluation import Outcome, Reason, Why
from lti_tool.domain.fact_kind import SCORED, FactKind
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.phrases import ENGLISH, number
from lti_tool.domain.sentence import requirement_sentence
from lti_tool.usecases.names import CourseNames
from lti_tool.web.present.nominations import Judged
from lti_tool.web.present.reason_words import NOTES, SOURCES, UNTOLD, WITHHELD, observed_value

# Outcome -> (word, tone). The tone names an icon and a colour; the word alone says the same.
DONE = ("Done", "done")
NOT_YET = ("Not yet", "not-yet")
WAITING = ("Waiting", "waiting")
UNKNOWN = ("Not known yet", "unknown")
NOT_HERS = ("Not for you", "unknown")


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One line of the tree. A group has `parts`; a leaf has what was observed, or a `note` on what is missing.

    `text`: the requirement or the joiner in words. `observed` and `required` are "" where there is no value.
    `occurred_at` is the learning platform's own time, `read_at` the time at which this tool heard of it. `is_optional`:
    nothing is missing while it is open. `confidence`: "complete", "stale" or "unknown", `as_of` when; "" for groups.
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
    is_optional: bool = False
    confidence: str = ""
    as_of: datetime | None = None


def reason_row(reason: Reason, names: CourseNames, ages: Ages | None = None, judged: Judged | None = None) -> ReasonRow:
    """The tree of rows of a reason tree. `ages`: how old what each source told is; None where that is not asked.
    `judged`: what reviewers gave."""
    if isinstance(reason.criteria, Group):
        return _group_row(reason, reason.criteria, names, ages, judged)
    row = _with_marks(_leaf_row(reason, reason.criteria, names), reason, judged or {})
    if ages is None:
        return row
    found, as_of = confidence(reason, ages)
    return replace(row, confidence=found.value, as_of=as_of)


def open_leaves(row: ReasonRow) -> list[ReasonRow]:
    """The leaves that still count, in reading order: none below a group that is done already."""
    if row.tone == DONE[1] or row.is_optional:
        return []
    if not row.parts:
        return [row]
    return [leaf for part in row.parts for leaf in open_leaves(part)]


def progress(reason: Reason) -> tuple[int, int]:
    """(done, needed): how many parts are done of those that the outermost group needs; a lone leaf is 1 of 1."""
    if isinstance(reason.criteria, Group) and reason.criteria.joiner not in ("not", "credits"):
        return min(reason.met_count, reason.needed), reason.needed
    if isinstance(reason.criteria, Group) and reason.criteria.joiner == "credits":
        return (reason.needed if reason.outcome is Outcome.MET else reason.met_count), max(
            reason.needed, reason.met_count + (reason.outcome is not Outcome.MET)
        )
    return int(reason.outcome is Outcome.MET), 1


def _group_row(reason: Reason, group: Group, names: CourseNames, ages: Ages | None, judged: Judged | None) -> ReasonRow:
    word, tone = NOT_HERS if reason.is_hers is False else _outcome(reason.outcome)
    return ReasonRow(
        text=_joiner(group) + _terms(reason, names),
        word=word,
        tone=tone,
        parts=tuple(reason_row(part, names, ages, judged) for part in reason.parts),
        observed=_how_far(reason, group),
        is_optional=group.optional or reason.is_hers is False,
    )


def _how_far(reason: Reason, group: Group) -> str:
    if reason.is_for_others:
        return ""
    done, needed = progress(reason)
    return _credits(reason, group) if group.joiner == "credits" else f"{done} of {needed} done"


def _credits(reason: Reason, group: Group) -> str:
    met = sum(part.criteria.credits for part in reason.counted if part.outcome is Outcome.MET)
    return f"{number(met)} of {number(group.total)} credits"


def _joiner(group: Group) -> str:
    count = len(group.required)
    if group.joiner == "not":
        return "Not this"
    if group.joiner == "credits":
        return f"Parts that add up to {number(group.total)} credits"
    if count == 1:
        return "This one"
    if group.needed == count:
        return "Both of these" if count == 2 else f"All {count} of these"
    return "Any one of these" if group.needed == 1 else f"At least {group.needed} of these {count}"


def _terms(reason: Reason, names: CourseNames) -> str:
    """Whom the part is for, and when it counts, behind its words."""
    part = reason.criteria
    words = ["optional"] if part.optional else []
    if part.only_for:
        words.append("only for " + " or ".join(names(FactKind.GROUP_MEMBERSHIP, group) for group in part.only_for))
    if part.window is not None and isinstance(part, Group):
        words.append(ENGLISH.within(part.window, "done"))
    if part.credits != 1.0:
        words.append(f"{number(part.credits)} credits")
    return f" ({', '.join(words)})" if words else ""


def _leaf_row(reason: Reason, leaf: Requirement, names: CourseNames) -> ReasonRow:
    sentence = requirement_sentence(leaf, names)
    activity = names.activity(leaf.kind, leaf.target) if leaf.target else None
    fact = reason.fact
    word, tone = NOT_HERS if reason.is_hers is False else _outcome(reason.outcome)
    if reason.outcome is not Outcome.MET and reason.is_hers is not False and _waits(leaf, fact):
        word, tone = WAITING
    return ReasonRow(
        text=sentence[:1].upper() + sentence[1:] + _terms(reason, names),
        word=word,
        tone=tone,
        observed=_observed(reason, leaf),
        required=_required(leaf),
        note=_note(leaf, reason),
        source=SOURCES.get(fact.source, "sent by the learning platform") if fact else "",
        occurred_at=fact.occurred_at if fact else None,
        read_at=fact.received_at if fact else None,
        url=activity.url if activity else "",
        is_optional=leaf.optional or reason.is_hers is False,
    )


def _with_marks(row: ReasonRow, reason: Reason, judged: Judged) -> ReasonRow:
    """What was seen, and row by row what the reviewer gave, where it is of the decision that was seen."""
    leaf, fact = reason.criteria, reason.fact
    if not isinstance(leaf, Requirement) or not leaf.evidence or fact is None:
        return row
    marks = judged.get((leaf.evidence, fact.occurred_at), "")
    return replace(row, observed=f"{row.observed}: {marks}") if marks else row


def _observed(reason: Reason, leaf: Requirement) -> str:
    """What was seen: of several facts taken together the value that came of them."""
    if leaf.items and reason.observed is not None:
        return f"{number(reason.observed)} % completed"
    if leaf.take == "average" and reason.observed is not None:
        return f"{number(reason.observed)} {'%' if leaf.unit == 'percent' else 'points'} on average"
    return observed_value(reason.fact) if reason.fact else ""


def _outcome(outcome: Outcome) -> tuple[str, str]:
    return {Outcome.MET: DONE, Outcome.NOT_MET: NOT_YET, Outcome.UNKNOWN: UNKNOWN}[outcome]


def _waits(leaf: Requirement, fact: Fact | None) -> bool:
    """Whether the next step is not the learner's: the teacher has to approve, or to grade again."""
    if leaf.kind in (FactKind.MANUAL_APPROVAL, FactKind.EVIDENCE_REVIEW):
        return True
    if fact is None:
        return False
    return not fact.counts or (fact.kind in SCORED and fact.is_withdrawn)


def _required(leaf: Requirement) -> str:
    if leaf.letter:
        return f"at least {leaf.letter}"
    if leaf.minimum is None:
        return ""
    in_points = leaf.unit == "points" or leaf.kind is FactKind.EVIDENCE_REVIEW
    return f"at least {number(leaf.minimum)} {'points' if in_points else '%'}"


def _note(leaf: Requirement, reason: Reason) -> str:
    if reason.outcome is Outcome.MET:
        return ""
    if leaf.kind is FactKind.MANUAL_APPROVAL and reason.is_hers:
        return UNTOLD[leaf.kind]
    if reason.why is Why.UNTOLD:
        return UNTOLD.get(leaf.kind, "The learning platform has said nothing about this yet.")
    if reason.why is Why.WITHHELD and reason.fact is not None:
        return WITHHELD.get(reason.fact.standing, "This does not count for a badge.")
    return NOTES.get(reason.why, "")
