"""The kinds of facts, and which values each of them has."""

from __future__ import annotations

from enum import StrEnum


class FactKind(StrEnum):
    """What a fact is about. (kind, target, aspect) names one slot of a learner's record.

    Targets: the LMS's id of an activity, module, outcome or group; "" for what the course has one of; the achievement
    for approvals and badges of our own, the credential's achievement id for those from elsewhere.
    """

    ITEM_SCORE = "item_score"
    ITEM_COMPLETION = "item_completion"
    ITEM_SUBMISSION = "item_submission"
    MODULE_COMPLETION = "module_completion"
    COURSE_GRADE = "course_grade"
    COURSE_COMPLETION = "course_completion"
    OUTCOME_MASTERY = "outcome_mastery"
    GROUP_MEMBERSHIP = "group_membership"  # of a section or group; said false of those that she is not in
    ENROLMENT = "enrolment"  # occurred_at: since when she is in the course
    EXTERNAL_FACT = "external_fact"
    EVIDENCE_REVIEW = "evidence_review"
    MANUAL_APPROVAL = "manual_approval"
    BADGE_HELD = "badge_held"


# Always a score, a letter or both; neither means that the grade was withdrawn.
SCORED = frozenset({FactKind.ITEM_SCORE, FactKind.COURSE_GRADE})
# A score, a letter (the level), yes or no, in any combination; none of them means that it was taken back.
RATED = frozenset({FactKind.OUTCOME_MASTERY, FactKind.EXTERNAL_FACT, FactKind.EVIDENCE_REVIEW})
# Told of each attempt; an event without its number tells of what stands in the gradebook.
ATTEMPTED = frozenset({FactKind.ITEM_SCORE, FactKind.ITEM_SUBMISSION})


class GradeVariant(StrEnum):
    """Which course grade: the LMS's only one, that of graded work alone, that with missing work as zero, or the one
    that a teacher put over both (withdrawn: score None)."""

    ONLY = ""
    CURRENT = "current"
    FINAL = "final"
    OVERRIDE = "override"


class Standing(StrEnum):
    """Why a statement does not count for awards; "" where it does."""

    COUNTS = ""
    HIDDEN = "hidden"  # graded, and not yet shown to the learner (muted, not posted)
    EXCUSED = "excused"
    UNGRADED = "ungraded"
    DELETED = "deleted"


STANDINGS = frozenset(Standing)
