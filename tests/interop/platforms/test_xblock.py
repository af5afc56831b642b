"""The whole tool at Open edX's own LTI platform: registered by hand, launched, placed, its roster read, graded.

Nobody here wrote that platform. Two servers on loopback (tool and platform on two sites), a browser that follows
links and forms between them, and at the end the rows of the platform's own database.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.cli.main import cli
from lti_tool.demo.browser import Browser, Tab
from lti_tool.demo.page import PageMissing
from lti_tool.demo.servers import free_ports
from lti_tool.domain.achievement import Achievement, AwardFrom
from lti_tool.domain.identity import Course, Person
from lti_tool.settings import Settings
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from tests.factories.house import draw_any
from tests.services.databases import SqliteDatabases
from tests.services.open_edx import OpenEdx, running_open_edx

pytestmark = pytest.mark.slow

CONTEXT = "course-v1:Example+LAB101+2026"


@dataclass
class Meeting:
    """The tool and the platform, each knowing the other."""

    site: OpenEdx
    house: House
    registration_id: str

    def open(self, person: str, *, deep_linking: bool = False) -> Tab:
        """What the person's browser shows once the launch is over."""
        tab = Browser().tab()
        tab.open(f"{self.site.url}/open/{person}" + ("?deep_linking=1" if deep_linking else ""))
        # The platform's page posts itself by a script that the browser does not run.
        tab.press("Press to Launch")
        return tab

    def work(self) -> None:
        Workers(self.house).work_until_idle()

    @property
    def course(self) -> Course:
        with self.house.transactions(write=False) as unit:
            [course] = unit.courses.of_registration(self.registration_id)
        return course

    def people(self) -> dict[str, tuple[Person, tuple[str, ...] | None]]:
        """By name, with the roles that the roster gave."""
        with self.house.transactions(write=False) as unit:
            enrolled = unit.people.enrolled(self.course.id)
        return {person.name: (person, enrolment.roster_roles) for person, enrolment in enrolled}

    def publish(self) -> Achievement:
        edit = EditAchievement(self.house.transactions, self.house.clock)
        form = AchievementForm(
            "Lab safety", "Works safely.", {"type": "manual_approval"}, draw_any(), "teal/shield/flask"
        )
        draft = edit.create(self.course.id, form)
        return edit.publish(self.course.id, draft.id, AwardFrom.NOW)


