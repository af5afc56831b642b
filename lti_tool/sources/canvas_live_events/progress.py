"""What a learner did: handed something in, met requirements of the modules, mastered an outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.domain.aliases import AliasKind
from lti_tool.domain.canvas_ids import assignment_target, outcome_target
from lti_tool.domain.learning_event import MOST_ATTEMPTS, FactKind, Standing
from lti_tool.sources.batch import Said
from lti_tool.sources.canvas_live_events.envelope import Envelope
from lti_tool.sources.canvas_live_events.grades import score
from lti_tool.sources.values import identifier, mapping, moment

NOT_THERE = ("unsubmitted", "deleted")


def submission(envelope: Envelope) -> Said:
    """That something was handed in, and as which attempt. Its score is not used: it does not say whether it is posted.

    The text in `body` stays unread. Where the submission came through a tool the event names no course.
    """
    body = envelope.body
    submitted_at = _moment(body.get("submitted_at"), envelope.occurred_at)
    said: dict[str, Any] = {
        "completed": submitted_at is not None and body.get("workflow_state") not in NOT_THERE,
        "late": None if submitted_at is None else body.get("late") is True,
        "submitted_at": submitted_at,
    }
    person, target = envelope.person(body.get("user_id")), assignment_target(body.get("assignment_id"))
    events = envelope.fact(person, FactKind.ITEM_SUBMISSION, target, **said)
    number = body.get("attempt")
    if isinstance(number, int) and 0 < number <= MOST_ATTEMPTS:
        events += envelope.fact(person, FactKind.ITEM_SUBMISSION, target, "attempt", attempt=number, **said)
    return Said(events)


def course_progress(envelope: Envelope) -> Said:
    """No event of Canvas names the module or the item that was completed. This one comes about two minutes after a
    learner met another requirement: it says whether all are met, and that it is worth to read the modules.

    Of a course without modules, or of somebody who is no learner there, `progress` holds an error.
    """
    progress = mapping(envelope.body.get("progress"))
    needed, met = progress.get("requirement_count"), progress.get("requirement_completed_count")
    if not isinstance(needed, int) or not isinstance(met, int):
        return envelope.changed()
    person = envelope.person(mapping(envelope.body.get("user")).get("id"))
    completed = progress.get("completed_at") is not None
    return envelope.changed(envelope.fact(person, FactKind.COURSE_COMPLETION, "", completed=completed))


def outcome_result(envelope: Envelope) -> Said:
    """How well an outcome is mastered. Older Canvas did not say by whom, and then it says nothing."""
    body = envelope.body
    if body.get("user_uuid") is None:
        return envelope.changed()
    given = score(body.get("score"))
    events = envelope.fact(
        (AliasKind.LMS_USER_UUID.value, identifier(body["user_uuid"], "A person's id")),
        FactKind.OUTCOME_MASTERY,
        outcome_target(body.get("learning_outcome_id")),
        score=given,
        maximum=None if given is None else score(body.get("possible")) or None,
        completed=body.get("mastery") if isinstance(body.get("mastery"), bool) else None,
        standing=Standing.DELETED if body.get("workflow_state") == "deleted" else Standing.COUNTS,
    )
    return envelope.changed(events)


def _moment(value: Any, now: datetime) -> datetime | None:
    return None if value is None else moment(value, now)
