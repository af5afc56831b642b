"""One event in Canvas's own format: ``metadata`` and ``body``.

https://developerdocs.instructure.com/services/canvas/data-services/live-events
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lti_tool.sources.batch import Said
from lti_tool.sources.canvas_live_events import grades, progress, structure
from lti_tool.sources.canvas_live_events.envelope import Envelope
from lti_tool.sources.values import malformed, mapping

Reader = Callable[[Envelope], Said]
# Name of the event -> (where its body names the course, what it says).
READERS: dict[str, tuple[str, Reader]] = {
    "grade_change": ("", grades.grade_change),
    "course_grade_change": ("course_id", grades.course_grade_change),
    "grade_override": ("course_id", grades.grade_override),
    "course_progress": ("course", progress.course_progress),
    "course_completed": ("course", progress.course_progress),
    "submission_created": ("", progress.submission),
    "submission_updated": ("", progress.submission),
    "learning_outcome_result_created": ("", progress.outcome_result),
    "learning_outcome_result_updated": ("", progress.outcome_result),
    "module_created": ("context_id", structure.module),
    "module_updated": ("context_id", structure.module),
    "module_item_created": ("context_id", structure.something_changed),
    "module_item_updated": ("context_id", structure.something_changed),
    "assignment_created": ("context_id", structure.assignment),
    "assignment_updated": ("context_id", structure.assignment),
    "enrollment_created": ("course_id", structure.something_changed),
    "enrollment_updated": ("course_id", structure.something_changed),
    "enrollment_state_created": ("course_id", structure.something_changed),
    "enrollment_state_updated": ("course_id", structure.something_changed),
    "content_migration_completed": ("context_id", structure.content_migration),
}


def read_event(value: Mapping[str, Any], now: datetime) -> Said:
    """What the event says; nothing for one that the tool has no use for. Raises `event.*`."""
    metadata, body = mapping(value.get("metadata")), mapping(value.get("body"))
    name = name_of(value)
    if not name:
        raise malformed("The event has no name.")
    if name not in READERS:
        return Said()
    member, read = READERS[name]
    if member == "context_id" and body.get("context_type", "Course") != "Course":
        return Said()
    return read(Envelope.open(event_id_of(value), metadata, body, _course_id(body, member), now))


def name_of(value: Mapping[str, Any]) -> str:
    """What kind of event it is; "" where it has no name."""
    name = mapping(value.get("metadata")).get("event_name")
    # Canvas documents the override of a grade under the name of a changed one.
    if name == "grade_change" and "override_score" in mapping(value.get("body")):
        return "grade_override"
    return name if isinstance(name, str) else ""


def event_id_of(value: Mapping[str, Any]) -> str:
    """Canvas gives its events no id. What is sent again is the same in all of these (SHA-256, hex)."""
    metadata = mapping(value.get("metadata"))
    said = [metadata.get(name) for name in ("root_account_uuid", "event_name", "event_time")]
    return hashlib.sha256(json.dumps([*said, value.get("body")], sort_keys=True).encode()).hexdigest()


def _course_id(body: Mapping[str, Any], member: str) -> Any:
    found = body.get(member)
    return found.get("id") if isinstance(found, dict) else found
