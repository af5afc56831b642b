"""Grades of assignments and of courses.

What Canvas holds back from the learner is told as being so: it is a fact, and earns nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.domain.canvas_ids import assignment_target
from lti_tool.domain.learning_event import FactKind, GradeVariant, LearningEvent, Standing
from lti_tool.sources.batch import Said
from lti_tool.sources.canvas_live_events.envelope import Envelope, activity_named
from lti_tool.sources.values import identifier, number

PERCENT = 100.0


def grade_change(envelope: Envelope) -> Said:
    """The grade of one assignment. `student_id` is the learner; who graded is of no account here."""
    body = envelope.body
    target = assignment_target(body.get("assignment_id"))
    maximum = points_possible(body)
    standing = _standing(body)
    # Of what does not count the value is nobody's to know, and so it is not kept.
    shows = not standing and body.get("score") is not None
    events = envelope.fact(
        envelope.person(body.get("student_id") or body.get("user_id")),
        FactKind.ITEM_SCORE,
        target,
        score=score(body["score"]) if shows else None,
        maximum=maximum if shows else None,
        letter=letter(body.get("grade")) if shows else "",
        standing=standing,
    )
    return envelope.learnt(activity_named(target, "item", body.get("assignment_name"), maximum), events)


def course_grade_change(envelope: Envelope) -> Said:
    """The grades of the course in percent: that of graded work, and that with missing work as nothing. `unposted_*`
    count what learners must not see, and are left out."""
    deleted = envelope.body.get("workflow_state") == "deleted"
    standing = Standing.DELETED if deleted else Standing.COUNTS
    current = _course_grade(envelope, GradeVariant.CURRENT, "current_score", standing)
    return Said(current + _course_grade(envelope, GradeVariant.FINAL, "final_score", standing))


def grade_override(envelope: Envelope) -> Said:
    """A grade of the course that a teacher put over both. That of a grading period is not the course's."""
    if envelope.body.get("grading_period_id") is not None:
        return envelope.changed()
    return Said(_course_grade(envelope, GradeVariant.OVERRIDE, "override_score", Standing.COUNTS))


def points_possible(body: Mapping[str, Any]) -> float | None:
    """The most points; None for an assignment out of 0, which Canvas allows for extra credit."""
    told = body.get("points_possible")
    return None if told is None else number(told) or None


def score(value: Any) -> float | None:
    return None if value is None else number(value)


def letter(grade: Any) -> str:
    """What the grade says in letters ("B+", "complete"); "" where it only repeats its score."""
    text = identifier(grade, "A grade") if grade else ""
    try:
        float(text.rstrip("%"))
    except ValueError:
        return text
    return ""


def _course_grade(
    envelope: Envelope, variant: GradeVariant, member: str, standing: Standing
) -> tuple[LearningEvent, ...]:
    given = score(envelope.body.get(member))
    return envelope.fact(
        envelope.person(envelope.body.get("user_id")),
        FactKind.COURSE_GRADE,
        "",
        variant.value,
        variant=variant.value,
        score=given,
        maximum=None if given is None else PERCENT,
        standing=standing,
    )


def _standing(body: Mapping[str, Any]) -> Standing:
    """A grade counts where Canvas says that it is posted ("muted" is what it was called before) and complete. Complete
    without a score is excused (Submission#graded? in Canvas's source), neither is a grade that was withdrawn."""
    complete, has_score = body.get("grading_complete") is True, body.get("score") is not None
    if complete and not has_score:
        return Standing.EXCUSED
    if has_score and body.get("muted") is not False:
        return Standing.HIDDEN
    return Standing.UNGRADED if has_score and not complete else Standing.COUNTS
