"""The services of Canvas and of Moodle as the practice LMS plays them, asked by the tool's own clients."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lti_tool.domain.identity import Course
from lti_tool.domain.launch import Launch
from lti_tool.domain.notice import NoticeType
from lti_tool.domain.platform import Registration
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.notices import PnsHandlers
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.lti.settings import LtiSettings
from lti_tool.sandbox.forms import FORMS
from tests.fakes.signing import FakeKeys
from tests.functional.lti.live_tool import HeadlessLms, LiveTool, RealClock, practice_and_tool


@dataclass
class Scene:
    """An LMS with the tool in it, launched once by its teacher."""

    lms: HeadlessLms
    tool: LiveTool
    launch: Launch
    registration: Registration

    def __post_init__(self) -> None:
        self.tokens = CachedServiceTokens(self.tool.http, FakeKeys(), RealClock())
        self.roster = NrpsRoster(self.tool.http, self.tokens)
        self.gradebook = AgsGradebook(self.tool.http, self.tokens)
        self.results = AgsResultsReader(self.tool.http, self.tokens)

    @property
    def course(self) -> Course:
        ends, launch = self.launch.endpoints, self.launch
        return Course(
            "course", "practice", launch.deployment_id, launch.context_id, "",
            ends.lineitems_url, ends.memberships_url, ends.ags_scopes,
        )  # fmt: skip

    def column(self, badge: str) -> str:
        return self.gradebook.make_column(self.registration, self.course, resource_id=badge, label=f"Badge {badge}")

    def columns(self, badge: str) -> list[str]:
        return self.gradebook.columns(self.registration, self.course, resource_id=badge)

    def post(self, column: str, subject: str, given: float | None, at: datetime) -> None:
        self.gradebook.post_score(self.registration, column, subject=subject, given=given, comment="", at=at)

    def subjects(self) -> dict[str, str]:
        """Subject by login, as launches know them."""
        return {
            person: self.lms.launch(self.tool, user_id=person).subject
            for person in ("teacher", "learner-1", "learner-2")
        }


def scene(data_dir: Path, form: str) -> Iterator[Scene]:
    with practice_and_tool(data_dir, FORMS[form]) as (url, tool):
        lms = HeadlessLms(url, data_dir)
        lms.register(tool)
        # Canvas does not name its deployment at registration: an administrator accepts the one of the first launch.
        named = lms.call("POST", "launch", {"user_id": "teacher"})["params"]
        deployment = named.get("deployment_id") or named["lti_deployment_id"]
        tool.transactions.registrations.save_deployment("practice", deployment, "active")
        launch = lms.launch(tool, user_id="teacher")
        registration = tool.tool.registration_of("practice")
        assert registration is not None
        yield Scene(lms, tool, launch, registration)
    shutil.rmtree(data_dir)


@pytest.fixture(scope="module")
def canvas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    yield from scene(tmp_path_factory.mktemp("canvas"), "canvas")


@pytest.fixture(scope="module")
def moodle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    yield from scene(tmp_path_factory.mktemp("moodle"), "moodle")


@pytest.fixture(params=["canvas", "moodle"])
def either(request: pytest.FixtureRequest) -> Scene:
    made: Scene = request.getfixturevalue(request.param)
    return made


def test_the_ids_of_all_are_known_without_their_launches(either: Scene) -> None:
    """Canvas tells them to whom asks about the course as a link, Moodle's roster has the login."""
    members = either.roster.read(either.registration, either.course)
    assert len(members) > 3
    kinds = {kind for member in members for kind in {alias.kind.value for alias in member.aliases}}
    expected = (
        {"lms_user_id", "lms_global_user_id", "lti11_user_id"} if either.registration.product == "canvas" else {"login"}
    )
    assert expected <= kinds
    learner = either.lms.launch(either.tool, user_id="learner-1")
    [listed] = [member for member in members if member.subject == learner.subject]
    told = {alias.key for alias in learner.aliases}
    assert {alias.key for alias in listed.aliases} & told


def test_a_column_is_found_again_however_many_there_are(either: Scene) -> None:
    made = [either.column(f"badge-{number}") for number in range(12)]  # more than a page of Canvas's
    assert len(set(made)) == 12
    assert [either.columns(f"badge-{number}") for number in range(12)] == [[url] for url in made]


def test_a_column_gets_another_name_and_keeps_the_rest(either: Scene) -> None:
    column = either.column("renamed")
    either.gradebook.rename_column(either.registration, column, "A better name")
    assert either.columns("renamed") == [column]


def test_a_score_is_given_taken_back_and_read(either: Scene) -> None:
    subject = either.subjects()["learner-1"]
    column, now = either.column("score"), datetime.now(UTC)
    for seconds, given in ((1, 1.0), (2, None), (3, 1.0)):
        either.post(column, subject, given, now + timedelta(seconds=seconds))
        assert either.gradebook.score_of(either.registration, column, subject) == given
    with pytest.raises(ServiceError) as overtaken:
        either.post(column, subject, None, now - timedelta(hours=1))
    assert overtaken.value.status == (400 if either.registration.product == "canvas" else 409)
    assert either.gradebook.score_of(either.registration, column, subject) == 1.0


def test_whom_the_platform_does_not_grade(either: Scene) -> None:
    subject = either.subjects()["teacher"]
    with pytest.raises(ServiceError) as refused:
        either.post(either.column("score"), subject, 1.0, datetime.now(UTC))
    expected = (
        ("gradebook.not_a_learner", 422) if either.registration.product == "canvas" else ("gradebook.refused", 400)
    )
    assert (refused.value.code, refused.value.status) == expected


def test_a_score_is_no_submission(canvas: Scene) -> None:
    subject = canvas.subjects()["learner-2"]
    canvas.post(canvas.column("submission"), subject, 1.0, datetime.now(UTC))
    assert canvas.lms.call("GET", "submissions")["submissions"] == []


def test_notices_are_asked_for_once_and_verified(canvas: Scene) -> None:
    offered = canvas.launch.endpoints
    assert offered.notice_service_url
    handler = LtiSettings(canvas.tool.url).notices_url("practice")
    handlers = PnsHandlers(canvas.tool.http, canvas.tokens)
    wanted = [kind for kind in NoticeType if kind in offered.notice_types]
    assert handlers.subscribe(canvas.registration, offered.notice_service_url, handler, wanted) == len(wanted) == 2
    assert handlers.subscribe(canvas.registration, offered.notice_service_url, handler, wanted) == 0
    copied = canvas.lms.call("POST", "course-copy")
    assert copied["told"] == 1
    deadline = time.monotonic() + 10
    while len(canvas.tool.notices) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    by_type = {notice.type: notice for notice in canvas.tool.notices}
    assert set(by_type) == set(NoticeType)
    copy = by_type[NoticeType.CONTEXT_COPY]
    assert (copy.context_id, copy.origin_contexts) == (copied["context_id"], (canvas.launch.context_id,))
