"""Events that need a person, platform by platform, and the switch that halts all issuing."""

from __future__ import annotations

from flask import Response, request

from lti_tool.web.admin.event_rows import events_view
from lti_tool.web.admin.shown import show, to
from lti_tool.web.form_text import row_number, typed
from lti_tool.web.security.admin_login import AdminLogin
from lti_tool.web.services import PageServices


class EventPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def events(self, registration_id: str) -> Response:
        """What waits, what was set aside, what was refused."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        return show("admin/events.html", session, page=events_view(self._services.mend.page(registration_id)))

    def replay_events(self, registration_id: str) -> Response:
        """Has one event that was set aside applied anew, or all of them."""
        self._login.require_action()
        chosen = typed(request.form, "event")
        self._services.mend.replay(registration_id, [row_number(chosen)] if chosen else None)
        return to("admin.events", registration_id=registration_id, done="replayed")

    def settle_event(self, registration_id: str) -> Response:
        """Takes a refused statement off the list."""
        self._login.require_action()
        self._services.mend.settle(registration_id, row_number(typed(request.form, "event")))
        return to("admin.events", registration_id=registration_id, done="settled")

    def halt(self) -> Response:
        self._login.require_action()
        self._services.halt.halt(typed(request.form, "reason"))
        return to("admin.overview", done="halted")

    def resume(self) -> Response:
        self._login.require_action()
        self._services.halt.resume()
        return to("admin.overview", done="resumed")
