"""Grades and completion from Moodle's web services.

Moodle shows an LTI tool no grade of a quiz or an assignment (AGS lists the tool's own columns only), so a course's
grade report is read with a token that its administrator makes for this tool.
"""

from lti_tool.sources.moodle.completion import parse_completion
from lti_tool.sources.moodle.contents import course_activities, parse_contents
from lti_tool.sources.moodle.diagnosis import Diagnosis, MoodleProbe, diagnose
from lti_tool.sources.moodle.errors import MoodleError
from lti_tool.sources.moodle.grade_report import parse_grade_report, parse_graded_items
from lti_tool.sources.moodle.services import LONG, MoodleWebServices
from lti_tool.sources.moodle.source import MoodleSource

__all__ = [
    "LONG",
    "Diagnosis",
    "MoodleError",
    "MoodleProbe",
    "MoodleSource",
    "MoodleWebServices",
    "course_activities",
    "diagnose",
    "parse_completion",
    "parse_contents",
    "parse_grade_report",
    "parse_graded_items",
]
