"""A platform, the tool's LTI endpoints over HTTP, and a browser between them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from flask import Flask
from flask.testing import FlaskClient
from flask_bootstrap import Bootstrap5
from werkzeug.test import Cookie, TestResponse

from lti_tool.domain.launch import Launch
from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti.dynamic_registration import RegistrationOutcome
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import OpenedSession
from lti_tool.web.assets import add_assets
from lti_tool.web.protocols.lti import LtiEndpoints, lti_blueprint
from lti_tool.web.security.limits import add_limits
from tests.fakes.clock import FakeClock
from tests.fakes.finished_launch import finish_launch
from tests.fakes.lti_platform import (
    BASE_URL,
    CLIENT_ID,
    DEPLOYMENT,
    ISSUER,
    JWKS_URL,
    LAUNCH_URL,
    REGISTRATION_ID,
    FakePlatform,
    registration,
)
from tests.fakes.signing import FakeKeys
from tests.fakes.transactions import MemoryTransactions

LOGIN_PARAMS = {
    "iss": ISSUER,
    "client_id": CLIENT_ID,
    "login_hint": "user-7",
    "lti_message_hint": "hint-1",
    "target_link_uri": LAUNCH_URL,
    "lti_deployment_id": DEPLOYMENT,
}


_HOST = urlsplit(BASE_URL).netloc


class _Browser(FlaskClient):
    """Comes to the tool's own address."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", BASE_URL)
        return super().open(*args, **kwargs)

    def get_cookie(self, key: str, domain: str = _HOST, path: str = "/") -> Cookie | None:
        return super().get_cookie(key, domain, path)

    def set_cookie(self, key: str, value: str = "", *, domain: str = _HOST, **kwargs: Any) -> None:
        super().set_cookie(key, value, domain=domain, **kwargs)


@dataclass(frozen=True)
class Login:
    """A login as the browser sees it."""

    state: str
    nonce: str
    auth_url: str
    page: TestResponse


class Stage:
    """Everything a launch needs. `opened` are the launches a session was opened for."""

    def __init__(self, web: responses.RequestsMock, http: OutgoingHttp | None = None) -> None:
        self.web = web
        self.clock = FakeClock()
        self.platform = FakePlatform(self.clock)
        self.transactions = MemoryTransactions()
        self.transactions.registrations.save(registration())
        self.transactions.registrations.save_deployment(REGISTRATION_ID, DEPLOYMENT, "active")
        self.http = http or OutgoingHttp(HttpSettings())
        self.settings = LtiSettings(BASE_URL)
        self.tool = LtiTool(
            transactions=self.transactions,
            clock=self.clock,
            http=self.http,
            keys=FakeKeys(),
            settings=self.settings,
            states=LoginStates(b"of this test alone"),
        )
        self.opened: list[tuple[Launch, str | None]] = []
        self.outcome: RegistrationOutcome | Exception | None = None
        self.app = self._app()
        self.browser = self.app.test_client()
        web.add_callback("GET", JWKS_URL, lambda _: (200, {}, _json({"keys": self.platform.keys})))

    def _app(self) -> Flask:
        app = Flask("lti_tool.web")
        app.test_client_class = _Browser
        app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
        Bootstrap5(app)
        add_assets(app)
        endpoints = LtiEndpoints(
            registration_of=self.tool.registration_of,
            begin_login=self.tool.begin_login,
            continue_login=self.tool.continue_login,
            launch=self._launch,
            public_keys=self.tool.public_keys,
            register_platform=self._register,
            base_url=BASE_URL,
        )
        app.register_blueprint(lti_blueprint(endpoints))
        add_limits(app, "memory://")
        return app

    def _launch(
        self, registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> OpenedSession:
        launch = finish_launch(self.tool, self.transactions, registration_id, form, browser_secret, proof)
        self.opened.append((launch, browser_secret))
        now = self.clock.now()
        fields: dict[str, Any] = dict.fromkeys(("token_hash", "browser_hash", "course_id", "person_id"), "")
        session = LaunchSession(
            id=f"session-{len(self.opened)}",
            registration_id=launch.registration_id,
            deployment_id=launch.deployment_id,
            roles=launch.roles,
            data={},
            created_at=now,
            expires_at=now,
            **fields,
        )
        return OpenedSession(launch, session, "page-token")

    def _register(self, invite: str, url: str, token: str) -> RegistrationOutcome:
        assert self.outcome is not None
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def rows(self) -> dict[str, Any]:
        """Everything that is stored, for comparing before and after."""
        held = self.transactions.registrations
        return {
            "nonces": dict(self.transactions.nonces.rows),
            "registrations": dict(held.rows),
            "deployments": dict(held.states),
        }

    # ---- what the browser does -------------------------------------------------------------------------------

    def login(self, registration_id: str = REGISTRATION_ID, **changes: str) -> Login:
        """Begins a login that is accepted."""
        page = self.browser.post(f"/lti/{registration_id}/login", data={**LOGIN_PARAMS, **changes})
        assert page.status_code == 200, page.text
        auth_url = data_attribute(page, "auth-url")
        query = parse_qs(urlsplit(auth_url).query)
        return Login(query["state"][0], query["nonce"][0], auth_url, page)

    def post(self, state: str, id_token: str, **more: str) -> TestResponse:
        """Posts a launch as the platform's form does."""
        form = {"state": state, "id_token": id_token, **more}
        return self.browser.post(f"/lti/{REGISTRATION_ID}/launch", data=form)

    def launch(self, **changes: Any) -> TestResponse:
        """A whole launch with changed claims."""
        login = self.login()
        return self.post(login.state, self.platform.sign(self.platform.claims(login.nonce, **changes)))

    def accepted(self, response: TestResponse) -> Launch:
        """The launch, after making sure that it was accepted."""
        assert response.status_code == 303, response.text
        return self.opened[-1][0]

    def refused(self, response: TestResponse, code: str, status: int) -> None:
        """A refusal: code, status, a page that says so in words, and no session."""
        assert refusal_code(response) == code
        assert response.status_code == status
        assert self.opened == []
        assert re.search(r'id="correlation-id">[0-9a-f]{16}<', response.text)
        assert "Traceback" not in response.text


def _json(value: Any) -> str:
    return json.dumps(value)


def data_attribute(page: TestResponse, name: str) -> str:
    """A data- attribute of a page, unescaped."""
    found = re.search(rf'data-{name}="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def refusal_code(response: TestResponse) -> str:
    found = re.search(r'id="refusal-code">([a-z_.]+)<', response.text)
    assert found, response.text
    return found[1]
