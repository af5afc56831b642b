"""Who of the course's staff may do what, and entrusting it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from lti_tool.domain.duty import Duty
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices

# Duty -> (name, what it opens).
DUTIES = {
    Duty.VIEWER: ("View only", "sees badges and learners"),
    Duty.REVIEWER: ("Reviewer", "approves evidence"),
    Duty.DESIGNER: ("Designer", "makes, changes and publishes badges"),
    Duty.ISSUER: ("Issuer", "awards by hand, approves and withdraws"),
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def people(session_id: str) -> str:
        """The staff of the course."""
        staff = services.entrust.staff(current_viewer().course_id)
        held = {one.person.id: {grant.duty: grant for grant in one.grants} for one in staff}
        notice = "Saved. It counts from the next page that is opened." if request.args.get("done") else ""
        return render_template("instructor/people.html", staff=staff, held=held, duties=DUTIES, notice=notice)

    def save_duties(session_id: str) -> Response:
        """Makes the ticked duties those of one person."""
        viewer = current_viewer()
        sent = frozenset(duty for duty in Duty if duty.value in request.form.getlist("duty"))
        services.entrust(viewer.course_id, request.form.get("person", ""), sent, actor(services, viewer))
        return go_to(viewer, "instructor.people", done="saved")

    register(
        blueprint,
        (
            ("/badges/people", VIEW, people),
            ("/badges/people/save", ACTION, save_duties),
        ),
    )
