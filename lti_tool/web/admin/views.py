"""Views and actions of the administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin
from lti_tool.web.services import PageServices

# The functions that the source of Moodle's grades calls; docs/how-to/moodle.md lists the same.
MOODLE_FUNCTIONS = (
    "gradereport_user_get_grade_items",
    "core_course_get_contents",
    "core_completion_get_activities_completion_status",
)
_SAID = {
    "approved": "The platform is approved. Its people can open LTI Badges now.",
    "disabled": "The platform is disabled. Launches and events from it are refused.",
    "deployment": "The deployment is accepted.",
    "moodle": "Saved. The courses of this platform are being read.",
}


def make_blueprint(services: PageServices) -> Blueprint:
    """All pages below /admin."""
    login = AdminLogin(services)
    pages = _AdminPages(services)
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    sign_in = _SignIn(services, login)
    blueprint.add_url_rule("/sign-in", "sign_in", sign_in.sign_in, methods=["GET", "POST"])
    for rule, methods, view in (
        ("", ["GET"], pages.platforms),
        ("/sign-out", ["POST"], sign_in.sign_out),
        ("/invite", ["POST"], pages.invite),
        ("/platforms/<registration_id>", ["GET"], pages.platform),
        ("/platforms/<registration_id>/approve", ["POST"], pages.approve),
        ("/platforms/<registration_id>/disable", ["POST"], pages.disable),
        ("/platforms/<registration_id>/deployment", ["POST"], pages.accept_deployment),
        ("/platforms/<registration_id>/moodle", ["POST"], pages.set_moodle),
    ):
        blueprint.add_url_rule(rule, view.__name__, login.guard(view), methods=methods)
    return blueprint


class _SignIn:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def sign_in(self) -> Response:
        """The form, and what it sends. The rate limit is set where all limits are (security/limits.py)."""
        if request.method == "GET":
            return make_response(render_template("admin/sign_in.html", error=""))
        if not self._services.admin_token_matches(typed(request.form, "token")):
            return make_response(render_template("admin/sign_in.html", error="That is not the sign-in token."), 401)
        response = _to("admin.platforms")
        self._login.sign_in(response)
        return response

    def sign_out(self) -> Response:
        response = _to("admin.sign_in")
        self._login.sign_out(response)
        return response


class _AdminPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def platforms(self) -> str:
        """Every platform, how to connect another one, and the tool's own health."""
        return self._overview()

    def _overview(self, **more: Any) -> str:
        found = self._services.platforms.all()
        return render_template(
            "admin/platforms.html", platforms=found, health=self._services.operations(), **{"link": "", **more}
        )

    def invite(self) -> Response:
        """Makes a registration link and shows it, this once."""
        name = typed(request.form, "name")
        try:
            token = self._services.platforms.invite(name)
        except BadgeToolError as error:
            return make_response(self._overview(name=name, error=error.message), 422)
        # The address is the invitation itself: Dynamic Registration knows no other way to hand it over.
        link = f"{self._services.base_url}/lti/register/{token}"
        return make_response(self._overview(link=link, link_name=name))

    def platform(self, registration_id: str) -> str:
        """One platform: state, what it can tell us, its sources and its courses."""
        return render_template(
            "admin/platform.html",
            page=self._services.platforms.page(registration_id),
            base_url=self._services.base_url,
            moodle_functions=MOODLE_FUNCTIONS,
            notice=_SAID.get(request.args.get("done", ""), ""),
        )

    def approve(self, registration_id: str) -> Response:
        self._services.platforms.approve(registration_id)
        return _to("admin.platform", registration_id=registration_id, done="approved")

    def disable(self, registration_id: str) -> Response:
        self._services.platforms.disable(registration_id)
        return _to("admin.platform", registration_id=registration_id, done="disabled")

    def accept_deployment(self, registration_id: str) -> Response:
        """Lets a deployment in that a signed launch has named."""
        deployment_id = request.form.get("deployment_id", "")
        self._services.platforms.accept_deployment(registration_id, deployment_id)
        return _to("admin.platform", registration_id=registration_id, done="deployment")

    def set_moodle(self, registration_id: str) -> Response:
        """Where Moodle's web services are, and the token; an empty token keeps the one that is set."""
        form = request.form
        url, token = typed(form, "moodle_url"), typed(form, "moodle_token")
        self._services.platforms.set_moodle(registration_id, url, token)
        return _to("admin.platform", registration_id=registration_id, done="moodle")


def _to(endpoint: str, **params: Any) -> Response:
    return redirect(url_for(endpoint, **params), 303)  # type: ignore[return-value]
