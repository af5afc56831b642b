"""The tool's LTI endpoints on a port of their own, for a practice LMS and a browser."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from flask import Flask, Response, request
from flask_bootstrap import Bootstrap5
from markupsafe import escape
from werkzeug.serving import BaseWSGIServer, make_server

from lti_tool.domain.launch import Launch
from lti_tool.domain.notice import Notice
from lti_tool.domain.platform import RegistrationState
from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.notices import NoticeReader, read_notices
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.forms.plain import PLAIN, Form
from lti_tool.sandbox.practice import EXTENSION
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import OpenedSession
from lti_tool.web.assets import add_assets
from lti_tool.web.protocols.lti import LtiEndpoints, lti_blueprint
from lti_tool.web.protocols.notices import NoticeDesk, notices_blueprint
from tests.fakes.finished_launch import finish_launch
from tests.fakes.signing import FakeKeys
from tests.fakes.transactions import MemoryTransactions


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class LiveTool:
    """`drop_cookies_at` are ends of paths whose Set-Cookie never reaches the browser, as if it blocked them there."""

    def __init__(self, url: str, lms_host: str) -> None:
        self.url = url
        self.transactions = MemoryTransactions()
        self.http = OutgoingHttp(HttpSettings(allowed_private_hosts=frozenset({lms_host})))
        settings = LtiSettings(url)
        self.tool = LtiTool(
            transactions=self.transactions,
            clock=RealClock(),
            http=self.http,
            keys=FakeKeys(),
            settings=settings,
            states=LoginStates(b"of this test alone"),
        )
        self.notices: list[Notice] = []
        self.registrar = PlatformRegistrar(self.http, self.transactions, RealClock(), settings)
        self.outcome: RegistrationOutcome | None = None
        self.launches: list[Launch] = []
        self.drop_cookies_at: tuple[str, ...] = ()
        self.without_partition = False

    def app(self) -> Flask:
        app = Flask("lti_tool.web")
        app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
        Bootstrap5(app)
        add_assets(app)
        tool = self.tool
        app.register_blueprint(
            lti_blueprint(
                LtiEndpoints(
                    registration_of=tool.registration_of,
                    begin_login=tool.begin_login,
                    continue_login=tool.continue_login,
                    launch=self._launch,
                    public_keys=tool.public_keys,
                    register_platform=self._register,
                    base_url=self.url,
                )
            )
        )
        app.register_blueprint(
            notices_blueprint(
                NoticeDesk(tool.registration_of, read_notices, NoticeReader(tool), self._hear, RealClock().now)
            )
        )
        app.add_url_rule("/s/<session_id>/", "session", self._session, methods=["GET", "POST"])
        app.after_request(self._drop_cookies)
        return app

    def _drop_cookies(self, response: Response) -> Response:
        if self.drop_cookies_at and request.path.endswith(self.drop_cookies_at):
            response.headers.pop("Set-Cookie", None)
        if self.without_partition and "Set-Cookie" in response.headers:
            response.headers["Set-Cookie"] = response.headers["Set-Cookie"].replace("; Partitioned", "")
        return response

    def _register(self, invite: str, url: str, token: str) -> RegistrationOutcome:
        outcome = self.registrar.register(url, token, "practice", tenant_id="tenant-1", name="Practice LMS")
        self.outcome = outcome
        approved = replace(outcome.registration, state=RegistrationState.ACTIVE)
        self.transactions.registrations.save(approved)
        for deployment_id in outcome.deployment_ids:
            self.transactions.registrations.save_deployment(approved.id, deployment_id, "active")
        return outcome

    def _launch(
        self, registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> OpenedSession:
        launch = finish_launch(self.tool, self.transactions, registration_id, form, browser_secret, proof)
        self.launches.append(launch)
        empty: dict[str, Any] = dict.fromkeys(("token_hash", "browser_hash", "course_id", "person_id"), "")
        now = RealClock().now()
        session = LaunchSession(
            id=str(len(self.launches)),
            registration_id=launch.registration_id,
            deployment_id=launch.deployment_id,
            roles=launch.roles,
            data={},
            created_at=now,
            expires_at=now,
            **empty,
        )
        return OpenedSession(launch, session, "page-token")

    def _hear(self, notice: Notice) -> bool:
        self.notices.append(notice)
        return True

    def _session(self, session_id: str) -> str:
        carried = "token" if request.form.get("launch_token") == "page-token" else "no token"
        cookie = "cookie" if "__Host-ltib" in request.cookies else "no cookie"
        return f"<p id=opened>{escape(self.launches[int(session_id) - 1].name)}: {cookie}, {carried}</p>"


@contextmanager
def serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class HeadlessLms:
    """A practice LMS driven without a browser, by its API and by following its forms."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.url = url
        self._token = (data_dir / "api-token").read_text().strip()
        self._http = requests.Session()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        response = self._http.request(
            method,
            f"{self.url}/api/practice/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
        )
        assert response.ok, response.text
        return response.json()

    def register(self, tool: LiveTool) -> None:
        """Registers the tool and switches it on."""
        begun = self.call("POST", "registrations", {"registration_url": f"{tool.url}/lti/register/invite"})
        response = self._http.get(begun["open_url"])
        assert response.ok, response.text
        self.call("POST", f"registrations/{begun['id']}/activate")

    def launch(self, tool: LiveTool, **what: Any) -> Launch:
        """Follows login, authentication and launch as a browser does."""
        browser = requests.Session()
        begun = self.call("POST", "launch", what)
        page = browser.post(begun["login_url"], data=begun["params"])
        form = browser.get(_attribute(page.text, "data-auth-url"))
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form.text))
        # A cookie with Secure goes back to http://localhost in browsers, but not in requests.
        cookie = page.headers["Set-Cookie"].split(";")[0]
        answer = browser.post(_attribute(form.text, "action"), data=fields, headers={"Cookie": cookie})
        assert answer.ok, answer.text
        return tool.launches[-1]


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', text)
    assert found, text
    return html.unescape(found[1])


@contextmanager
def practice_and_tool(data_dir: Path, form: Form = PLAIN) -> Iterator[tuple[str, LiveTool]]:
    """The address of a practice LMS at 127.0.0.1, and the tool at localhost: two sites, as in life. `form`: what the
    LMS behaves like."""

    def unready(environ: Any, start_response: Any) -> list[bytes]:
        start_response("503 Not yet", [])
        return [b""]

    lms_server = make_server("127.0.0.1", 0, unready, threaded=True)
    tool_server = make_server("127.0.0.1", 0, unready, threaded=True)
    lms_url = f"http://127.0.0.1:{lms_server.port}"
    tool = LiveTool(f"http://localhost:{tool_server.port}", f"127.0.0.1:{lms_server.port}")
    lms_app = create_sandbox(data_dir, lms_url, form=form, start_sender=False)
    lms_server.app, tool_server.app = lms_app, tool.app()
    with serving(lms_server), serving(tool_server):
        yield lms_url, tool
    lms_app.extensions[EXTENSION].database.close()
