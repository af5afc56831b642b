"""The pages over a real database, real use cases and a seeded course; people come in by launches."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.page_services import page_services as services_of_site
from lti_tool.bootstrap.site import make_desk, make_lti_tool
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.launch import Launch, MessageType
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.receive_launch import ReceiveLaunch
from lti_tool.web.app import create_app
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.security.browser_cookie import NAME as COOKIE
from lti_tool.web.services import PageServices
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.factories.beginnings import furnish
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION, TestHouse, make_house
from tests.services.databases import SqliteDatabases

LEARNERS = ("ana", "ben", "cleo", "dina", "eli")
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ROLES = {
    "learner": f"{MEMBERSHIP}#Learner",
    "instructor": f"{MEMBERSHIP}#Instructor",
    "assistant": f"{MEMBERSHIP}/Instructor#TeachingAssistant",
    "test_student": "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
    "other": f"{MEMBERSHIP}#Member",
}
ADMIN_TOKEN = "operator-token-of-a-test"
MakeBlueprint = Callable[[PageServices], Blueprint]


def page_services(house: House) -> PageServices:
    """The services of the real site, with an operator's token that tests know."""
    platforms = ManagePlatforms(house.transactions, house.clock, house.settings.tenant)
    made = services_of_site(house, platforms, make_lti_tool(house), make_desk(house))
    return replace(made, admin_token_matches=lambda given: given == ADMIN_TOKEN)


@dataclass
class OpenSession:
    """A person's browser after a launch. Without a cookie every request carries the token in its form."""

    client: FlaskClient
    id: str
    token: str
    cookie: str | None

    def get(self, path: str = "", **options: Any) -> TestResponse:
        return self.client.get(f"/s/{self.id}{path}", **options)

    def post(self, path: str = "", **fields: Any) -> TestResponse:
        """A form of one of our pages, which carries the token."""
        return self.client.post(f"/s/{self.id}{path}", data={"launch_token": self.token} | fields)

    def view(self, path: str = "") -> TestResponse:
        return self.get(path) if self.cookie else self.post(path)


@dataclass
class Site:
    """The running pages, and a hand on what is behind them."""

    course: TestHouse
    services: PageServices
    app: Flask
    badges: dict[str, Achievement] = field(default_factory=dict)

    def open_session(
        self,
        role: str = "learner",
        subject: str = "",
        *,
        cookie: bool = True,
        context: str = CONTEXT,
        message: MessageType = MessageType.RESOURCE_LINK,
        **more: Any,
    ) -> OpenSession:
        """A launch of somebody with a role, as the LTI room would hand it over."""
        subject = subject or {"learner": "ana", "instructor": "ines", "assistant": "omar"}.get(role, role)
        launch = Launch(
            registration_id=REGISTRATION,
            deployment_id=DEPLOYMENT,
            message_type=message,
            subject=subject,
            roles=(ROLES[role],),
            target_link_uri=self.services.base_url,
            name=subject.title(),
            context_id=context,
            context_title=self.course.course.title if context == CONTEXT else f"Course {context}",
            **more,
        )
        house = self.course.house
        secret = secrets.token_urlsafe(32) if cookie else None
        receive = ReceiveLaunch(house.transactions, house.clock, house.secret.page_token, lambda *_: None)
        opened = receive(launch, secret)
        client = self.app.test_client()
        if secret:
            client.set_cookie(COOKIE, secret, domain="localhost")
        return OpenSession(client, opened.session.id, opened.page_token, secret)

    def earn(self, subject: str = "ana") -> str:
        """Somebody does all that "Lab safety" asks for; gives the award's id once it is signed."""
        self.course.hear(self.course.score(subject, 91.0), self.course.module(subject))
        self.course.work()
        return self.award_of(subject)

    def award_of(self, subject: str) -> str:
        person = self.course.people[subject]
        with self.course.house.transactions(write=False) as unit:
            return unit.awards.of_person(self.course.course.id, person.id)[0].id

    def public_link(self, award_id: str, subject: str = "ana", *, show_name: bool = False) -> str:
        """The path of the badge's public page."""
        person = self.course.people[subject]
        page = self.services.share.open(self.course.course.id, person.id, award_id, show_name=show_name)
        return f"/b/{page.token}"


@pytest.fixture
def blueprint_makers() -> Sequence[MakeBlueprint]:
    """Which pages the site has; a module may override it."""
    return (learner_blueprint, verify_blueprint)


@pytest.fixture
def outgoing_http() -> Any:
    """What stands in for the door out; a module may override it. None is the real one."""
    return None


def _beginning(url: str) -> None:
    furnish(url, LEARNERS, publishes=True)


@pytest.fixture
def site(
    tmp_path: Path, sqlite_databases: SqliteDatabases, blueprint_makers: Sequence[MakeBlueprint], outgoing_http: Any
) -> Iterator[Site]:
    """A course with five learners and one published badge, "Lab safety": 80 % in Quiz 1 and Module 1."""
    url = sqlite_databases.copy_of(_beginning)
    course = make_house(url, tmp_path, LEARNERS, http=outgoing_http, furnished=True)
    services = page_services(course.house)
    app = create_app(services, [make(services) for make in blueprint_makers])
    app.testing = False  # errors become pages, as they do for people
    made = Site(course, services, app)
    with course.house.transactions(write=False) as unit:
        [made.badges["lab"]] = unit.achievements.of_course(course.course.id)
    yield made
    course.house.engine.dispose()
    sqlite_databases.drop(url)
