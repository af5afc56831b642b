"""Registering a platform by hand: what it is to be given, what it gives, and changing that later."""

from __future__ import annotations

from flask import Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import ENVIRONMENTS
from lti_tool.domain.platform_values import PlatformValues
from lti_tool.lti.developer_key import developer_key
from lti_tool.lti.settings import LtiSettings
from lti_tool.usecases.register_by_hand import ValuesRefused
from lti_tool.web.admin import by_hand_form
from lti_tool.web.admin.guides import GUIDES, guide_for
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.admin.tool_values import values_for
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices


class ByHandPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def begin_by_hand(self) -> Response:
        """Asks which platform it is."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        return show("admin/begin_by_hand.html", session, guides=GUIDES)

    def reserve(self) -> Response:
        """Reserves an id, so that the tool's addresses are known before the platform's are."""
        session = self._login.require_action()
        name, product = typed(request.form, "name"), guide_for(typed(request.form, "product")).code
        try:
            reserved = self._services.by_hand.reserve(name, product)
        except BadgeToolError as error:
            chosen = {"guides": GUIDES, "name": name, "product": product, "error": error.message}
            return show("admin/begin_by_hand.html", session, UNPROCESSABLE, **chosen)
        return to("admin.by_hand", registration_id=reserved.id)

    def by_hand(self, registration_id: str) -> Response:
        """Both sides' values on one page."""
        session = self._login.current()
        return self._page(session, registration_id) if session else to("admin.welcome")

    def enter(self, registration_id: str) -> Response:
        """Stores the platform's values, or shows what is wrong with them."""
        session = self._login.require_action()
        held = self._services.platforms.page(registration_id).registration
        sent = by_hand_form.read(request.form, held.product)
        try:
            self._services.by_hand.enter(registration_id, sent)
        except ValuesRefused as refused:
            return self._page(session, registration_id, sent, refused.errors)
        except BadgeToolError as error:
            if error.code != "platform.exists":
                raise
            return self._page(session, registration_id, sent, {"client_id": f"{error.message} {error.hint}"})
        return to("admin.platform", registration_id=registration_id, done="entered")

    def _page(
        self,
        session: AdminSession,
        registration_id: str,
        sent: PlatformValues | None = None,
        errors: dict[str, str] | None = None,
    ) -> Response:
        page = self._services.platforms.page(registration_id)
        held, errors = page.registration, errors or {}
        guide = guide_for(held.product)
        values = sent or by_hand_form.stored(held, page.deployments)
        base_url = self._services.base_url
        environment, issuing = by_hand_form.choices(request.form, held)
        key = developer_key(LtiSettings(base_url), registration_id)
        return show(
            "admin/by_hand.html",
            session,
            UNPROCESSABLE if errors else 200,
            platform_id=registration_id,
            platform_name=held.name,
            is_new=not held.issuer,
            guide=guide,
            values=values_for(guide, registration_id, base_url, key),
            fields=by_hand_form.fields(values, guide, errors),
            errors=errors,
            environments=ENVIRONMENTS,
            environment=environment,
            issuing=issuing,
        )
