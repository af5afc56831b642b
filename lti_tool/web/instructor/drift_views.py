"""A rule whose activities changed is looked at, and mended with one click."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web import places
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.drift_rows import drift_rows, key_of
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices

_SAID = {
    "accepted": "Taken as it is now.",
    "replaced": "The rule names the other one now. Whoever has the badge keeps it.",
    "dropped": "The part is taken out of the rule. Whoever has the badge keeps it.",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def drift(session_id: str, achievement_id: str) -> Response:
        """What changed, thing by thing."""
        return page(achievement_id, _SAID.get(request.args.get("done", ""), ""))

    def mend(session_id: str, achievement_id: str) -> Response:
        """One click: taken as it is, replaced, or dropped."""
        viewer, key = current_viewer(), key_of(typed(request.form, "key"))
        operation = request.form.get("op", "accept")
        where = (viewer.course_id, achievement_id, key)
        try:
            if operation == "replace":
                by = typed(request.form, "by")
                if not by:
                    raise BadgeToolError("drift.choice_missing", "Choose what takes its place.", status=422)
                services.drift.replace(*where, by, actor(services, viewer))
            elif operation == "drop":
                services.drift.drop(*where, actor(services, viewer))
            else:
                services.drift.accept(*where)
        except BadgeToolError as error:
            if error.status != 422:
                raise
            return page(achievement_id, error=f"{error.message} {error.hint}".strip())
        done = {"replace": "replaced", "drop": "dropped"}.get(operation, "accepted")
        if request.form.get("from") == "course":
            return go_to(viewer, places.COURSE_BADGES)
        return go_to(viewer, "instructor.drift", achievement_id=achievement_id, done=done)

    def page(achievement_id: str, notice: str = "", error: str = "") -> Response:
        viewer = current_viewer()
        found = services.drift.badge(viewer.course_id, achievement_id)
        sentence = services.course.badge(viewer.course_id, achievement_id).sentence
        rows = drift_rows(found.drifts, found.choices)
        values = {"badge": found.achievement, "sentence": sentence, "rows": rows, "notice": notice, "error": error}
        return make_response(render_template("instructor/drift.html", **values), 422 if error else 200)

    register(
        blueprint,
        (
            ("/badges/<achievement_id>/drift", VIEW, drift),
            ("/badges/<achievement_id>/drift/mend", ACTION, mend),
        ),
    )