@pytest.fixture
def meeting(sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    server = make_server("127.0.0.1", 0, app=None, threaded=True)
    [port] = free_ports(1)
    with running_open_edx(tmp_path, port) as site:
        environment = {
            "BASE_URL": f"http://localhost:{server.port}",
            "DATABASE_URL": sqlite_databases.empty(),
            "DATA_DIR": str(tmp_path / "data"),
            "KEYS_DIR": str(tmp_path / "keys"),
            "ALLOWED_PRIVATE_HOSTS": json.dumps([site.host]),
        }
        monkeypatch.chdir(tmp_path)
        for name, value in environment.items():
            monkeypatch.setenv(f"LTI_BADGES_{name}", value)
        house = assemble(Settings())
        house.prepare()
        server.app = create_site(house)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Meeting(site, house, register_by_hand(site, tmp_path))
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            house.engine.dispose()


def register_by_hand(site: OpenEdx, folder: Path) -> str:
    """The tool's addresses are copied into the platform, what the platform then shows into a file for the tool.

    Gives the registration's id.
    """
    reserved = command("reserve", "--name", "Open edX", "--product", "open-edx")
    addresses = reserved["tool"]
    shown = site.add_tool(addresses["login_url"], addresses["launch_url"], addresses["jwks_url"])
    values = {
        "id": reserved["id"],
        "name": "Open edX",
        "product": "open-edx",
        "issuer": shown["issuer"],
        "client_id": shown["client_id"],
        "auth_login_url": shown["oidc_callback"],
        "auth_token_url": shown["token_url"],
        "jwks_url": shown["keyset_url"],
        "deployment_ids": [shown["deployment_id"]],
    }
    file = folder / "open-edx.toml"
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    assert command("add", "--file", str(file))["state"] == "active"
    return str(reserved["id"])


def command(*arguments: str) -> dict[str, Any]:
    """What `lti-badges platform …` prints, with the settings from the environment as an operator has them."""
    done = CliRunner().invoke(cli, ["platform", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_open_edx_launches_lists_places_and_grades(meeting: Meeting) -> None:
    teacher = meeting.open("terry")
    assert teacher.page.status == 200, teacher.page.text
    assert teacher.page.url.endswith("/badges")
    assert (meeting.course.context_id, meeting.course.title) == (CONTEXT, "Laboratory Safety 101")

    meeting.work()
    people = meeting.people()
    assert set(people) == {"Terry Example", "Ana Example", "Ben Example"}
    ana, roles = people["Ana Example"]
    assert roles == ("http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",)

    badge = meeting.publish()
    placed = place(meeting, badge)
    assert placed["content_type"] == "ltiResourceLink"
    assert json.loads(placed["attributes"])["custom"] == {"badge": badge.id}

    # What was placed opens with the badge, and the learner is the one whom the roster named.
    learner = meeting.open("ana")
    assert learner.page.status == 200, learner.page.text
    assert learner.page.url.endswith(f"/my/cards/{badge.id}")
    with meeting.house.transactions(write=False) as unit:
        assert unit.people.find(meeting.registration_id, "1", ana.subject) == ana

    approve(meeting, badge, ana)
    [column] = meeting.site.rows("SELECT * FROM lti_consumer_ltiagslineitem")
    assert (column["label"], column["resource_id"], column["score_maximum"]) == (badge.name, badge.id, 1)
    [score] = meeting.site.rows("SELECT * FROM lti_consumer_ltiagsscore")
    assert (score["line_item_id"], score["user_id"]) == (column["id"], ana.subject)
    assert (score["score_given"], score["score_maximum"], score["grading_progress"]) == (1.0, 1.0, "FullyGraded")

    withdraw(meeting, badge, ana)
    [cleared] = meeting.site.rows("SELECT * FROM lti_consumer_ltiagsscore")
    assert (cleared["id"], cleared["score_given"]) == (score["id"], None)
    assert cleared["timestamp"] > score["timestamp"]


def test_a_learner_cannot_place_anything(meeting: Meeting) -> None:
    meeting.open("terry")
    with pytest.raises(PageMissing, match="Press to Launch"):
        meeting.open("ana", deep_linking=True)
    assert meeting.site.rows("SELECT * FROM lti_consumer_ltidlcontentitem") == []


def place(meeting: Meeting, badge: Achievement) -> dict[str, str]:
    """The teacher chooses the badge in the picker; what the platform then keeps of the answer."""
    picker = meeting.open("terry", deep_linking=True)
    page = picker.press("Place in the course", {"choice": [badge.id]})
    assert page.status == 200, page.text
    assert page.url.startswith(meeting.site.url)
    [placed] = meeting.site.rows("SELECT content_type, attributes FROM lti_consumer_ltidlcontentitem")
    return placed


def approve(meeting: Meeting, badge: Achievement, learner: Person) -> None:
    """The teacher approves on the badge's page, and the tool does what follows from it."""
    page = badge_page(meeting, badge).press(f"Approve {learner.name}")
    assert page.status == 200, page.text
    meeting.work()


def withdraw(meeting: Meeting, badge: Achievement, learner: Person) -> None:
    page = badge_page(meeting, badge).enter("reason", "Given by mistake")
    assert page.status == 200, page.text
    meeting.work()


def badge_page(meeting: Meeting, badge: Achievement) -> Tab:
    """The teacher comes by the card that she placed, and goes from it to the badge with its learners."""
    tab = meeting.open("terry")
    assert badge.id in tab.page.url, tab.page.url
    return tab
