"""What an instructor says to a mass award: yes, no, or to take it back."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web import places
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.routes import ACTION, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def confirm_batch(session_id: str, achievement_id: str, batch_id: str) -> Response:
        """Those who wait get the badge."""
        viewer = current_viewer()
        services.mass.confirm(viewer.course_id, batch_id, actor(services, viewer))
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="batch-confirmed")

    def decline_batch(session_id: str, achievement_id: str, batch_id: str) -> Response:
        """Only new work counts from now on."""
        viewer = current_viewer()
        services.mass.decline(viewer.course_id, batch_id, actor(services, viewer))
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="batch-declined")

    def undo_batch(session_id: str, achievement_id: str, batch_id: str) -> Response:
        """Withdraws all of it; without a reason the page asks for one."""
        viewer = current_viewer()
        try:
            services.mass.undo(viewer.course_id, batch_id, actor(services, viewer), typed(request.form, "reason"))
        except BadgeToolError as error:
            if error.code != "award.reason_missing":
                raise
            return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, undo=batch_id)
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="batch-undone")

    register(
        blueprint,
        (
            ("/badges/<achievement_id>/batches/<batch_id>/confirm", ACTION, confirm_batch),
            ("/badges/<achievement_id>/batches/<batch_id>/decline", ACTION, decline_batch),
            ("/badges/<achievement_id>/batches/<batch_id>/undo", ACTION, undo_batch),
        ),
    )
