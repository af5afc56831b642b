"""The second key of a Canvas, over HTTP between running servers: set up by an administrator, read, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from lti_tool.bootstrap.house import House, assemble
from lti_tool.demo import admin_pages
from lti_tool.demo.browser import Tab
from lti_tool.demo.chapters import setting_up
from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import until
from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Course
from lti_tool.domain.sweeping import Why
from lti_tool.settings import Settings
from lti_tool.sources.canvas_rest import SCOPES
from lti_tool.usecases import work
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from tests.e2e.connected import play, started
from tests.factories.house import draw_any

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

RULE = {
    "type": "all",
    "parts": [
        {"type": "item_score", "item": "assignment-201", "minimum": 80, "unit": "percent"},
        {"type": "module_completed", "module": "module-301"},
    ],
}


class School:
    """The servers, and a second look at the tool's database."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        place = scene.place
        self.house: House = assemble(
            Settings(base_url=place.tool_url, database_url=place.database_url, data_dir=place.data, keys_dir=place.keys)
        )

    def lms(self, path: str, **body: Any) -> Any:
        practice = self.scene.practice
        headers = {"Authorization": f"Bearer {practice.token}"}
        answer = requests.post(f"{practice.lms_url}/api/practice/{path}", json=body, headers=headers, timeout=20)
        answer.raise_for_status()
        return answer.json()

    @property
    def course(self) -> Course:
        with self.house.transactions(write=False) as unit:
            (platform,) = unit.registrations.all()
            (course,) = unit.courses.of_registration(platform.id)
        return course

    def read(self) -> None:
        """Has the course read by the running worker, and waits for the end of it."""
        before = self.tried_at()
        with self.house.transactions() as unit:
            work.read_course(unit, self.course.id, Why.ASKED)
            unit.commit()
        until(lambda: self.tried_at() != before or None, within=20, what="a reading of the course")

    def tried_at(self) -> Any:
        with self.house.transactions(write=False) as unit:
            return unit.courses.reading(self.course.id).tried_at

    def error(self) -> str:
        with self.house.transactions(write=False) as unit:
            return unit.courses.reading(self.course.id).read_error

    def activities(self) -> set[str]:
        with self.house.transactions(write=False) as unit:
            return {one.id for one in unit.courses.activities(self.course.id)}

    def teams(self) -> dict[str, set[str]]:
        """In which groups of Canvas the learners are."""
        with self.house.transactions(write=False) as unit:
            records = unit.records.of_course(self.course.id)
            people = {person.id: person.name for person, _ in unit.people.enrolled(self.course.id)}
        inside = {
            people[person_id]: {
                fact.target
                for fact in record
                if fact.kind is FactKind.GROUP_MEMBERSHIP and fact.target.startswith("group-") and fact.completed
            }
            for person_id, record in records.items()
            if person_id in people
        }
        return {name: groups for name, groups in inside.items() if groups}

    def awarded(self) -> set[str]:
        with self.house.transactions(write=False) as unit:
            people = {person.id: person.name for person, _ in unit.people.enrolled(self.course.id)}
            return {people[award.person_id] for award in unit.awards.of_course(self.course.id)}


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    with started(tmp_path, "canvas") as scene:
        play(scene, setting_up)
        made = School(scene)
        # What is known here shall come by REST alone.
        requests.post(
            f"{scene.place.lms_url}/api/practice/registrations/1/webhook",
            json={"url": ""},
            headers={"Authorization": f"Bearer {scene.practice.token}"},
            timeout=20,
        ).raise_for_status()
        scene.teacher.come_in()
        scene.teacher.open_badges()
        yield made
        made.house.engine.dispose()


def connect(school: School, record: Callable[[str, object], None]) -> Tab:
    """What the administrator does in the tool, and the one button in Canvas."""
    scene = school.scene
    key = school.lms("canvas/keys", redirect_uri=scene.tool("/admin/canvas/return"), scopes=list(SCOPES))
    desk = scene.admin.browser.tab()  # signed in since the platform was connected
    desk.open(scene.tool("/admin"))
    desk.click(admin_pages.PLATFORM)
    clicks = 0
    assert desk.click("Canvas: second key").status == 200
    address = desk.page.document.by_id("canvas_url")
    assert address is not None
    assert address.get("value") == scene.place.lms_url  # nothing to type: launches told it
    page = desk.press("Save", {"client_id": key["client_id"], "client_secret": key["key"]})
    assert "Not allowed yet" in page.text
    page = desk.click("Go on to Canvas")
    assert page.url.startswith(scene.place.lms_url), page.url
    page = desk.press("Authorize")
    assert page.url.startswith(scene.tool("/admin/platforms/")), page.text[:300]
    assert "Canvas has allowed it" in page.text
    page = desk.press("Test")
    assert "the key may read all that is needed" in page.text
    clicks += 5
    record("effort", {"clicks": clicks, "fields": 2})
    assert key["key"] not in page.content.decode()
    return desk


def test_grades_and_modules_read_by_rest_make_a_badge(
    school: School, record_property: Callable[[str, object], None]
) -> None:
    desk = connect(school, record_property)
    until(lambda: "module-301" in school.activities() or None, within=20, what="the modules of the course")
    edit = EditAchievement(school.house.transactions, school.house.clock)
    draft = edit.create(school.course.id, AchievementForm("Lab ready", "Proved it.", RULE, draw_any()))
    edit.publish(school.course.id, draft.id, AwardFrom.NOW)
    for learner in ("learner-1", "learner-2", "test-student"):
        school.lms("complete", user_id=learner, activity_id="reading-rules", completed=True)
        school.lms("quiz-attempt", user_id=learner, score=90)
    hidden = {"user_id": "learner-2", "activity_id": "quiz-safety"}
    school.lms("canvas/grades/posted", **hidden, posted=False)
    # A token that ends in the middle, and Canvas asking to slow down, are no matter.
    school.lms("canvas/tokens/end")
    school.lms("canvas/faults", kind="throttled-429", retry_after="1")
    school.read()
    until(lambda: school.awarded() == {"Lena Lichen"} or None, within=20, what="the badge of Lena Lichen")
    teams = school.teams()
    assert (teams["Lena Lichen"], teams["Milo Moss"]) == ({"group-61"}, {"group-62"})
    assert school.error() == ""
    school.lms("canvas/grades/posted", **hidden, posted=True)
    school.read()
    until(lambda: school.awarded() == {"Lena Lichen", "Milo Moss"} or None, within=20, what="the badge of Milo Moss")
    # The consent is taken back: it is said, and nothing is asked for any more.
    school.lms("canvas/tokens/end", refresh=True)
    school.read()
    assert "canvas.access_withdrawn" in school.error()
    assert "no longer lets LTI Badges read" in desk.open(desk.page.url).text
    school.read()
    assert school.error() == ""
