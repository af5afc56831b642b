"""The versions of a badge, and what a changed rule would have meant for the past."""

from __future__ import annotations

from flask import Blueprint, render_template

from lti_tool.web.instructor.routes import VIEW, register
from lti_tool.web.security.viewer import current_viewer
from lti_tool.web.services import PageServices


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def versions(session_id: str, achievement_id: str) -> str:
        """What changed from one version to the next, and who made it."""
        badge, found = services.versions(current_viewer().course_id, achievement_id)
        return render_template("instructor/versions.html", badge=badge, versions=found)

    register(blueprint, (("/badges/<achievement_id>/versions", VIEW, versions),))
