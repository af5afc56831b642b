"""The whole tool over a test's own database, with platforms that sign launches and browsers that carry them.

Nothing is left out between the browser's request and the rows: what a test sees here is what a person meets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.bootstrap.secrets import admin_token
from lti_tool.bootstrap.site import create_site
from lti_tool.db.tables.base import metadata
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.identity import derived_id
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti import claims as c
from lti_tool.usecases.ports import Issuer
from tests.factories.house import BASE_URL, CONTEXT, DEPLOYMENT, REGISTRATION, TestHouse, make_house
from tests.fakes.lti_platform import FakePlatform
from tests.fakes.lti_stage import data_attribute

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"
ASSISTANT = f"{MEMBERSHIP}/Instructor#TeachingAssistant"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
DEEP_LINKING = {
    "deep_link_return_url": "https://lms.example.edu/deep/return",
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["iframe"],
    "accept_multiple": True,
    "accept_lineitem": True,
    "data": "what-the-platform-keeps",
}
_TOKEN = re.compile(r'data-launch-token="([0-9a-f]+)"')
_CORRELATION = re.compile(r"<code>([0-9a-f]{16})</code>")


class Browser(FlaskClient):
    """Comes to the tool's own address."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", BASE_URL)
        return super().open(*args, **kwargs)


@dataclass
class Launched:
    """Somebody's browser after a launch. `token` stands in her pages; "" for whom no page was shown."""

    browser: FlaskClient
    session_id: str
    first: TestResponse
    token: str

    def path(self, rest: str = "") -> str:
        return f"/s/{self.session_id}{rest}"

    def get(self, rest: str = "") -> TestResponse:
        return self.browser.get(self.path(rest))

    def post(self, rest: str = "", **fields: Any) -> TestResponse:
        """A form of one of our pages."""
        return self.browser.post(self.path(rest), data={"launch_token": self.token} | fields)


