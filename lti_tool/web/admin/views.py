"""The operator's pages. They stand at top level and never in a frame; every action carries the session's token."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.invite_platform import INVITATION_LIFE
from lti_tool.web.admin import moodle_form
from lti_tool.web.admin.by_hand_views import ByHandPages
from lti_tool.web.admin.canvas_views import CanvasPages
from lti_tool.web.admin.endorsement_views import EndorsementPages
from lti_tool.web.admin.event_views import EventPages
from lti_tool.web.admin.freshness_views import FreshnessPages
from lti_tool.web.admin.issuer_views import IssuerPages
from lti_tool.web.admin.live_events_views import CANVAS, LiveEventsPages, stream_rows
from lti_tool.web.admin.moodle_form import FUNCTIONS, MoodleForm
from lti_tool.web.admin.recipe_views import RecipePages
from lti_tool.web.admin.rows import health, platform_row, platform_view
from lti_tool.web.admin.shown import UNPROCESSABLE, notice, show, to
from lti_tool.web.admin.source_views import SourcePages, source_form, source_rows, webhook_rows
from lti_tool.web.form_text import row_number, typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices


def make_blueprint(services: PageServices) -> Blueprint:
    """All pages below /admin."""
    over_https = services.base_url.startswith("https://")
    login = AdminLogin(services.cookie_secret, services.clock, over_https=over_https)
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    for rule, method, view in _routes(services, login):
        blueprint.add_url_rule(rule, view.__name__, view, methods=[method])
    return blueprint


def _routes(services: PageServices, login: AdminLogin) -> Sequence[tuple[str, str, Callable[..., Response]]]:
    """Address, method and view of every page and action."""
    pages, by_hand = _AdminPages(services, login), ByHandPages(services, login)
    events, fresh = EventPages(services, login), FreshnessPages(services, login)
    sources, live_events = SourcePages(services, login), LiveEventsPages(services, login)
    canvas, issuers = CanvasPages(services, login), IssuerPages(services, login)
    endorsements = EndorsementPages(services, login)
    platform = "/platforms/<registration_id>"
    return (
        ("", "GET", pages.overview),
        ("/sign-in", "GET", pages.welcome),
        ("/sign-in", "POST", pages.sign_in),
        ("/sign-out", "POST", pages.sign_out),
        ("/connect", "GET", pages.connect),
        ("/connect", "POST", pages.invite),
        ("/by-hand", "GET", by_hand.begin_by_hand),
        ("/by-hand", "POST", by_hand.reserve),
        (platform, "GET", pages.platform),
        (f"{platform}/by-hand", "GET", by_hand.by_hand),
        (f"{platform}/by-hand", "POST", by_hand.enter),
        (f"{platform}/issuing", "POST", pages.set_issuing),
        (f"{platform}/approve", "POST", pages.approve),
        (f"{platform}/disable", "POST", pages.disable),
        (f"{platform}/check", "POST", pages.check),
        (f"{platform}/deployments", "POST", pages.accept_deployment),
        (f"{platform}/sources", "POST", sources.add_source),
        (f"{platform}/webhook", "POST", sources.add_webhook),
        (f"{platform}/webhook/recipes", "GET", RecipePages(services, login).recipes),
        (f"{platform}/sources/retire", "POST", sources.retire_source),
        (f"{platform}/live-events", "GET", live_events.live_events),
        (f"{platform}/live-events", "POST", live_events.add_live_events),
        (f"{platform}/moodle", "POST", pages.set_moodle),
        (f"{platform}/moodle/off", "POST", pages.stop_moodle),
        (f"{platform}/canvas", "GET", canvas.canvas),
        (f"{platform}/canvas", "POST", canvas.save_canvas),
        (f"{platform}/canvas/allow", "GET", canvas.allow_canvas),
        (f"{platform}/canvas/test", "POST", canvas.test_canvas),
        (f"{platform}/canvas/stop", "POST", canvas.stop_canvas),
        ("/canvas/return", "GET", canvas.canvas_return),
        (f"{platform}/events", "GET", events.events),
        (f"{platform}/freshness", "GET", fresh.freshness),
        (f"{platform}/events/replay", "POST", events.replay_events),
        (f"{platform}/events/settle", "POST", events.settle_event),
        (f"{platform}/issuers", "GET", issuers.who_issues),
        (f"{platform}/issuers", "POST", issuers.choose_issuers),
        ("/issuers", "GET", issuers.issuers),
        ("/issuers/endorsements", "GET", endorsements.endorsements),
        ("/issuers/endorsements", "POST", endorsements.endorse),
        ("/issuers/endorsements/<endorsement_id>/withdraw", "POST", endorsements.withdraw_endorsement),
        ("/issuers/new", "GET", issuers.new_issuer),
        ("/issuers/new", "POST", issuers.add_issuer),
        ("/issuers/of/<slug>", "GET", issuers.issuer),
        ("/issuers/of/<slug>", "POST", issuers.edit_issuer),
        ("/issuers/of/<slug>/default", "POST", issuers.default_issuer),
        ("/work/again", "POST", pages.try_work_again),
        ("/halt", "POST", events.halt),
        ("/resume", "POST", events.resume),
    )


class _AdminPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def welcome(self) -> Response:
        """The sign-in page."""
        if self._login.current() is not None:
            return to("admin.overview")
        return make_response(render_template("admin/sign_in.html", notice=notice()))

    def sign_in(self) -> Response:
        """Checks the operator's token. How often one may try is limited in security/limits."""
        if not self._services.admin_token_matches(typed(request.form, "token")):
            error = "This is not the operator's token."
            return make_response(render_template("admin/sign_in.html", error=error), 401)
        response = to("admin.overview")
        self._login.start(response)
        return response

    def sign_out(self) -> Response:
        self._login.require_action()
        response = to("admin.welcome", done="signed-out")
        self._login.end(response)
        return response

    def overview(self) -> Response:
        """Health, and all platforms."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        found, resting = self._services.platforms.all(), self._services.platforms.resting()
        platforms = [platform_row(one, rests=one.id in resting) for one in found]
        platforms.sort(key=lambda row: row.name.casefold())
        seen = health(self._services.operations(), platforms, self._services.clock())
        return show(
            "admin/overview.html", session, platforms=platforms, health=seen, halted=self._services.halt.state()
        )

    def try_work_again(self) -> Response:
        """Has one piece of work that was set aside done anew, or all that the overview names."""
        self._login.require_action()
        chosen = typed(request.form, "work")
        self._services.revive(row_number(chosen) if chosen else None)
        return to("admin.overview", done="replayed")

    def connect(self) -> Response:
        """Asks for the name of a new platform."""
        session = self._login.current()
        return show("admin/connect.html", session) if session else to("admin.welcome")

    def invite(self) -> Response:
        """Makes a registration link and shows it, this once."""
        session = self._login.require_action()
        # From the empty list a first link is made without a name: the platform brings one.
        name = None if request.form.get("unnamed") else typed(request.form, "name")
        try:
            token = self._services.platforms.invite(name)
        except BadgeToolError as error:
            return show("admin/connect.html", session, UNPROCESSABLE, name=name, error=error.message)
        link = f"{self._services.base_url}/lti/register/{token}"
        ends_at = self._services.clock() + INVITATION_LIFE
        return show("admin/invitation.html", session, name=name, link=link, ends_at=ends_at)

    def platform(self, registration_id: str) -> Response:
        """One platform: its state, what it can tell, its sources and courses."""
        session = self._login.current()
        return self._platform(session, registration_id) if session else to("admin.welcome")

    def _platform(
        self, session: AdminSession, registration_id: str, sent: MoodleForm | None = None, status: int = 200
    ) -> Response:
        found = self._services.platforms.page(registration_id)
        page = platform_view(found, self._services.base_url, self._services.clock())
        moodle = {"url": sent.url if sent else page.moodle_url, "errors": sent.errors if sent else {}}
        credentials = self._services.source_keys.of_platform(registration_id)
        streams = stream_rows(credentials, self._services.base_url)
        sources = {
            "sources": source_rows(credentials),
            "streams": streams,
            "offers_live_events": found.registration.product.lower() == CANVAS or bool(streams),
            "webhooks": webhook_rows(credentials),
            "source_form": source_form(found.registration),
        }
        return show("admin/platform.html", session, status, page=page, moodle=moodle, functions=FUNCTIONS, **sources)

    def approve(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.approve(registration_id)
        return to("admin.platform", registration_id=registration_id, done="approved")

    def disable(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.disable(registration_id)
        return to("admin.platform", registration_id=registration_id, done="disabled")

    def check(self, registration_id: str) -> Response:
        """Has the platform asked anew what it can do; a worker does it."""
        self._login.require_action()
        self._services.check_platform(registration_id)
        return to("admin.platform", registration_id=registration_id, done="check")

    def accept_deployment(self, registration_id: str) -> Response:
        """Lets launches of a deployment in that the platform added after its registration."""
        self._login.require_action()
        self._services.platforms.accept_deployment(registration_id, request.form.get("deployment_id", ""))
        return to("admin.platform", registration_id=registration_id, done="deployment")

    def set_issuing(self, registration_id: str) -> Response:
        """Whether learners of this platform are awarded badges."""
        self._login.require_action()
        issuing = typed(request.form, "issuing") == "yes"
        self._services.set_issuing(registration_id, issuing=issuing)
        return to("admin.platform", registration_id=registration_id, done="issuing" if issuing else "not-issuing")

    def set_moodle(self, registration_id: str) -> Response:
        """Stores where Moodle's web services are. The token goes in and never comes out again."""
        session = self._login.require_action()
        held = self._services.platforms.page(registration_id).registration
        sent = moodle_form.read(request.form, held)
        if sent.errors:
            return self._platform(session, registration_id, sent, UNPROCESSABLE)
        self._services.platforms.set_moodle(registration_id, sent.url, sent.token)
        return to("admin.platform", registration_id=registration_id, done="moodle")

    def stop_moodle(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.platforms.set_moodle(registration_id, "", "")
        return to("admin.platform", registration_id=registration_id, done="moodle-off")
