"""The Deep Linking picker: which badges become cards of the course (LTI Deep Linking 2.0)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import MessageType
from lti_tool.lti.urls import origin
from lti_tool.usecases.course_badges import BadgeCard
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import Viewer, current_viewer
from lti_tool.web.services import PageServices

MY_BADGES_PAGE = "my-badges"
_LINK_TYPE = "ltiResourceLink"


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _PickerPages(services)
    register(blueprint, (("/pick", VIEW, pages.pick), ("/pick/place", ACTION, pages.place)))


class _PickerPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def pick(self, session_id: str) -> str:
        """The badges that can be placed."""
        viewer, settings = self._asked()
        return self._page(viewer, settings)

    def place(self, session_id: str) -> Response:
        """The page that carries the answer back to the platform; cancelling is an answer without items."""
        viewer, settings = self._asked()
        cards = {card.achievement.id: card for card in self._published(viewer)}
        wanted = [one for one in request.form.getlist("choice") if one in cards or one == MY_BADGES_PAGE]
        if request.form.get("cancel") == "1":
            wanted = []
        elif not wanted:
            return make_response(self._page(viewer, settings, "Choose at least one."), 422)
        if not settings["accept_multiple"]:
            wanted = wanted[:1]
        items = [self._item(viewer, cards.get(one)) for one in dict.fromkeys(wanted)]
        return_url = str(settings["return_url"])
        g.form_action = ("'self'", origin(return_url))
        jwt = self._services.deep_linking_jwt(viewer.session, items)
        return make_response(
            render_template("instructor/placing.html", return_url=return_url, jwt=jwt, count=len(items))
        )

    def _asked(self) -> tuple[Viewer, dict[str, Any]]:
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
        return viewer, settings

    def _published(self, viewer: Viewer) -> list[BadgeCard]:
        cards = self._services.course.course(viewer.course_id).cards
        return [card for card in cards if card.achievement.state is not AchievementState.DRAFT]

    def _page(self, viewer: Viewer, settings: dict[str, Any], error: str = "") -> str:
        return render_template(
            "instructor/picker.html",
            cards=self._published(viewer),
            several=settings["accept_multiple"],
            takes_links=_LINK_TYPE in settings["accept_types"],
            my_badges_page=MY_BADGES_PAGE,
            error=error,
        )

    def _item(self, viewer: Viewer, card: BadgeCard | None) -> dict[str, Any]:
        """A link to one badge, or to the page of all of a learner's badges."""
        url = f"{self._services.base_url}/lti/{viewer.registration.id}/launch"
        if card is None:
            text = "Your badges in this course, and what is still missing for the others."
            return {"title": "My badges", "text": text, "url": url, "custom": {}}
        badge = card.achievement
        return {"title": f"Badge: {badge.name}", "text": card.sentence, "url": url, "custom": {"badge": badge.id}}
