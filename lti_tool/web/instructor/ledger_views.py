"""The ledger of one learner's badge, for an appeal: to read, to print and to keep as a file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from lti_tool.usecases.ledger_export import as_file, course_as_file
from lti_tool.web.instructor.ledger_rows import ledger_rows
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import current_viewer
from lti_tool.web.services import PageServices


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def ledger(session_id: str, achievement_id: str, person_id: str) -> str:
        """Every entry in words."""
        found = services.ledger(current_viewer().course_id, achievement_id, person_id)
        return render_template("instructor/ledger.html", found=found, rows=ledger_rows(found))

    def ledger_file(session_id: str, achievement_id: str, person_id: str) -> Response:
        """The same as JSON, with the hashes and what they are made of."""
        found = services.ledger(current_viewer().course_id, achievement_id, person_id)
        response = Response(as_file(found), mimetype="application/json")
        response.headers["Content-Disposition"] = "attachment; filename=ledger.json"
        return response

    def course_ledger(session_id: str) -> Response:
        """The whole chain of the course as JSON."""
        found = services.ledger.course(current_viewer().course_id)
        response = Response(course_as_file(found), mimetype="application/json")
        response.headers["Content-Disposition"] = "attachment; filename=ledger-of-the-course.json"
        return response

    place = "/badges/<achievement_id>/learners/<person_id>/ledger"
    register(blueprint, ((place, VIEW, ledger), (f"{place}/file", ACTION, ledger_file)))
    register(blueprint, (("/badges/ledger", ACTION, course_ledger),))
