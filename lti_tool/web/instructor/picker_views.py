"""The Deep Linking picker: which cards are placed in the course (LTI Deep Linking 2.0)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import MessageType
from lti_tool.lti.urls import origin
from lti_tool.usecases.course_badges import BadgeCard
from lti_tool.web.cards import BADGE, CARD, MY_BADGES, PROGRESS
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import Viewer, current_viewer
from lti_tool.web.services import PageServices

_LINK = "ltiResourceLink"
# Cards of the whole course: value -> (title of the link, its text, what the picker says).
_OF_COURSE = {
    PROGRESS: (
        "Badges: my progress",
        "How far you are with each badge of this course, and what comes next.",
        "All badges of the course, and how far each learner is with them.",
    ),
    MY_BADGES: (
        "My badges",
        "Your badges in this course, and what is still missing for the others.",
        "The badges that a learner has, to keep and to share, and those still open.",
    ),
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _PickerPages(services)
    register(blueprint, (("/pick", VIEW, pages.pick), ("/pick/place", ACTION, pages.place)))


class _PickerPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def pick(self, session_id: str) -> str:
        """The cards that can be placed."""
        viewer, settings = _asked()
        return self._page(viewer, settings)

    def place(self, session_id: str) -> Response:
        """The page that carries the answer back to the platform; cancelling is an answer without items."""
        viewer, settings = _asked()
        cards = {card.achievement.id: card for card in self._published(viewer)}
        known = [one for one in request.form.getlist("choice") if one in cards or one in _OF_COURSE]
        wanted = [] if request.form.get("cancel") == "1" else list(dict.fromkeys(known))
        if not wanted and request.form.get("cancel") != "1":
            return make_response(self._page(viewer, settings, "Choose at least one."), 422)
        items = [self._item(viewer, one, cards.get(one)) for one in wanted]
        return_url = str(settings["return_url"])
        g.form_action = ("'self'", origin(return_url))
        jwt = self._services.deep_linking_jwt(viewer.session, items)
        return make_response(
            render_template("instructor/placing.html", return_url=return_url, jwt=jwt, count=len(items))
        )

    def _published(self, viewer: Viewer) -> list[BadgeCard]:
        cards = self._services.course.course(viewer.course_id).cards
        return [card for card in cards if card.achievement.state is not AchievementState.DRAFT]

    def _page(self, viewer: Viewer, settings: dict[str, Any], error: str = "") -> str:
        cards = self._published(viewer)
        return render_template(
            "instructor/picker.html",
            cards=cards,
            of_course=_OF_COURSE,
            several=settings["accept_multiple"],
            # LTI-DL 2.0, 4.4.1: a platform that says nothing of it may ignore a column, and one may be offered.
            takes_columns=settings["accept_lineitem"] is not False and any(not card.has_column for card in cards),
            chosen=request.form.getlist("choice"),
            error=error,
        )

    def _item(self, viewer: Viewer, value: str, card: BadgeCard | None) -> dict[str, Any]:
        """A link, as PageServices.deep_linking_jwt takes it."""
        url = f"{self._services.base_url}/lti/{viewer.registration.id}/launch"
        if card is None:
            title, text, _ = _OF_COURSE[value]
            return {"title": title, "text": text, "url": url, "custom": {CARD: value}}
        badge = card.achievement
        # A badge that somebody has earned may have its column already; a second one would stay empty.
        is_wanted = request.form.get("column") == "1" and not card.has_column
        column = {"achievement_id": badge.id, "label": badge.name} if is_wanted else None
        return {
            "title": f"Badge: {badge.name}",
            "text": card.sentence,
            "url": url,
            "icon": f"{self._services.base_url}/images/{badge.image_id}.png",
            "custom": {BADGE: badge.id},
            "column": column,
        }


def _asked() -> tuple[Viewer, dict[str, Any]]:
    """The viewer and what the platform asked for; only a Deep Linking launch can be answered."""
    viewer = current_viewer()
    data = viewer.session.data
    settings = data.get("deep_linking")
    if data.get("message_type") != MessageType.DEEP_LINKING or not settings or not origin(settings["return_url"]):
        raise BadgeToolError(
            "dl.not_asked",
            "Nothing was asked of this page.",
            status=409,
            hint="In your course add an activity, and choose LTI Badges there.",
        )
    if _LINK not in settings["accept_types"]:
        raise BadgeToolError("dl.type_unsupported", "Your platform takes no links here.", status=409)
    return viewer, settings
