"""Open Badges 3.0 (https://www.imsglobal.org/spec/ob/v3p0/): the AchievementCredential, built and checked."""

from lti_tool.credentials.open_badges_3.build import build_achievement, build_credential, build_profile
from lti_tool.credentials.open_badges_3.checks import badge_problem, require_issuable
from lti_tool.credentials.open_badges_3.endorsement import build_endorsement
from lti_tool.credentials.open_badges_3.schema import endorsement_problem, schema_problem

__all__ = [
    "badge_problem",
    "build_achievement",
    "build_credential",
    "build_endorsement",
    "build_profile",
    "endorsement_problem",
    "require_issuable",
    "schema_problem",
]
