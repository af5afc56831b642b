"""One badge with its learners, and what the instructor decides about them."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web import places
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.badge_rows import badge_view, learner_lines
from lti_tool.web.instructor.batch_rows import batch_views
from lti_tool.web.instructor.learners_csv import learners_csv
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import Viewer, actor, current_viewer, go_to
from lti_tool.web.services import PageServices

_SAID = {
    "draft": "The draft is saved.",
    "saved": "The changes are saved. Whoever has the badge keeps it.",
    "published": "The badge is live. Awards appear here within seconds.",
    "paused": "Paused: nobody gets the badge until you resume. What was awarded stays.",
    "resumed": "The badge is live again.",
    "revoked": "The badge is withdrawn. Whoever checks it sees that, with your reason.",
    "kept": "The badge stands.",
    "batch-confirmed": "They get the badge within seconds.",
    "batch-declined": "Nobody was awarded. From now on only new work counts.",
    "batch-undone": "All of them are withdrawn, with your reason. The badge is paused.",
    "awarded": "Awarded. The badges are being signed.",
    "lifted": "The badge can be earned again. Whoever meets the rule gets it within seconds.",
    "approved": "Approved.",
    "unapproved": "The approval is taken back.",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _BadgePages(services)
    register(
        blueprint,
        (
            ("/badges/<achievement_id>", VIEW, pages.badge),
            ("/badges/<achievement_id>/learners.csv", ACTION, pages.csv),
            ("/badges/<achievement_id>/pause", ACTION, pages.pause),
            ("/badges/<achievement_id>/resume", ACTION, pages.resume),
            ("/badges/<achievement_id>/approve", ACTION, pages.approve),
            ("/badges/<achievement_id>/awards/<award_id>/withdraw", ACTION, pages.withdraw),
            ("/badges/<achievement_id>/awards/<award_id>/keep", ACTION, pages.keep),
            ("/badges/<achievement_id>/awards/<award_id>/lift", ACTION, pages.lift),
        ),
    )


class _BadgePages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def badge(self, session_id: str, achievement_id: str) -> str:
        """The badge and its learners."""
        viewer = current_viewer()
        return self._page(viewer, achievement_id, _SAID.get(request.args.get("done", ""), ""))

    def _page(self, viewer: Viewer, achievement_id: str, notice: str = "", reason_error: str = "") -> str:
        found = self._services.course.badge(viewer.course_id, achievement_id)
        person_id = request.args.get("person", "") or request.form.get("person", "")
        page_number = request.args.get("page", 1, type=int)
        view = badge_view(found, request.args.get("show", "all"), page_number, person_id)
        return render_template(
            "instructor/badge.html",
            page=view,
            batches=batch_views(found.batches, self._services.clock()),
            undo=request.args.get("undo", ""),
            open_person=person_id,
            notice=notice,
            reason_error=reason_error,
        )

    def csv(self, session_id: str, achievement_id: str) -> Response:
        """All learners of the badge as a file."""
        viewer = current_viewer()
        found = self._services.course.badge(viewer.course_id, achievement_id)
        response = make_response(learners_csv(learner_lines(found)))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        stem = re.sub(r"[^a-z0-9]+", "-", found.achievement.name.lower()).strip("-") or "badge"
        response.headers.set("Content-Disposition", "attachment", filename=f"{stem[:60]}-learners.csv")
        return response

    def pause(self, session_id: str, achievement_id: str) -> Response:
        viewer = current_viewer()
        who = actor(self._services, viewer)
        self._services.edit.pause(viewer.course_id, achievement_id, paused=True, actor=who)
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="paused")

    def resume(self, session_id: str, achievement_id: str) -> Response:
        viewer = current_viewer()
        who = actor(self._services, viewer)
        self._services.edit.pause(viewer.course_id, achievement_id, paused=False, actor=who)
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, done="resumed")

    def approve(self, session_id: str, achievement_id: str) -> Response:
        """States the teacher's approval of one learner, or takes it back."""
        viewer = current_viewer()
        person_id, approved = request.form.get("person", ""), request.form.get("approved") == "1"
        self._services.approve(
            viewer.course_id, achievement_id, person_id, approved=approved, approver_id=viewer.person_id
        )
        done = "approved" if approved else "unapproved"
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, person=person_id, done=done)

    def withdraw(self, session_id: str, achievement_id: str, award_id: str) -> Response:
        """Revokes an award; a missing reason is said beside its field."""
        viewer = current_viewer()
        person_id = request.form.get("person", "")
        try:
            self._services.revoke(
                viewer.course_id, award_id, actor(self._services, viewer), typed(request.form, "reason")
            )
        except BadgeToolError as error:
            if error.code != "award.reason_missing":
                raise
            return make_response(self._page(viewer, achievement_id, reason_error=error.message), 422)
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, person=person_id, done="revoked")

    def keep(self, session_id: str, achievement_id: str, award_id: str) -> Response:
        """Lets a flagged award stand."""
        viewer = current_viewer()
        self._services.keep(viewer.course_id, award_id, actor(self._services, viewer))
        person_id = request.form.get("person", "")
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, person=person_id, done="kept")

    def lift(self, session_id: str, achievement_id: str, award_id: str) -> Response:
        """Lets a learner earn a badge again that was withdrawn for cause."""
        viewer = current_viewer()
        self._services.lift(viewer.course_id, award_id, actor(self._services, viewer))
        person_id = request.form.get("person", "")
        return go_to(viewer, places.COURSE_BADGE, achievement_id=achievement_id, person=person_id, done="lifted")
