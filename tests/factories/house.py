"""A whole house over a test's own database, with a platform that answers from memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.platform_services import PlatformServices
from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.achievement import Achievement, AwardFrom
from lti_tool.domain.identity import Course, Person, derived_id
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity, Registration, RegistrationState
from lti_tool.images import BadgeDesign, draw
from lti_tool.keystore import KeyStore
from lti_tool.settings import Settings
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.ports import CourseNews, Member
from lti_tool.usecases.read_course import merge_roster

BASE_URL = "https://badges.example.edu"
LEARNERS = ("ana", "ben", "cleo")
REGISTRATION, DEPLOYMENT, CONTEXT = "reg-1", "1", "course-1"
RULE = {
    "type": "all",
    "parts": [
        {"type": "item_score", "item": "quiz-1", "minimum": 80, "unit": "percent"},
        {"type": "module_completed", "module": "module-1"},
    ],
}


@dataclass
class HandClock:
    """Stands still until a test moves it."""

    at: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **amount: float) -> datetime:
        self.at += timedelta(**amount)
        return self.at


@dataclass
class MemoryPlatform:
    """Roster and gradebook of one course. `scores` keeps what was posted by (column, subject)."""

    members: list[Member] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    scores: dict[tuple[str, str], float | None] = field(default_factory=dict)
    posts: list[tuple[str, str, float | None]] = field(default_factory=list)
    news: list[CourseNews] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    def columns(self, registration: Registration, course: Course, *, resource_id: str) -> list[str]:
        url = f"https://lms.example.edu/lineitems/{resource_id}"
        return [url] if url in self.made else []

    def make_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        self.made.append(f"https://lms.example.edu/lineitems/{resource_id}")
        return self.made[-1]

    def remove_empty_column(self, registration: Registration, lineitem_url: str) -> bool:
        return False

    def rename_column(self, registration: Registration, lineitem_url: str, label: str) -> None:
        self.labels[lineitem_url] = label

    def score_of(self, registration: Registration, lineitem_url: str, subject: str) -> float | None:
        return self.scores.get((lineitem_url, subject))

    def post_score(
        self,
        registration: Registration,
        lineitem_url: str,
        *,
        subject: str,
        given: float | None,
        comment: str,
        at: datetime,
    ) -> None:
        self.scores[(lineitem_url, subject)] = given
        self.posts.append((lineitem_url, subject, given))


@dataclass
class MemoryRoster:
    platform: MemoryPlatform

    def read(self, registration: Registration, course: Course) -> list[Member]:
        return list(self.platform.members)


@dataclass
class MemorySource:
    platform: MemoryPlatform
    name: str = "memory"

    def serves(self, registration: Registration, course: Course) -> bool:
        return bool(self.platform.news)

    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews:
        return self.platform.news.pop(0)


@dataclass
class TestHouse:
    """A house with one registration, one course and its learners."""

    __test__ = False

    house: House
    clock: HandClock
    platform: MemoryPlatform
    course: Course
    people: dict[str, Person]

    @property
    def workers(self) -> Workers:
        return Workers(self.house)

    def work(self) -> None:
        self.workers.work_until_idle()

    def hear(self, *events: LearningEvent) -> None:
        self.house.ingest(REGISTRATION, events)

    def publish(self, criteria: object = RULE, award_from: AwardFrom = AwardFrom.NOW) -> Achievement:
        edit = EditAchievement(self.house.transactions, self.clock)
        form = AchievementForm(
            "Lab safety", "Works safely in the laboratory.", criteria, draw_any(), "teal/shield/flask"
        )
        draft = edit.create(self.course.id, form)
        return edit.publish(self.course.id, draft.id, award_from)

    def score(self, subject: str, given: float | None, event_id: str = "", **more: Any) -> LearningEvent:
        return event(subject, FactKind.ITEM_SCORE, "quiz-1", self.clock, event_id, score=given, maximum=100.0, **more)

    def module(self, subject: str, done: bool = True, event_id: str = "", **more: Any) -> LearningEvent:
        return event(subject, FactKind.MODULE_COMPLETION, "module-1", self.clock, event_id, completed=done, **more)


def event(
    subject: str, kind: FactKind, target: str, clock: HandClock, event_id: str = "", **values: Any
) -> LearningEvent:
    at = values.pop("at", clock.now())
    context = values.pop("context", CONTEXT)
    return LearningEvent(
        event_id or f"{subject}-{target}-{at}-{context}-{values}",
        "webhook",
        context,
        subject,
        kind,
        target,
        at,
        **values,
    )


@cache
def draw_any() -> bytes:
    """One drawn badge, made once a process."""
    return draw(BadgeDesign("teal", "shield", "flask"))


@cache
def _first_keys() -> dict[str, bytes]:
    """The key files of a first start, by name, made once a process: RSA keys take longer than most tests."""
    with TemporaryDirectory() as folder:
        KeyStore(Path(folder), HandClock()).ensure()
        return {path.name: path.read_bytes() for path in Path(folder).glob("*.pem")}


def _give_keys(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True)
    for name, content in _first_keys().items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)


def make_house(
    database_url: str,
    folder: Path,
    learners: Sequence[str] = LEARNERS,
    base_url: str = BASE_URL,
    http: Any = None,
    *,
    furnished: bool = False,
) -> TestHouse:
    """The database must be in the newest schema or empty; or `furnished`, by a house with the same learners (see
    tests.factories.beginnings). Houses of one process have the same keys."""
    clock, platform = HandClock(), MemoryPlatform()
    settings = Settings(
        base_url=base_url, database_url=database_url, data_dir=folder / "data", keys_dir=folder / "keys"
    )
    if not settings.keys_dir.exists():
        _give_keys(settings.keys_dir)
    house = assemble(
        settings, clock, http, platform=PlatformServices(MemoryRoster(platform), platform, [MemorySource(platform)])
    )
    house.prepare()
    course = Course(
        id=derived_id("course", REGISTRATION, DEPLOYMENT, CONTEXT),
        registration_id=REGISTRATION,
        deployment_id=DEPLOYMENT,
        context_id=CONTEXT,
        title="Laboratory Safety 101",
        lineitems_url="https://lms.example.edu/lineitems",
        memberships_url="https://lms.example.edu/members",
    )
    platform.members = [Member(name, ("Learner",), name=name.title()) for name in learners]
    if not furnished:
        _furnish(house, course, platform.members)
    with house.transactions(write=False) as unit:
        people = {person.subject: person for person, _ in unit.people.enrolled(course.id)}
    return TestHouse(house, clock, platform, course, people)


def _furnish(house: House, course: Course, members: Sequence[Member]) -> None:
    now = house.clock.now()
    with house.transactions() as unit:
        unit.registrations.save(
            Registration(
                REGISTRATION,
                house.settings.tenant,
                "Example LMS",
                "https://lms.example.edu",
                "client-1",
                "https://lms.example.edu/auth",
                "https://lms.example.edu/token",
                "https://lms.example.edu/jwks",
                state=RegistrationState.ACTIVE,
                created_at=now,
            )
        )
        unit.registrations.save_deployment(REGISTRATION, DEPLOYMENT, "active")
        unit.courses.save(course)
        unit.courses.save_activities(
            course.id,
            [
                Activity("module-1", "module", "Module 1"),
                Activity("quiz-1", "item", "Quiz 1", 100.0, "module-1", "https://lms.example.edu/quiz-1"),
                Activity("essay", "item", "Essay", 50.0),
            ],
            now,
        )
        merge_roster(unit, course, members)
        unit.courses.save_reading(course.id, tried_at=now)
        unit.commit()
