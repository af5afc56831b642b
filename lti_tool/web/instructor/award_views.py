"""Learners who were ticked on the badge's page are awarded by hand, after a look at who that is."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evidence import Evidence
from lti_tool.usecases.award_by_hand import Gift
from lti_tool.web import places
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.award_rows import gift_list
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices

# What is wrong with the form itself, and the field beside which it is said.
_FIELDS = {
    "award.why_missing": "reason",
    "award.why_too_long": "reason",
    "evidence.text_too_long": "text",
    "evidence.url_invalid": "url",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def award(session_id: str, achievement_id: str) -> Response:
        """Who was ticked, and what has to be said about it."""
        return page(achievement_id)

    def give(session_id: str, achievement_id: str) -> Response:
        """Awards them, all or nobody."""
        viewer = current_viewer()
        try:
            evidence = Evidence(typed(request.form, "text"), typed(request.form, "url"))
            gifts = [Gift(who, typed(request.form, "reason"), evidence) for who in _chosen()]
            services.award_by_hand(viewer.course_id, achievement_id, actor(services, viewer), gifts)
        except BadgeToolError as error:
            if error.code not in _FIELDS:
                raise
            return page(achievement_id, error)
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="awarded")

    def page(achievement_id: str, error: BadgeToolError | None = None) -> Response:
        viewer = current_viewer()
        # The reason is still to be typed: that it is missing is nobody's problem yet.
        gifts = [Gift(who, "to be said") for who in _chosen()]
        checked = services.award_by_hand.check(viewer.course_id, achievement_id, viewer.person_id, gifts)
        found = services.course.badge(viewer.course_id, achievement_id)
        values = {
            "badge": found.achievement,
            "people": gift_list([replace(one, gift=replace(one.gift, reason="")) for one in checked]),
            "said": {name: typed(request.form, name) for name in ("reason", "text", "url")},
            "errors": {_FIELDS[error.code]: error.message} if error else {},
        }
        return make_response(render_template("instructor/award.html", **values), 422 if error else 200)

    register(
        blueprint,
        (
            ("/badges/<achievement_id>/award", VIEW, award),
            ("/badges/<achievement_id>/award/give", ACTION, give),
        ),
    )


def _chosen() -> list[str]:
    """Ids of the people who were ticked, each once."""
    return list(dict.fromkeys(request.form.getlist("person")))