@dataclass
class WholeSite:
    """`log` holds every line since the start, `secrets` what must never be in it. The one course of make_house has
    one live badge, `lab`."""

    course: TestHouse
    web: responses.RequestsMock
    log: Any
    lab: Achievement
    app: Any = field(init=False)
    platform: FakePlatform = field(init=False)
    secrets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        house = self.course.house
        # With everything that can be switched on.
        self.app = create_site(replace(house, settings=house.settings.model_copy(update={"vc_api": True})))
        self.app.testing = False  # errors become pages, as they do for people
        self.app.test_client_class = Browser
        self.platform = FakePlatform(self.course.clock)  # type: ignore[arg-type]
        self.serve_keys("https://lms.example.edu")

    def serve_keys(self, issuer: str) -> None:
        keys = json.dumps({"keys": self.platform.keys})
        self.web.add_callback("GET", f"{issuer}/jwks", lambda _: (200, {}, keys))

    def add_platform(
        self, registration_id: str, issuer: str, tenant: str = "default", client: str = "client-1"
    ) -> None:
        """One more active registration, with the deployment that the first has."""
        with self.course.house.transactions() as unit:
            if tenant != "default":
                unit.issuers.save(Issuer(tenant, tenant, f"did:web:{tenant}.example", tenant.title(), BASE_URL))
            unit.registrations.save(
                Registration(
                    registration_id,
                    tenant,
                    f"LMS {registration_id}",
                    issuer,
                    client,
                    f"{issuer}/auth",
                    f"{issuer}/token",
                    f"{issuer}/jwks",
                    state=RegistrationState.ACTIVE,
                    created_at=self.course.clock.now(),
                )
            )
            unit.registrations.save_deployment(registration_id, DEPLOYMENT, "active")
            unit.commit()
        self.serve_keys(issuer)

    def add_deployment(self, deployment_id: str, registration_id: str = REGISTRATION) -> None:
        with self.course.house.transactions() as unit:
            unit.registrations.save_deployment(registration_id, deployment_id, "active")
            unit.commit()

    def launch(
        self,
        subject: str = "ana",
        *roles: str,
        browser: FlaskClient | None = None,
        registration: str = REGISTRATION,
        **changes: Any,
    ) -> Launched:
        """Login, signed launch and the first page, as a browser goes through them. `changes` are claims."""
        browser = browser or self.app.test_client()
        sent = self.try_launch(browser, subject, *roles, registration=registration, **changes)
        assert sent.status_code == 303, sent.text
        session_id = sent.headers["Location"].strip("/").rpartition("/")[2]
        first = browser.get(f"/s/{session_id}/", follow_redirects=True)
        # The token that her page holds; where a refusal came first, she has none, and the test gets it from the house.
        found = _TOKEN.search(first.text)
        token = found[1] if found else self.course.house.secret.page_token(session_id)
        cookie = browser.get_cookie("__Host-ltib", domain=urlsplit(BASE_URL).netloc)
        self.secrets += [token, *([cookie.value] if cookie else [])]
        return Launched(browser, session_id, first, token)

    def try_launch(
        self, browser: FlaskClient, subject: str, *roles: str, registration: str = REGISTRATION, **changes: Any
    ) -> TestResponse:
        """The answer to a launch, whatever it is."""
        form = self.begin_launch(browser, subject, *roles, registration=registration, **changes)
        return browser.post(f"/lti/{registration}/launch", data=form)

    def begin_launch(
        self, browser: FlaskClient, subject: str, *roles: str, registration: str = REGISTRATION, **changes: Any
    ) -> dict[str, str]:
        """A login, and the form with which the platform would have the browser launch."""
        with self.course.house.transactions(write=False) as unit:
            held = unit.registrations.get(registration)
        assert held is not None
        target = f"{BASE_URL}/lti/{registration}/launch"
        login = {"iss": held.issuer, "client_id": held.client_id, "login_hint": subject, "target_link_uri": target}
        page = browser.post(f"/lti/{registration}/login", data=login)
        assert page.status_code == 200, page.text
        query = parse_qs(urlsplit(data_attribute(page, "auth-url")).query)
        claims = {
            "iss": held.issuer,
            "aud": held.client_id,
            "sub": subject,
            "name": subject.title(),
            c.DEPLOYMENT_ID: DEPLOYMENT,
            c.TARGET_LINK_URI: target,
            c.ROLES: list(roles or (LEARNER,)),
            c.CONTEXT: {"id": CONTEXT, "title": "Laboratory Safety 101"},
            c.AGS_ENDPOINT: {"scope": [], "lineitems": f"{held.issuer}/lineitems"},
            c.NRPS_SERVICE: {"context_memberships_url": f"{held.issuer}/members", "service_versions": ["2.0"]},
        }
        signed = self.platform.sign(self.platform.claims(query["nonce"][0], **claims | changes))
        self.secrets.append(signed)
        return {"id_token": signed, "state": query["state"][0]}

    def operator(self) -> FlaskClient:
        """The administrator's browser, signed in."""
        browser = self.app.test_client()
        token = admin_token(self.course.house.settings.admin_token_path)
        assert browser.post("/admin/sign-in", data={"token": token}).status_code == 303
        return browser

    def earn(self, subject: str = "ana") -> str:
        """Somebody of the first course does all that the badge asks for; gives the award's id."""
        self.course.hear(self.course.score(subject, 91.0), self.course.module(subject))
        self.course.work()
        with self.course.house.transactions(write=False) as unit:
            (award,) = unit.awards.of_person(self.course.course.id, self.person_id(subject))
        return award.id

    def person_id(self, subject: str, registration: str = REGISTRATION, deployment: str = DEPLOYMENT) -> str:
        return derived_id("person", registration, deployment, subject)

    def rows(self) -> dict[str, list[Any]]:
        """Everything that is stored, but for what was last seen of a platform: that is written behind the answers."""
        tables = [table for table in metadata.sorted_tables if table.name != "platform_observations"]
        with self.course.house.engine.connect() as connection:
            return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}

    def refused(self, ask: Callable[[], TestResponse], code: str, status: int) -> TestResponse:
        """Asks, and expects the refusal alone: its code and status, no row changed, no connection opened, one line
        in the log with the page's correlation id, and nothing of the inside on the page or of the token in the log.
        """
        before, calls, lines = self.rows(), len(self.web.calls), len(self.log)
        response = ask()
        told = response.text
        assert (response.status_code, code in told) == (status, True), (response.status_code, told)
        assert f"<code>{code}</code>" in told
        correlation = _CORRELATION.search(told)
        assert correlation, told
        fresh = self.log[lines:]
        (line,) = [one for one in fresh if one.get("correlation_id") == correlation[1]]
        assert line["code"] == code
        assert "Traceback" not in told
        assert not any(secret in repr(fresh) for secret in self.secrets), fresh
        assert self.rows() == before
        assert len(self.web.calls) == calls
        return response


@contextmanager
def whole_site(database_url: str, folder: Path) -> Iterator[WholeSite]:
    """Over a database that tests.factories.beginnings.published made."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web, capture_logs() as log:
        course = make_house(database_url, folder, furnished=True)
        with course.house.transactions(write=False) as unit:
            [lab] = unit.achievements.of_course(course.course.id)
        yield WholeSite(course, web, log, lab)
        course.house.engine.dispose()
