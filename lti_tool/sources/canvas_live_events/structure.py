"""What a course is made of, and who is in it: modules, assignments, enrolments, copies. Nobody's progress is in it."""

from __future__ import annotations

from lti_tool.domain.canvas_ids import assignment_target, module_target
from lti_tool.sources.batch import Said
from lti_tool.sources.canvas_live_events.envelope import Envelope, activity_named
from lti_tool.sources.canvas_live_events.grades import points_possible
from lti_tool.sources.values import identifier

# What criteria may name: deletion is told by another state, and unpublished things are none of the learners' yet.
SHOWN = ("active", "published")


def module(envelope: Envelope) -> Said:
    body = envelope.body
    if body.get("workflow_state") not in SHOWN or not envelope.course:
        return envelope.changed()
    activity = activity_named(module_target(body.get("module_id")), "module", body.get("name"))
    return Said(activity=activity, learnt_in=envelope.course, changed=envelope.course)


def assignment(envelope: Envelope) -> Said:
    """Its name and its most points; where it stands in the modules only a reading tells."""
    body = envelope.body
    if body.get("workflow_state") not in SHOWN:
        return envelope.changed()
    target = assignment_target(body.get("assignment_id"))
    return envelope.learnt(activity_named(target, "item", body.get("title"), points_possible(body)))


def something_changed(envelope: Envelope) -> Said:
    return envelope.changed()


def content_migration(envelope: Envelope) -> Said:
    """Content came into a course, new or not. Canvas tells the course's LTI context id as well."""
    told = envelope.body.get("destination_course_lti_id") or envelope.body.get("lti_context_id")
    return Said(changed=identifier(told, "A course's id")) if told else envelope.changed()
