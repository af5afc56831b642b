"""A house that reads a Canvas from memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from lti_tool.bootstrap.canvas_reading import CanvasReading, make_canvas_reading
from lti_tool.domain.aliases import Alias, AliasKind, CourseAlias, CourseAliasKind
from lti_tool.domain.award import Award
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import FactKind
from lti_tool.jobs.worker import LEASE
from lti_tool.usecases.ports import ApiGrant
from lti_tool.usecases.work import Work
from tests.factories.house import BASE_URL, REGISTRATION, TestHouse
from tests.fakes.canvas import COURSE, URL, FakeCanvas, submission

NUMBERS = {"ana": 101, "ben": 102, "cleo": 103}
TEST_STUDENT = 199
AFTERWARDS = frozenset({Work.APPLY_EVENTS, Work.EVALUATE_LEARNER, Work.ISSUE_CREDENTIAL})
QUIZ, ESSAY, PAGE = 201, 202, 501
MODULE = 301
RULE = {
    "type": "all",
    "parts": [
        {"type": "item_score", "item": f"assignment-{QUIZ}", "minimum": 80, "unit": "percent"},
        {"type": "module_completed", "module": f"module-{MODULE}"},
    ],
}


def enrolled(user: int, kind: str = "StudentEnrollment", **grades: Any) -> dict[str, Any]:
    return {
        "user_id": user, "type": kind, "enrollment_state": "active", "created_at": "2026-08-01T08:00:00Z",
        "grades": {"current_score": None, "final_score": None, "current_grade": None, "final_grade": None} | grades,
    }  # fmt: skip


def seeded(canvas: FakeCanvas) -> FakeCanvas:
    """A quiz and an essay; one module with the quiz and a page."""
    canvas.groups = [
        {
            "id": 1,
            "name": "All work",
            "assignments": [
                {"id": QUIZ, "name": "Safety quiz", "points_possible": 20.0, "quiz_id": 77, "published": True,
                 "html_url": f"{URL}/courses/{COURSE}/assignments/{QUIZ}"},
                {"id": ESSAY, "name": "Essay", "points_possible": 50.0, "published": True, "grading_type": "points"},
            ],
        }
    ]  # fmt: skip
    needed = {"completion_requirement": {"type": "must_view"}}
    canvas.modules = [
        {
            "id": MODULE, "name": "Module 1", "published": True, "items_count": 2,
            "items": [
                {"id": 401, "type": "Quiz", "content_id": 77, "title": "Safety quiz", "published": True} | needed,
                {"id": PAGE, "type": "Page", "title": "Rules", "published": True} | needed,
            ],
        }
    ]  # fmt: skip
    canvas.enrolments = [enrolled(number) for number in NUMBERS.values()]
    return canvas


@dataclass
class CanvasLab:
    """`waits`: for how many seconds the client waited, by the test's own clock."""

    lab: TestHouse
    canvas: FakeCanvas
    reading: CanvasReading
    waits: list[float] = field(default_factory=list)

    def read(self) -> None:
        self.lab.house.handlers()["read_course"](self.lab.course.id)
        self.settle()

    def settle(self) -> None:
        """All that follows from what was heard; no housekeeping, which would read the course by itself."""
        handlers = self.lab.house.handlers()
        while jobs := self.lab.house.queue.claim(LEASE, 50, AFTERWARDS):
            for job in jobs:
                handlers[job.kind](**job.payload)
                self.lab.house.queue.done(job)

    def publish(self, criteria: object = RULE) -> None:
        """A badge, once its activities are known from a first reading."""
        self.read()
        self.lab.publish(criteria)
        self.settle()
        self.lab.clock.pass_time(minutes=15)
        self.canvas.asked.clear()

    def complete(self, name: str) -> None:
        self.canvas.done[NUMBERS[name]] = {401, PAGE}

    def grade(self, name: str, assignment: int, score: float | None, **more: Any) -> dict[str, Any]:
        """Replaces what stands for that learner and assignment."""
        mine = (NUMBERS[name], assignment)
        self.canvas.submissions = [
            row for row in self.canvas.submissions if (row["user_id"], row["assignment_id"]) != mine
        ]
        self.canvas.submissions.append(submission(*mine, score, **more))
        return self.canvas.submissions[-1]

    def fact(self, name: str, kind: FactKind, target: str = "", aspect: str = "") -> Fact | None:
        with self.lab.house.transactions(write=False) as unit:
            return unit.records.get(self.lab.course.id, self.lab.people[name].id).get(kind, target, aspect)

    def score(self, name: str, assignment: int = QUIZ) -> float | None:
        fact = self.fact(name, FactKind.ITEM_SCORE, f"assignment-{assignment}")
        return fact.score if fact else None

    def inbox_size(self) -> int:
        with self.lab.house.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM inbox_events").scalar_one()

    def awards(self) -> list[Award]:
        with self.lab.house.transactions(write=False) as unit:
            return unit.awards.of_course(self.lab.course.id)

    def grant(self) -> ApiGrant:
        with self.lab.house.transactions(write=False) as unit:
            found = unit.api_grants.get(REGISTRATION)
        assert found is not None
        return found

    def cursor(self) -> str:
        with self.lab.house.transactions(write=False) as unit:
            return unit.courses.reading(self.lab.course.id).cursors.get("canvas_rest", "")


def canvas_lab(lab: TestHouse, http: Any = None, canvas: FakeCanvas | None = None) -> CanvasLab:
    """The house with a grant, and the numbers of its course and learners told by a roster."""
    canvas = canvas or seeded(FakeCanvas(lab.clock.now))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        lab.clock.pass_time(seconds=seconds)

    house = lab.house
    reading = make_canvas_reading(house.transactions, lab.clock, http or cast(Any, canvas), BASE_URL, wait)
    cast(list[Any], house.platform.sources).append(reading.source)
    with house.transactions() as unit:
        known = [(lab.people[name], Alias(AliasKind.LMS_USER_ID, str(number))) for name, number in NUMBERS.items()]
        unit.people.save_aliases(known, lab.clock.now(), take_over=True)
        unit.courses.save_aliases(lab.course, [CourseAlias(CourseAliasKind.LMS_COURSE_ID, COURSE)])
        unit.api_grants.save(
            ApiGrant(
                REGISTRATION, URL, "10000000000007", "the-client-secret", canvas.access, canvas.refresh,
                lab.clock.now() + timedelta(hours=1), lab.clock.now(),
            )
        )  # fmt: skip
        unit.commit()
    return CanvasLab(lab, canvas, reading, waits)
