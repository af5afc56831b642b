"""What a platform can really tell us: each ability as green, amber or red, what it unlocks, and what is missing.

Green: seen at work. Amber: not seen yet, or not switched on. Red: set up, and broken now. Whatever is not green says
what to do about it.
"""

from __future__ import annotations

from lti_tool.domain.capability_line import Capability, Evidence, Light
from lti_tool.domain.platform import Registration
from lti_tool.domain.service_lines import service_lines
from lti_tool.domain.sign_in_lines import sign_in_lines

__all__ = ["Capability", "Evidence", "Light", "can_see_grades", "capabilities"]


def capabilities(evidence: Evidence) -> list[Capability]:
    """Every line, in the order in which they depend on each other."""
    return [*sign_in_lines(evidence), *service_lines(evidence)]


def can_see_grades(registration: Registration) -> bool:
    """Whether anything at all can tell grades of other activities: AGS alone never does."""
    return bool(registration.webhook_secret or registration.event_feed_url or registration.moodle_token)
