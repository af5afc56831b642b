"""Verbs and types of activities, as they are in use.

Those of Moodle's logstore_xapi plug-in, of cmi5 and of the ADL's vocabulary. A verb that is not here is of no use to
the tool, and ignored; so are all that tell of badges ("achieved", "earned"): an award that is heard as an event would
earn the next.
"""

from __future__ import annotations

_ADL = "http://adlnet.gov/expapi"
_TLA = "https://w3id.org/xapi/tla/verbs"
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"

SCORED = frozenset({f"{_TLA}/scored", f"{_ADL}/verbs/scored"})
COMPLETED = frozenset({f"{_ADL}/verbs/completed", "http://activitystrea.ms/schema/1.0/complete"})
UNCOMPLETED = frozenset({f"{_EDLM}/verbs/uncompleted"})
PASSED = frozenset({f"{_ADL}/verbs/passed"})
FAILED = frozenset({f"{_ADL}/verbs/failed"})
USED = SCORED | COMPLETED | UNCOMPLETED | PASSED | FAILED

COURSES = frozenset(
    {
        "https://w3id.org/xapi/cmi5/activitytype/course",
        f"{_ADL}/activities/course",
        "http://lrs.learninglocker.net/define/type/moodle/course",
    }
)
MODULES = frozenset({f"{_ADL}/activities/module", "http://id.tincanapi.com/activitytype/section"})
# A part's score is not the whole's, and which of several attempts counts only the LMS knows. A badge would be a loop.
PARTS = frozenset(
    {
        "http://activitystrea.ms/schema/1.0/review",
        "http://activitystrea.ms/schema/1.0/review#slot",
        f"{_ADL}/activities/attempt",
        f"{_ADL}/activities/question",
        f"{_ADL}/activities/interaction",
        f"{_ADL}/activities/cmi.interaction",
        f"{_EDLM}/activity-types/badge",
        "http://activitystrea.ms/schema/1.0/badge",
    }
)
