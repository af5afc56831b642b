"""The words of a reason: what was seen, who said it, and why it does not count."""

from __future__ import annotations

from lti_tool.domain.evaluation import Why
from lti_tool.domain.fact_kind import RATED, SCORED, FactKind, Standing
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.phrases import number

SOURCES = {
    "webhook": "sent by the learning platform",
    "event_feed": "read from the learning platform's event feed",
    "moodle": "read from Moodle",
    "csv_upload": "uploaded by a teacher",
    "ags_results": "read from the gradebook",
    "xapi": "sent by xAPI",
    "caliper": "sent by Caliper",
    "teacher": "stated by the teacher",
    "handed_in": "handed in by the learner, and verified",
    "reviewer": "decided by a reviewer",
    "lti-badges": "known to LTI Badges itself",
}


# Why a statement does not count, by its standing.
WITHHELD: dict[str, str] = {
    Standing.HIDDEN: "Graded, and not shown to the learner yet.",
    Standing.EXCUSED: "The learner is excused from this, so it cannot count for a badge.",
    Standing.UNGRADED: "Handed in and not graded yet.",
    Standing.DELETED: "The learning platform has deleted this.",
}


NOTES = {
    Why.WITHDRAWN: "The grade was taken back. Waiting for a new one.",
    Why.NO_MAXIMUM: "The learning platform did not say what the full mark is.",
    Why.NO_LETTER: "The learning platform told a number and no grade in letters.",
    Why.NO_NUMBER: "The learning platform told a grade in letters and no number.",
    Why.OFF_SCALE: "This grade does not stand on the scale of the rule.",
    Why.OUTSIDE: "Done, and not within the time that counts.",
    Why.ENROLMENT_UNTOLD: "It is not known since when the learner is in the course.",
    Why.LATE: "Handed in late.",
    Why.LATENESS_UNTOLD: "The learning platform did not say whether it was on time.",
    Why.NOT_HERS: "This part is for other groups.",
    Why.GROUP_UNTOLD: "It is not known whether the learner is in the group that this part is for.",
}
UNTOLD = {
    FactKind.MANUAL_APPROVAL: "The teacher has not approved this yet.",
    FactKind.EVIDENCE_REVIEW: "No reviewer has approved this yet.",
    FactKind.BADGE_HELD: "",
}


def observed_value(fact: Fact) -> str:
    """ "62 of 100 (62 %)", "B+", "62 points", "no grade", "completed", "not completed"; "" for what has no value, or
    none that may be shown."""
    if not fact.counts:
        return ""
    if fact.kind in SCORED:
        return _value(fact) or "no grade"
    if fact.kind in RATED and _value(fact):
        return _value(fact)
    yes, no = _YES_NO.get(fact.kind, ("held", "not held"))
    return yes if fact.completed else no


_YES_NO = {
    FactKind.ITEM_COMPLETION: ("completed", "not completed"),
    FactKind.MODULE_COMPLETION: ("completed", "not completed"),
    FactKind.COURSE_COMPLETION: ("completed", "not completed"),
    FactKind.ITEM_SUBMISSION: ("handed in", "not handed in"),
    FactKind.OUTCOME_MASTERY: ("mastered", "not mastered"),
    FactKind.EXTERNAL_FACT: ("yes", "no"),
    FactKind.EVIDENCE_REVIEW: ("approved", "not approved"),
    FactKind.MANUAL_APPROVAL: ("approved", "not approved"),
}


def _value(fact: Fact) -> str:
    """The letter, and the score in points and percent, as far as they are known."""
    words = [fact.letter] if fact.letter else []
    if fact.score is not None and fact.percent is None:
        words.append(f"{number(fact.score)} points")
    elif fact.score is not None and fact.percent is not None:
        words.append(f"{number(fact.score)} of {number(fact.maximum or 0)} ({number(fact.percent)} %)")
    return ", ".join(words)
