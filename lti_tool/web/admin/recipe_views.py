"""Senders of webhooks to copy, with a platform's addresses."""

from __future__ import annotations

from flask import Response

from lti_tool.sources import webhook, xapi
from lti_tool.sources.kinds import address_of
from lti_tool.sources.webhook import recipes
from lti_tool.web.admin.shown import show, to
from lti_tool.web.protocols.schemas import EVENT_SCHEMA_PATH
from lti_tool.web.security.admin_login import AdminLogin
from lti_tool.web.services import PageServices


class RecipePages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def recipes(self, registration_id: str) -> Response:
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        base_url = self._services.base_url
        return show(
            "admin/recipes.html",
            session,
            platform=self._services.platforms.page(registration_id).registration,
            address=address_of(base_url, webhook.SOURCE, registration_id),
            xapi_address=address_of(base_url, xapi.SOURCE, registration_id) + "/statements",
            schema=base_url + EVENT_SCHEMA_PATH,
            recipes=(recipes.EVENT, *recipes.SENDERS),
            trigger=recipes.MOODLE_TRIGGER,
        )
