"""Somebody of the staff hands in evidence for a learner."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.web import places
from lti_tool.web.evidence_form import sent_evidence
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.present.evidence import evidence_row, is_of_form, with_error
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def nominate(session_id: str, achievement_id: str) -> Response:
        """What the badge asks reviewers to approve of this learner."""
        return page(achievement_id)

    def put_forward(session_id: str, achievement_id: str) -> Response:
        """Hands in one piece for her."""
        viewer, person_id = current_viewer(), _person()
        try:
            sent = sent_evidence(services, request, viewer.person_id)
            whose, by = (viewer.course_id, achievement_id, person_id), actor(services, viewer)
            services.nominate(*whose, sent.piece, by, sent.evidence, sent.file, keep_file=sent.keeps_file)
        except BadgeToolError as error:
            if not is_of_form(error):
                raise
            return page(achievement_id, error)
        return go_to(viewer, places.REVIEWS)

    def page(achievement_id: str, error: BadgeToolError | None = None) -> Response:
        viewer, person_id = current_viewer(), _person()
        rows_of_course = services.course.badge(viewer.course_id, achievement_id).rows
        if all(row.person.id != person_id for row in rows_of_course):
            raise NotFound("person.unknown", "There is no such person in this course.")
        mine = services.learner.all(viewer.course_id, person_id)
        badge = next((one for one in mine.open if one.achievement.id == achievement_id and one.pieces), None)
        if badge is None:
            raise NotFound("review.not_asked", "The badge does not ask for this evidence.")
        rows = with_error(map(evidence_row, badge.pieces), request.form, error)
        values = {"badge": badge.achievement, "person": mine.person, "rows": rows}
        values["takes_files"] = services.evidence_bytes
        return make_response(render_template("instructor/nominate.html", **values), 422 if error else 200)

    register(
        blueprint,
        (
            ("/badges/<achievement_id>/nominate", VIEW, nominate),
            ("/badges/<achievement_id>/nominate/hand-in", ACTION, put_forward),
        ),
    )


def _person() -> str:
    return request.args.get("person", "") or request.form.get("person", "")
