"""Statements in the shapes in which Moodle's logstore_xapi plug-in and others write them; all people invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from lti_tool.sources.sender import Sender

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MOODLE = "https://moodle.example.edu"
SENDER = Sender(MOODLE)
SCORED = "https://w3id.org/xapi/tla/verbs/scored"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
UNCOMPLETED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"
PASSED = "http://adlnet.gov/expapi/verbs/passed"
FAILED = "http://adlnet.gov/expapi/verbs/failed"
ACHIEVED = "https://w3id.org/xapi/tla/verbs/achieved"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"


def account(name: str, home_page: str = MOODLE) -> dict[str, Any]:
    return {"account": {"homePage": home_page, "name": name}, "name": f"Person {name}"}


def activity(address: str, kind: str, name: str = "") -> dict[str, Any]:
    return {
        "id": f"{MOODLE}/{address}" if "://" not in address else address,
        "objectType": "Activity",
        "definition": {"type": kind, "name": {"en": name}} if name else {"type": kind},
    }


def course(number: int = 2) -> dict[str, Any]:
    return activity(f"course/view.php?id={number}", COURSE_TYPE, "Laboratory Safety")


def statement(verb: str, thing: dict[str, Any], *parents: dict[str, Any], **more: Any) -> dict[str, Any]:
    """In the course 2; the grader (9) is context.instructor, the learner (18) the actor."""
    context = {
        "instructor": account("9"),
        "contextActivities": {"parent": [*parents, course()]},
        "language": "en",
    }
    return {
        "actor": account("18"),
        "verb": {"id": verb, "display": {"en": "did"}},
        "object": thing,
        "context": context,
        "timestamp": "2026-05-04T11:59:58.250Z",
    } | more


def assignment_graded(raw: Any = 17.0, maximum: Any = 20.0, **more: Any) -> dict[str, Any]:
    """What Moodle sends for a graded submission: `scaled` is 0.0 whatever was given."""
    kind = "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types"
    score = {"raw": raw, "min": 0.0, "max": maximum, "scaled": 0.0}
    return statement(
        SCORED,
        activity("mod/assign/view.php?id=7#submission", f"{kind}/submission", "Essay Submission"),
        activity("mod/assign/view.php?id=7", f"{kind}/assignment", "Essay"),
        activity("course/section.php?id=5", "http://id.tincanapi.com/activitytype/section", "Week 1"),
        **{"result": {"score": score, "success": True}} | more,
    )


def book_completed(verb: str = COMPLETED, **more: Any) -> dict[str, Any]:
    result = {} if verb == UNCOMPLETED else {"result": {"completion": True, "success": True}}
    thing = activity("mod/book/view.php?id=8", "http://id.tincanapi.com/activitytype/book", "Handbook")
    return statement(verb, thing, **result | more)


def body(*statements: Any) -> bytes:
    """One statement alone, or a batch."""
    return json.dumps(statements[0] if len(statements) == 1 else list(statements)).encode()
