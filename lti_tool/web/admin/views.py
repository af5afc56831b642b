"""The operator's pages. They stand at top level and never in a frame; every action carries the session's token."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.admin import moodle_form
from lti_tool.web.admin.moodle_form import FUNCTIONS, MoodleForm
from lti_tool.web.admin.rows import health, platform_row, platform_view
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices

_SAID = {
    "approved": "The platform is active. Its people can open LTI Badges now.",
    "disabled": "The platform is disabled. Nobody can open LTI Badges from it until you approve it again.",
    "check": "The platform is being asked. Reload this page in a moment to see what it answered.",
    "deployment": "The deployment is accepted.",
    "moodle": "Saved. The platform's courses are being read.",
    "moodle-off": "The web services are not read any more.",
    "signed-out": "You are signed out.",
}
_UNPROCESSABLE = 422


def make_blueprint(services: PageServices) -> Blueprint:
    """All pages below /admin."""
    pages = _AdminPages(services)
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    platform = "/platforms/<registration_id>"
    for rule, method, view in (
        ("", "GET", pages.overview),
        ("/sign-in", "GET", pages.welcome),
        ("/sign-in", "POST", pages.sign_in),
        ("/sign-out", "POST", pages.sign_out),
        ("/connect", "GET", pages.connect),
        ("/connect", "POST", pages.invite),
        (platform, "GET", pages.platform),
        (f"{platform}/approve", "POST", pages.approve),
        (f"{platform}/disable", "POST", pages.disable),
        (f"{platform}/check", "POST", pages.check),
        (f"{platform}/deployments", "POST", pages.accept_deployment),
        (f"{platform}/moodle", "POST", pages.set_moodle),
        (f"{platform}/moodle/off", "POST", pages.stop_moodle),
    ):
        blueprint.add_url_rule(rule, view.__name__, view, methods=[method])
    return blueprint


class _AdminPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services
        over_https = services.base_url.startswith("https://")
        self._login = AdminLogin(services.cookie_secret, services.clock, over_https=over_https)

    def welcome(self) -> Response:
        """The sign-in page."""
        if self._login.current() is not None:
            return _to("admin.overview")
        return make_response(render_template("admin/sign_in.html", notice=_notice()))

    def sign_in(self) -> Response:
        """Checks the operator's token. How often one may try is limited in security/limits."""
        if not self._services.admin_token_matches(typed(request.form, "token")):
            error = "This is not the operator's token."
            return make_response(render_template("admin/sign_in.html", error=error), 401)
        response = _to("admin.overview")
        self._login.start(response)
        return response

    def sign_out(self) -> Response:
        self._login.require_action()
        response = _to("admin.welcome", done="signed-out")
        self._login.end(response)
        return response

    def overview(self) -> Response:
        """Health, and all platforms."""
        session = self._login.current()
        if session is None:
            return _to("admin.welcome")
        platforms = sorted(map(platform_row, self._services.platforms.all()), key=lambda row: row.name.casefold())
        seen = health(self._services.operations(), self._services.clock())
        return _page("admin/overview.html", session, platforms=platforms, health=seen)

    def connect(self) -> Response:
        """Asks for the name of a new platform."""
        session = self._login.current()
        return _page("admin/connect.html", session) if session else _to("admin.welcome")

    def invite(self) -> Response:
        """Makes a registration link and shows it, this once."""
        session = self._login.require_action()
        name = typed(request.form, "name")
        try:
            token = self._services.platforms.invite(name)
        except BadgeToolError as error:
            return _page("admin/connect.html", session, _UNPROCESSABLE, name=name, error=error.message)
        link = f"{self._services.base_url}/lti/register/{token}"
        return _page("admin/invitation.html", session, name=name, link=link)

    def platform(self, registration_id: str) -> Response:
        """One platform: its state, what it can tell, its sources and courses."""
        session = self._login.current()
        return self._platform(session, registration_id) if session else _to("admin.welcome")

    def _platform(
        self, session: AdminSession, registration_id: str, sent: MoodleForm | None = None, status: int = 200
    ) -> Response:
        page = platform_view(self._services.platforms.page(registration_id), self._services.base_url)
        moodle = {"url": sent.url if sent else page.moodle_url, "errors": sent.errors if sent else {}}
        return _page("admin/platform.html", session, status, page=page, moodle=moodle, functions=FUNCTIONS)

    def approve(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.approve(registration_id)
        return _to("admin.platform", registration_id=registration_id, done="approved")

    def disable(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.disable(registration_id)
        return _to("admin.platform", registration_id=registration_id, done="disabled")

    def check(self, registration_id: str) -> Response:
        """Has the platform asked anew what it can do; a worker does it."""
        self._login.require_action()
        self._services.check_platform(registration_id)
        return _to("admin.platform", registration_id=registration_id, done="check")

    def accept_deployment(self, registration_id: str) -> Response:
        """Lets launches of a deployment in that the platform added after its registration."""
        self._login.require_action()
        self._services.platforms.accept_deployment(registration_id, request.form.get("deployment_id", ""))
        return _to("admin.platform", registration_id=registration_id, done="deployment")

    def set_moodle(self, registration_id: str) -> Response:
        """Stores where Moodle's web services are. The token goes in and never comes out again."""
        session = self._login.require_action()
        held = self._services.platforms.page(registration_id).registration
        sent = moodle_form.read(request.form, held)
        if sent.errors:
            return self._platform(session, registration_id, sent, _UNPROCESSABLE)
        self._services.platforms.set_moodle(registration_id, sent.url, sent.token)
        return _to("admin.platform", registration_id=registration_id, done="moodle")

    def stop_moodle(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.set_moodle(registration_id, "", "")
        return _to("admin.platform", registration_id=registration_id, done="moodle-off")


def _page(template: str, session: AdminSession, status: int = 200, **values: Any) -> Response:
    return make_response(render_template(template, csrf=session.csrf, notice=_notice(), **values), status)


def _notice() -> str:
    return _SAID.get(request.args.get("done", ""), "")


def _to(endpoint: str, **params: Any) -> Response:
    return redirect(url_for(endpoint, **params), 303)  # type: ignore[return-value]
