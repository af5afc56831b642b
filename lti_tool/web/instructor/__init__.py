"""Pages of the staff of a course: its badges, the editor, who has earned what, and the Deep Linking picker."""

from __future__ import annotations

from flask import Blueprint

from lti_tool.web.instructor import (
    award_table_views,
    award_views,
    badge_views,
    copy_views,
    course_views,
    drawings,
    drift_views,
    editor_views,
    ledger_views,
    mass_views,
    nominate_views,
    people_views,
    picker_views,
    review_views,
    upload_views,
    version_views,
)
from lti_tool.web.services import PageServices

_ROOMS = (
    award_table_views,
    award_views,
    badge_views,
    copy_views,
    course_views,
    drawings,
    drift_views,
    editor_views,
    ledger_views,
    mass_views,
    nominate_views,
    people_views,
    picker_views,
    review_views,
    upload_views,
    version_views,
)


def make_blueprint(services: PageServices) -> Blueprint:
    """All pages below /s/<session_id>/badges and /s/<session_id>/pick, and the pictures that the editor draws."""
    blueprint = Blueprint("instructor", __name__)
    for room in _ROOMS:
        room.add_routes(blueprint, services)
    return blueprint


__all__ = ["make_blueprint"]
