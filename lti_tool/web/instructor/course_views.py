"""The course's badges: the instructor's first page."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from lti_tool.web import places
from lti_tool.web.instructor.course_rows import course_view
from lti_tool.web.instructor.reading_rows import readings_view
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import current_viewer, go_to
from lti_tool.web.services import PageServices

_SAID = {"asked": "The course is being read. Open this page again in a moment to see what is new."}
_NOT_DONE = {
    "too-soon": "The course was asked for less than a minute ago. Wait a moment before you ask again.",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def course(session_id: str) -> str:
        """Badges in this course."""
        viewer = current_viewer()
        page, done = (
            course_view(services.course.course(viewer.course_id), services.clock()),
            request.args.get("done", ""),
        )
        said = {"notice": _SAID.get(done, ""), "not_done": _NOT_DONE.get(done, "")}
        return render_template("instructor/course.html", page=page, **said)

    def progress(session_id: str) -> str:
        """How far the course is with each badge: what a progress card opens for the staff."""
        page = course_view(services.course.course(current_viewer().course_id), services.clock())
        return render_template("instructor/progress.html", page=page)

    def readings(session_id: str) -> str:
        """How fresh the course is, source by source, and what readings repaired."""
        page = readings_view(services.freshness.course(current_viewer().course_id))
        return render_template("instructor/readings.html", page=page)

    def read_now(session_id: str) -> Response:
        """Asks for the course to be read."""
        viewer = current_viewer()
        asked = services.ask_reading.course(viewer.course_id)
        return go_to(viewer, places.COURSE_BADGES, done="asked" if asked else "too-soon")

    register(
        blueprint,
        (
            ("/badges", VIEW, course),
            ("/badges/progress", VIEW, progress),
            ("/badges/readings", VIEW, readings),
            ("/badges/read-now", ACTION, read_now),
        ),
    )
