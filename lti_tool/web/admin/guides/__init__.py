"""What an administrator copies into her LMS, and what she reads off it."""

from __future__ import annotations

from lti_tool.web.admin.guides.guide import Guide
from lti_tool.web.admin.guides.hosted import BLACKBOARD, BRIGHTSPACE, CANVAS
from lti_tool.web.admin.guides.self_hosted import MOODLE, OPEN_EDX, OTHER, SAKAI

__all__ = ["GUIDES", "Guide", "guide_for"]

GUIDES: tuple[Guide, ...] = (MOODLE, CANVAS, OPEN_EDX, BRIGHTSPACE, BLACKBOARD, SAKAI, OTHER)
_BY_CODE = {guide.code: guide for guide in GUIDES}


def guide_for(code: str) -> Guide:
    """By product code; the general one for a product without a guide."""
    return _BY_CODE.get(code.lower(), OTHER)
