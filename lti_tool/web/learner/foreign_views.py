"""A learner hands in a badge that she has from elsewhere, where a badge of the course builds on it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.check_badges import HandedIn
from lti_tool.web.security.limits import admit_upload
from lti_tool.web.security.viewer import current_viewer, go_to
from lti_tool.web.services import PageServices
from lti_tool.web.verify.intake import handed_in

_MOST = 1


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def foreign(session_id: str) -> Response:
        """Asks for the badge."""
        is_done = bool(request.args.get("done"))
        notice = "The badge is genuine and yours. What builds on it is weighed anew." if is_done else ""
        return make_response(render_template("learner/foreign.html", notice=notice, error="", link=""))

    def hand_in_badge(session_id: str) -> Response:
        """Has it verified; it counts at once."""
        viewer = current_viewer()
        try:
            admit_upload(viewer.person_id)
            services.hand_in_badge(viewer.course_id, viewer.person_id, _one())
        except BadgeToolError as error:
            words = f"{error.message} {error.hint}".strip()
            link = request.form.get("link", "")
            page = render_template("learner/foreign.html", notice="", error=words, code=error.code, link=link)
            return make_response(page, error.status if error.status in (403, 404, 422, 429) else 422)
        return go_to(viewer, "learner.foreign", done="verified")

    blueprint.add_url_rule("/from-elsewhere", foreign.__name__, foreign, methods=["GET", "POST"])
    blueprint.add_url_rule("/from-elsewhere/hand-in", hand_in_badge.__name__, hand_in_badge, methods=["POST"])


def _one() -> HandedIn:
    found = handed_in(request.form.get("link", ""), request.files.getlist("badge"))
    if len(found) > _MOST:
        raise BadgeToolError("badge.one_at_a_time", "Hand in one badge at a time.", status=422)
    return found[0]
