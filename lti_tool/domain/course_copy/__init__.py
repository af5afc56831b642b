"""What becomes of a course's badges when the course is copied. Pure: two courses and a rule in, a rule out."""

from lti_tool.domain.course_copy.matching import How, Match, match_activities
from lti_tool.domain.course_copy.origins import origins_of
from lti_tool.domain.course_copy.retargeting import (
    LEFT_OUT,
    OPEN,
    Key,
    is_open,
    named_in,
    open_targets,
    retargeted,
)

__all__ = [
    "LEFT_OUT",
    "OPEN",
    "How",
    "Key",
    "Match",
    "is_open",
    "match_activities",
    "named_in",
    "open_targets",
    "origins_of",
    "retargeted",
]
