"""A learner hands in evidence for a badge, and reads what reviewers say of it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.web import places
from lti_tool.web.evidence_form import file_answer, sent_evidence
from lti_tool.web.present.evidence import evidence_row, is_of_form, with_error
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def evidence(session_id: str, achievement_id: str) -> Response:
        """What the badge asks of her, and what she handed in."""
        return page(achievement_id)

    def hand_in(session_id: str, achievement_id: str) -> Response:
        """Hands in one piece, for the first time or again."""
        viewer = current_viewer()
        try:
            sent = sent_evidence(services, request, viewer.person_id)
            whose, by = (viewer.course_id, achievement_id, viewer.person_id), actor(services, viewer)
            services.nominate(*whose, sent.piece, by, sent.evidence, sent.file, keep_file=sent.keeps_file)
        except BadgeToolError as error:
            if not is_of_form(error):
                raise
            return page(achievement_id, error)
        return go_to(viewer, places.MY_EVIDENCE, achievement_id=achievement_id, done="handed-in")

    def evidence_file(session_id: str, achievement_id: str, file_id: str) -> Response:
        """A file that she handed in."""
        viewer = current_viewer()
        return file_answer(services.evidence_file.own(viewer.course_id, viewer.person_id, achievement_id, file_id))

    def page(achievement_id: str, error: BadgeToolError | None = None) -> Response:
        viewer = current_viewer()
        mine = services.learner.all(viewer.course_id, viewer.person_id)
        badge = next((one for one in mine.open if one.achievement.id == achievement_id and one.pieces), None)
        if badge is None:
            raise NotFound("review.not_asked", "The badge does not ask for this evidence.")
        rows = with_error(map(evidence_row, badge.pieces), request.form, error)
        notice = "Handed in. A reviewer of the course will look at it." if request.args.get("done") else ""
        values = {
            "badge": badge.achievement,
            "sentence": badge.sentence,
            "rows": rows,
            "eligible": mine.eligible,
            "takes_files": services.evidence_bytes,
        }
        values["has_rubric"] = any(row.rubric for row in rows)
        return make_response(render_template("learner/evidence.html", notice=notice, **values), 422 if error else 200)

    blueprint.add_url_rule("/evidence/<achievement_id>", evidence.__name__, evidence, methods=["GET", "POST"])
    blueprint.add_url_rule("/evidence/<achievement_id>/hand-in", hand_in.__name__, hand_in, methods=["POST"])
    blueprint.add_url_rule(
        "/evidence/<achievement_id>/file/<file_id>", evidence_file.__name__, evidence_file, methods=["POST"]
    )
