"""Badges that come over from another course: what is matched, what is not, and a choice for each."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from lti_tool.domain.course_copy import LEFT_OUT, Key
from lti_tool.web.instructor.copy_rows import DROP, LATER, copy_section, key_of
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices

_REVIEW = "instructor.copied"
_SAID = {
    "brought": "They are here as drafts. Nothing is awarded before you publish them.",
    "nothing": "All badges of that course are here already, so nothing was changed.",
    "decided": "The drafts name what this course has now.",
    "same": "Nothing was changed.",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    def copied(session_id: str) -> str:
        """What came over, and other courses of hers that something could come from."""
        viewer = current_viewer()
        sections = [copy_section(review) for review in services.review_copy.review(viewer.course_id)]
        sources = services.copies.sources(viewer.course_id, viewer.person_id)
        notice = _SAID.get(request.args.get("done", ""), "")
        return render_template("instructor/copied.html", sections=sections, sources=sources, notice=notice)

    def bring_over(session_id: str) -> Response:
        """Brings the badges of another course that she teaches."""
        viewer = current_viewer()
        who = actor(services, viewer)
        added = services.copies.by_hand(viewer.course_id, request.form.get("source", ""), who)
        return go_to(viewer, _REVIEW, done="brought" if added else "nothing")

    def decide_copy(session_id: str) -> Response:
        """Takes over what was chosen for each thing that the rules name."""
        viewer = current_viewer()
        changed = services.review_copy.decide(viewer.course_id, _chosen(), actor(services, viewer))
        return go_to(viewer, _REVIEW, done="decided" if changed else "same")

    register(
        blueprint,
        (
            ("/badges/copied", VIEW, copied),
            ("/badges/copied/bring", ACTION, bring_over),
            ("/badges/copied/decide", ACTION, decide_copy),
        ),
    )


def _chosen() -> dict[Key, str]:
    found = {key: value for name, value in request.form.items() if (key := key_of(name)) and value != LATER}
    return {key: LEFT_OUT if value == DROP else value for key, value in found.items()}
