"""Where a launch arrives: on to the page that is meant for this person and this link."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from lti_tool.domain.launch import MessageType
from lti_tool.web import places
from lti_tool.web.cards import BADGE, CARD, PROGRESS
from lti_tool.web.security.access import Permission, require
from lti_tool.web.security.viewer import Viewer, current_viewer, go_to
from lti_tool.web.services import PageServices


def make_blueprint(services: PageServices) -> Blueprint:
    blueprint = Blueprint("pages", __name__)

    @blueprint.route("/s/<session_id>/", methods=["GET", "POST"])
    def home(session_id: str) -> Response:
        viewer = current_viewer()
        if not viewer.course_id:
            return make_response(render_template("no_course.html", viewer=viewer))
        if viewer.session.data.get("message_type") == MessageType.DEEP_LINKING:
            require(viewer.role, Permission.PLACE_BADGES, viewer.duties)
            return go_to(viewer, places.PICKER)
        if viewer.may(Permission.SEE_COURSE):
            # Her first page of a new course should name its learners and activities, not say that it knows none.
            services.await_first_reading(viewer.course_id)
        return _home_of(viewer)

    return blueprint


def _home_of(viewer: Viewer) -> Response:
    """A card that deep linking placed opens what it names; any other link opens the badges of the course."""
    badge, card = _custom(viewer, BADGE), _custom(viewer, CARD)
    if viewer.may(Permission.SEE_COURSE):
        if badge:
            return go_to(viewer, places.COURSE_BADGE, achievement_id=badge)
        return go_to(viewer, places.COURSE_PROGRESS if card == PROGRESS else places.COURSE_BADGES)
    if badge:
        return go_to(viewer, places.MY_CARD, achievement_id=badge)
    return go_to(viewer, places.MY_PROGRESS if card == PROGRESS else places.MY_BADGES)


def _custom(viewer: Viewer, name: str) -> str:
    """A custom parameter of the link that was launched; "" for one that cannot be ours."""
    custom = viewer.session.data.get("custom")
    value = custom.get(name) if isinstance(custom, dict) else None
    # Custom parameters are text that a teacher may have edited in the LMS.
    return value if isinstance(value, str) and value.replace("-", "").isalnum() and len(value) <= 64 else ""
