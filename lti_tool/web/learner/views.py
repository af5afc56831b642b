"""Views and actions of a learner. What she may see is decided in security/; what it says in rows and badge_page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.web import places
from lti_tool.web.learner import card_views, evidence_views, foreign_views
from lti_tool.web.learner.badge_page import BadgeView, badge_view, collected_at
from lti_tool.web.learner.live import changed, version_of
from lti_tool.web.learner.record_file import record_file
from lti_tool.web.learner.rows import badge_list
from lti_tool.web.present.qr import qr_data_uri
from lti_tool.web.security.viewer import Viewer, actor, current_viewer, go_to
from lti_tool.web.services import PageServices

# What an action says on the page to which it leads, by the word in its address.
_SAID = {
    "asked": "Your results are being read. What is new appears here by itself.",
    "shared": "Anyone with the link can now see this badge.",
    "changed": "The public page is changed.",
    "again": "The badge is being issued again. Look here once more in a moment, and then save it anew.",
    "stopped": "Sharing is stopped. The link shows nothing any more.",
}
_NOT_DONE = {"too-soon": "Your results were asked for less than a minute ago. Wait a moment before you ask again."}
_VIEW = ["GET", "POST"]


def make_blueprint(services: PageServices) -> Blueprint:
    """All pages below /s/<session_id>/my."""
    pages = _LearnerPages(services)
    blueprint = Blueprint("learner", __name__, url_prefix="/s/<session_id>/my")
    card_views.add_routes(blueprint, services)
    evidence_views.add_routes(blueprint, services)
    foreign_views.add_routes(blueprint, services)
    for rule, methods, view in (
        ("", _VIEW, pages.badges),
        ("/changes", ["POST"], pages.changes),
        ("/check-again", ["POST"], pages.check_again),
        ("/seen", ["POST"], pages.seen),
        ("/record", ["POST"], pages.record),
        ("/<award_id>", _VIEW, pages.badge),
        ("/<award_id>/wallet", ["POST"], pages.wallet),
        ("/<award_id>/wallet/changes", ["POST"], pages.wallet_changes),
        ("/<award_id>/file/<kind>", ["POST"], pages.file),
        ("/<award_id>/share", ["POST"], pages.share),
        ("/<award_id>/again", ["POST"], pages.again),
        ("/<award_id>/stop-sharing", ["POST"], pages.stop_sharing),
    ):
        blueprint.add_url_rule(rule, view.__name__, view, methods=methods)
    return blueprint


class _LearnerPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def badges(self, session_id: str) -> str:
        """My badges in this course."""
        viewer = current_viewer()
        fragment, values = self._fragment(viewer)
        return render_template(
            "learner/badges.html", fragment=fragment, version=version_of(fragment), **_notice(), **values
        )

    def changes(self, session_id: str) -> Response:
        """The list anew, where it differs from what the page shows."""
        fragment, _ = self._fragment(current_viewer())
        return changed(fragment)

    def _fragment(self, viewer: Viewer) -> tuple[str, dict[str, Any]]:
        mine = self._services.learner.all(viewer.course_id, viewer.person_id)
        values = {"page": badge_list(mine, viewer.role, request.args.get("badge", ""))}
        return render_template("learner/_badges.html", **values), values

    def check_again(self, session_id: str) -> Response:
        """Asks for her own results to be read now."""
        viewer = current_viewer()
        asked = self._services.ask_reading.learner(viewer.course_id, viewer.person_id)
        return go_to(viewer, places.MY_BADGES, done="asked" if asked else "too-soon")

    def seen(self, session_id: str) -> Response:
        """She has read the notices that this page showed her."""
        viewer = current_viewer()
        shown = {int(part) for part in request.form.get("seen", "").split() if part.isdecimal() and len(part) < 16}
        self._services.learner.seen(viewer.course_id, viewer.person_id, shown)
        return go_to(viewer, places.MY_BADGES)

    def badge(self, session_id: str, award_id: str) -> str:
        """One badge of mine."""
        viewer = current_viewer()
        return render_template("learner/badge.html", badge=self._badge(viewer, award_id), **_notice())

    def _badge(self, viewer: Viewer, award_id: str) -> BadgeView:
        found = self._services.learner.one(viewer.course_id, viewer.person_id, award_id)
        return badge_view(found, self._services.base_url)

    def _ready_badge(self, viewer: Viewer, award_id: str) -> BadgeView:
        badge = self._badge(viewer, award_id)
        if not badge.is_ready:
            raise BadgeToolError("award.not_issued", "There is nothing to take along of this badge.", status=409)
        return badge

    def wallet(self, session_id: str, award_id: str) -> str:
        """A new wallet offer each time: an offer is short-lived and can be collected once."""
        badge = self._ready_badge(current_viewer(), award_id)
        link = self._services.wallet_offer(award_id)
        return render_template("learner/wallet.html", badge=badge, link=link, qr=qr_data_uri(link.uri))

    def wallet_changes(self, session_id: str, award_id: str) -> Response:
        """Tells the wallet page when a wallet has taken the badge."""
        viewer = current_viewer()
        found = self._services.learner.one(viewer.course_id, viewer.person_id, award_id)
        at = collected_at(found.offer)
        version = at.isoformat() if at else "offered"
        if request.form.get("version") == version:
            return jsonify(version=version, html=None)
        return jsonify(version=version, html=render_template("learner/_collected.html", at=at))

    def file(self, session_id: str, award_id: str, kind: str) -> Response:
        """The badge as a file: json, jwt, sd-jwt, png or svg; html, a page that checks it; or pdf, to print."""
        self._ready_badge(current_viewer(), award_id)
        made = {"html": self._services.offline_file, "pdf": self._services.certificate_file}
        if kind in made:
            name, media_type, content = made[kind](award_id)
        else:
            files = self._services.badge_files(award_id)
            if kind not in files:
                raise NotFound("award.file_unknown", "There is no such file of this badge.")
            name, media_type, content = files[kind]
        response = make_response(content)
        response.headers["Content-Type"] = media_type
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def record(self, session_id: str) -> Response:
        """All my badges as one signed file (CLR 2.0)."""
        viewer = current_viewer()
        name, media_type, content = record_file(self._services.record(viewer.course_id, viewer.person_id))
        response = make_response(content)
        response.headers["Content-Type"] = media_type
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    def share(self, session_id: str, award_id: str) -> Response:
        """Opens the public page, or changes whether it shows the learner's name and what she handed in."""
        viewer = current_viewer()
        was_open = bool(self._badge(viewer, award_id).public_url)
        shown = {name: request.form.get(name) == "1" for name in ("show_name", "show_evidence")}
        self._services.share.open(viewer.course_id, viewer.person_id, award_id, **shown)
        return go_to(viewer, places.MY_BADGE, award_id=award_id, done="changed" if was_open else "shared")

    def again(self, session_id: str, award_id: str) -> Response:
        """Has the badge issued anew, with her name in it or without."""
        viewer, named = current_viewer(), request.form.get("named") == "1"
        by = actor(self._services, viewer)
        self._services.name_on_badge(viewer.course_id, viewer.person_id, award_id, by, named=named)
        return go_to(viewer, places.MY_BADGE, award_id=award_id, done="again")

    def stop_sharing(self, session_id: str, award_id: str) -> Response:
        viewer = current_viewer()
        self._services.share.stop(viewer.course_id, viewer.person_id, award_id)
        return go_to(viewer, places.MY_BADGE, award_id=award_id, done="stopped")


def _notice() -> dict[str, str]:
    done = request.args.get("done", "")
    return {"notice": _SAID.get(done, ""), "not_done": _NOT_DONE.get(done, "")}
