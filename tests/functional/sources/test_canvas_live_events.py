"""A grade in the practice LMS, which behaves like Canvas, reaches a badge by Live Events over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.award import Award
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind
from lti_tool.sandbox.practice import EXTENSION, Practice
from lti_tool.sources.canvas_live_events import SOURCE, Stream, address_of
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.factories.house import draw_any
from tests.functional.diagnosis.stage import Stage, staged
from tests.services.databases import SqliteDatabases

QUIZ = "assignment-201"
RULE = {"type": "item_score", "item": QUIZ, "minimum": 80, "unit": "percent"}


@dataclass
class Canvas:
    """The practice LMS and the tool on this machine, connected; one course has been opened."""

    stage: Stage

    @property
    def lms(self) -> Practice:
        practice: Practice = self.stage.lms.app.extensions[EXTENSION]
        return practice

    @property
    def course(self) -> Course:
        with self.stage.house.transactions(write=False) as unit:
            (found,) = unit.courses.of_registration(self.stage.registration.id)
        return found

    def subscribe(self, format_: str = "canvas", **stream: Any) -> str:
        """A stream at the tool, and its address in Data Services; gives the address."""
        chosen = Stream(jwks_url=f"{self.stage.lms.url}/data-services/jwks", **stream)
        house, registration_id = self.stage.house, self.stage.registration.id
        keys = ManageSourceKeys(house.transactions, house.clock, "default")
        made = keys.add(registration_id, SOURCE, chosen.to_json())
        address = address_of(self.stage.url, registration_id, made.key_id, chosen, made.secret)
        body = {"url": address, "format": format_, "signed": chosen.is_signed}
        self.stage.lms.call("POST", "streams", body)
        return address

    def quiz(self, learner: str, score: float) -> None:
        self.stage.lms.call("POST", "quiz-attempt", {"user_id": learner, "score": score})
        self.deliver()

    def deliver(self) -> None:
        self.lms.streams.deliver_due()
        self.stage.work()

    def publish(self) -> None:
        """A badge for the quiz, which an event has named."""
        self.quiz("learner-5", 10)
        edit = EditAchievement(self.stage.house.transactions, self.stage.house.clock)
        form = AchievementForm("Lab safety", "Works safely.", RULE, draw_any(), "teal/shield/flask")
        draft = edit.create(self.course.id, form)
        edit.publish(self.course.id, draft.id, AwardFrom.NOW)
        self.stage.work()

    def awards(self) -> dict[str, Award]:
        """By the name of the learner."""
        with self.stage.house.transactions(write=False) as unit:
            names = {person.id: person.name for person, _ in unit.people.enrolled(self.course.id)}
            return {names[award.person_id]: award for award in unit.awards.of_course(self.course.id)}

    def states(self) -> list[tuple[int, int, int]]:
        """(delivered, waiting, lost) of each stream."""
        listed = self.stage.lms.call("GET", "streams")["streams"]
        return [(one["delivered"], one["waiting"], one["lost"]) for one in listed]


@pytest.fixture
def canvas(tmp_path: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canvas]:
    with staged(tmp_path, sqlite_databases.empty(), monkeypatch, "canvas") as stage:
        stage.connect()
        stage.launch()
        stage.accept()
        stage.launch()
        stage.work()
        yield Canvas(stage)


def test_a_grade_becomes_a_badge_by_a_signed_stream(canvas: Canvas) -> None:
    canvas.subscribe()
    canvas.publish()
    canvas.quiz("learner-1", 60)
    assert canvas.awards() == {}
    canvas.quiz("learner-1", 90)
    assert [award.state for award in canvas.awards().values()] == ["issued"]
    assert list(canvas.awards()) == ["Lena Lichen"]
    # The teacher grades, and the badge is the learner's all the same; by a key that is new.
    canvas.stage.lms.call("POST", "streams/keys/rotate")
    canvas.stage.lms.call("POST", "grade", {"user_id": "learner-2", "activity_id": "quiz-safety", "score": 85})
    canvas.deliver()
    assert set(canvas.awards()) == {"Lena Lichen", "Milo Moss"}
    (state,) = canvas.states()
    assert state[1:] == (0, 0)
    _, lines, _ = canvas.stage.doctor()
    assert lines["live_events"]["light"] == "green"


def test_a_stream_in_caliper_and_one_that_is_not_signed(canvas: Canvas) -> None:
    canvas.subscribe("caliper", hosts=("127.0.0.1",), trusts_caliper=True)
    canvas.publish()
    canvas.quiz("learner-1", 90)
    assert set(canvas.awards()) == {"Lena Lichen"}
    address = canvas.subscribe(is_signed=False)
    canvas.quiz("learner-2", 90)
    assert set(canvas.awards()) == {"Lena Lichen", "Milo Moss"}
    wrong = requests.post(address[:-1] + "x", json={}, timeout=10)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "event.signature_invalid")


def test_progress_and_enrolments_have_the_course_read(canvas: Canvas) -> None:
    canvas.subscribe()
    for activity in ("reading-rules", "reading-waste"):
        body = {"user_id": "learner-1", "activity_id": activity, "completed": True}
        canvas.stage.lms.call("POST", "complete", body)
    canvas.deliver()
    with canvas.stage.house.transactions(write=False) as unit:
        people = {person.name: person for person, _ in unit.people.enrolled(canvas.course.id)}
        record = unit.records.get(canvas.course.id, people["Lena Lichen"].id)
    fact = record.get(FactKind.COURSE_COMPLETION, "")
    assert fact is not None
    assert fact.completed is False
    assert canvas.stage.house.queue.waiting().get("read_course") == 1
    canvas.stage.lms.call("POST", "enrolment", {"user_id": "learner-3", "active": False})
    canvas.deliver()
    assert canvas.states() == [(3, 0, 0)]


def test_what_is_set_up_wrongly_is_named_with_its_switch(canvas: Canvas) -> None:
    canvas.subscribe()
    _, lines, _ = canvas.stage.doctor()
    assert (lines["live_events"]["light"], lines["live_events"]["word"]) == ("amber", "Not seen yet")
    (number,) = (one["id"] for one in canvas.stage.lms.call("GET", "streams")["streams"])
    address = canvas.stage.lms.call("GET", "streams")["streams"][0]["url"]
    canvas.stage.lms.call("POST", f"streams/{number}/remove")
    canvas.stage.lms.call("POST", "streams", {"url": address, "signed": False})
    canvas.quiz("learner-1", 90)
    assert canvas.states() == [(0, 3, 0)]
    _, lines, _ = canvas.stage.doctor()
    assert lines["live_events"]["light"] == "red"
    assert "Sign Payload" in lines["live_events"]["remedy"]
