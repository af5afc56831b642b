"""The pages behind the cards that Deep Linking placed in a course: one badge, or all of them with their progress."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from lti_tool.web.learner.card_rows import card_view, progress_view
from lti_tool.web.learner.live import changed, version_of
from lti_tool.web.security.viewer import current_viewer
from lti_tool.web.services import PageServices

_VIEW, _ASK = ["GET", "POST"], ["POST"]


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _CardPages(services)
    for rule, methods, view in (
        ("/cards/<achievement_id>", _VIEW, pages.card),
        ("/cards/<achievement_id>/changes", _ASK, pages.card_changes),
        ("/progress", _VIEW, pages.progress),
        ("/progress/changes", _ASK, pages.progress_changes),
    ):
        blueprint.add_url_rule(rule, view.__name__, view, methods=methods)


class _CardPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def card(self, session_id: str, achievement_id: str) -> str:
        """One badge: earned, or what is missing for it."""
        fragment = self._card(achievement_id)
        return render_template(
            "learner/card.html", fragment=fragment, version=version_of(fragment), achievement_id=achievement_id
        )

    def card_changes(self, session_id: str, achievement_id: str) -> Response:
        return changed(self._card(achievement_id))

    def progress(self, session_id: str) -> str:
        """All badges of the course, and how far she is with each."""
        fragment = self._progress()
        return render_template("learner/progress.html", fragment=fragment, version=version_of(fragment))

    def progress_changes(self, session_id: str) -> Response:
        return changed(self._progress())

    def _card(self, achievement_id: str) -> str:
        viewer = current_viewer()
        found = self._services.learner_card(viewer.course_id, viewer.person_id, achievement_id)
        return render_template("learner/_card.html", card=card_view(found, viewer.role))

    def _progress(self) -> str:
        viewer = current_viewer()
        mine = self._services.learner.all(viewer.course_id, viewer.person_id)
        return render_template("learner/_progress.html", view=progress_view(mine, viewer.role))
