"""Events in the shapes in which sensors of Caliper 1.0, 1.1 and 1.2 write them; all people invented."""

from __future__ import annotations

import json
from typing import Any

LMS = "https://lms.example.edu"
COURSE = {"id": f"{LMS}/course/view.php?id=2", "type": "CourseSection", "name": "Laboratory Safety"}
CONTEXT_1_1 = "http://purl.imsglobal.org/ctx/caliper/v1p1"
CONTEXT_1_0 = "http://purl.imsglobal.org/ctx/caliper/v1/Context"
_TYPE_1_0 = "http://purl.imsglobal.org/caliper/v1"
ESSAY = f"{LMS}/mod/assign/view.php?id=7"


def grade(given: Any = 17.0, maximum: Any = 20.0, **changes: Any) -> dict[str, Any]:
    """1.1 and 1.2: the actor (9) grades the attempt of the assignee (18)."""
    attempt = {
        "id": f"{ESSAY}&attempt=1",
        "type": "Attempt",
        "assignee": {"id": f"{LMS}/user/18", "type": "Person"},
        "assignable": {"id": ESSAY, "type": "AssignableDigitalResource", "name": "Essay", "maxScore": 20.0},
    }
    return {
        "@context": CONTEXT_1_1,
        "id": "urn:uuid:a50ca17f-5971-47bb-8fca-4e6e6879001d",
        "type": "GradeEvent",
        "actor": {"id": f"{LMS}/user/9", "type": "Person"},
        "action": "Graded",
        "object": attempt,
        "generated": {"id": f"{LMS}/score/1", "type": "Score", "scoreGiven": given, "maxScore": maximum},
        "group": COURSE,
        "eventTime": "2026-05-04T11:59:58.250Z",
    } | changes


def outcome_1_0(total: Any = 17.0, **changes: Any) -> dict[str, Any]:
    """1.0, as Moodle's logstore_caliper writes it: the activity's maximum is filled from the score itself."""
    return {
        "@context": CONTEXT_1_0,
        "@type": f"{_TYPE_1_0}/OutcomeEvent",
        "actor": {"@id": f"{LMS}/user/9", "@type": f"{_TYPE_1_0}/lis/Person", "name": None},
        "action": "http://purl.imsglobal.org/vocab/caliper/v1/action#Graded",
        "object": {
            "@id": f"{LMS}/attempt/1",
            "@type": f"{_TYPE_1_0}/Attempt",
            "assignable": ESSAY,
            "actor": f"{LMS}/user/18",
            "count": 1,
        },
        "target": {
            "@id": ESSAY,
            "@type": f"{_TYPE_1_0}/AssignableDigitalResource",
            "name": "Essay",
            "maxScore": total,
        },
        "generated": {
            "@id": f"{LMS}/result/1",
            "@type": f"{_TYPE_1_0}/Result",
            "assignable": ESSAY,
            "actor": f"{LMS}/user/18",
            "normalScore": None,
            "totalScore": total,
            "scoredBy": {"@id": f"{LMS}/user/9"},
        },
        "group": {"@id": COURSE["id"], "@type": f"{_TYPE_1_0}/lis/CourseSection"},
        "eventTime": "2026-05-04T11:59:58.250Z",
    } | changes


def completed(**changes: Any) -> dict[str, Any]:
    """1.1: an assignable that its actor (18) completed."""
    return {
        "@context": CONTEXT_1_1,
        "id": "urn:uuid:b50ca17f-5971-47bb-8fca-4e6e6879001d",
        "type": "AssignableEvent",
        "actor": {"id": f"{LMS}/user/18", "type": "Person"},
        "action": "Completed",
        "object": {"id": f"{LMS}/mod/book/view.php?id=8", "type": "AssignableDigitalResource", "name": "Handbook"},
        "group": COURSE,
        "eventTime": "2026-05-04T11:59:58.250Z",
    } | changes


def envelope(*events: Any, version: str = CONTEXT_1_1) -> bytes:
    sent = {"sensor": f"{LMS}/sensor", "sendTime": "2026-05-04T12:00:00.000Z", "dataVersion": version}
    return json.dumps(sent | {"data": list(events)}).encode()
