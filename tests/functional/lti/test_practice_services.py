"""Roster, gradebook, results and deep linking against the practice LMS, which shares no code with the tool."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from lti_tool.domain.identity import Course
from lti_tool.domain.launch import Launch
from lti_tool.domain.platform import Registration
from lti_tool.domain.roles import CourseRole
from lti_tool.lti.deep_linking import ContentItem, DeepLinkingResponses, NewColumn
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.signing import FakeKeys
from tests.functional.lti.live_tool import HeadlessLms, LiveTool, RealClock, practice_and_tool


@dataclass
class Scene:
    lms: HeadlessLms
    tool: LiveTool
    tokens: CachedServiceTokens

    @property
    def registration(self) -> Registration:
        found = self.tool.tool.registration_of("practice")
        assert found is not None
        return found

    def course(self, launch: Launch) -> Course:
        ends = launch.endpoints
        return Course(
            "course",
            "practice",
            launch.deployment_id,
            launch.context_id,
            launch.context_title,
            ends.lineitems_url,
            ends.memberships_url,
            ends.ags_scopes,
        )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data_dir: Path = tmp_path_factory.mktemp("practice")
    with practice_and_tool(data_dir) as (url, tool):
        lms = HeadlessLms(url, data_dir)
        lms.register(tool)
        yield Scene(lms, tool, CachedServiceTokens(tool.http, FakeKeys(), RealClock()))
    shutil.rmtree(data_dir)


def test_people_arrive_with_their_roles(scene: Scene) -> None:
    roles = {
        person: scene.lms.launch(scene.tool, user_id=person).course_role
        for person in ("teacher", "assistant", "learner-1", "test-student")
    }
    assert roles == {
        "teacher": CourseRole.INSTRUCTOR,
        "assistant": CourseRole.ASSISTANT,
        "learner-1": CourseRole.LEARNER,
        "test-student": CourseRole.TEST_STUDENT,
    }


def test_the_roster(scene: Scene) -> None:
    course = scene.course(scene.lms.launch(scene.tool, user_id="teacher"))
    members = NrpsRoster(scene.tool.http, scene.tokens).read(scene.registration, course)
    assert {"teacher", "learner-1", "learner-5"} <= {member.subject for member in members}
    assert all(member.name and member.roles for member in members)


def test_a_score_is_given_taken_back_and_given_again(scene: Scene) -> None:
    course = scene.course(scene.lms.launch(scene.tool, user_id="teacher"))
    gradebook = AgsGradebook(scene.tool.http, scene.tokens)
    results = AgsResultsReader(scene.tool.http, scene.tokens)
    column = gradebook.make_column(scene.registration, course, resource_id="badge-1", label="Lab Safety")
    double = gradebook.make_column(scene.registration, course, resource_id="badge-1", label="Lab Safety")
    assert gradebook.columns(scene.registration, course, resource_id="badge-1") == [column, double]
    assert gradebook.remove_empty_column(scene.registration, double)
    assert gradebook.columns(scene.registration, course, resource_id="badge-1") == [column]

    def post(given: float | None, seconds: int) -> list[tuple[str, float | None, float]]:
        at = RealClock().now().replace(microsecond=0) - timedelta(hours=1) + timedelta(seconds=seconds)
        gradebook.post_score(scene.registration, column, subject="learner-2", given=given, comment="", at=at)
        return [(one.subject, one.score, one.maximum) for one in results.read(scene.registration, column)]

    earned = [("learner-2", 1.0, 1.0)]
    assert post(1.0, 10) == earned
    with pytest.raises(ServiceError) as overtaken:
        post(None, 5)
    assert overtaken.value.status == 409
    assert gradebook.score_of(scene.registration, column, "learner-2") == 1.0
    gradebook.rename_column(scene.registration, column, "Lab Safety II")
    assert post(None, 20) == []
    assert post(1.0, 30) == earned
    assert not gradebook.remove_empty_column(scene.registration, column)
    with pytest.raises(ServiceError) as refused:
        gradebook.post_score(scene.registration, column, subject="nobody", given=1.0, comment="", at=RealClock().now())
    assert refused.value.status in (400, 404)


def test_a_column_of_somebody_else_is_not_there(scene: Scene) -> None:
    course = scene.course(scene.lms.launch(scene.tool, user_id="teacher"))
    foreign = course.lineitems_url + "/9999"
    with pytest.raises(ServiceError) as refused:
        AgsResultsReader(scene.tool.http, scene.tokens).read(scene.registration, foreign)
    assert (refused.value.code, refused.value.status) == ("results.refused", 404)


def test_a_placed_link_launches_with_its_parameters(scene: Scene) -> None:
    request = scene.lms.launch(scene.tool, user_id="teacher", deep_linking=True)
    assert request.deep_linking is not None
    assert request.deep_linking.data
    url = f"{scene.tool.url}/lti/practice/launch"
    card = ContentItem("Lab Safety", url, text="Earn it", custom={"badge": "42"})
    signed = DeepLinkingResponses(FakeKeys(), RealClock()).response_jwt(
        scene.registration, request.deployment_id, request.deep_linking, [card]
    )
    answer = requests.post(request.deep_linking.return_url, data={"JWT": signed}, timeout=5)
    assert answer.ok, answer.text
    placed = next(link for link in scene.lms.call("GET", "links")["links"] if link["title"] == "Lab Safety")
    launch = scene.lms.launch(scene.tool, user_id="learner-1", resource_link_id=placed["resource_link_id"])
    assert launch.custom["badge"] == "42"
    again = requests.post(request.deep_linking.return_url, data={"JWT": signed}, timeout=5)
    assert again.status_code >= 400  # DR07


def test_scopes_that_were_not_granted_are_not_asked_for(scene: Scene) -> None:
    course = scene.course(scene.lms.launch(scene.tool, user_id="teacher"))
    narrow = replace(scene.registration, service_scopes=("urn:other",))
    with pytest.raises(ServiceError, match=r"nrps\.scope_missing"):
        NrpsRoster(scene.tool.http, scene.tokens).read(narrow, course)


def test_column_placed_with_a_card_is_the_one_that_is_filled(scene: Scene) -> None:
    request = scene.lms.launch(scene.tool, user_id="teacher", deep_linking=True)
    assert request.deep_linking is not None
    column = NewColumn.of_badge("badge-7", "Waste sorted")
    card = ContentItem("Badge: Waste sorted", f"{scene.tool.url}/lti/practice/launch", column=column)
    signed = DeepLinkingResponses(FakeKeys(), RealClock()).response_jwt(
        scene.registration, request.deployment_id, request.deep_linking, [card]
    )
    assert requests.post(request.deep_linking.return_url, data={"JWT": signed}, timeout=5).ok
    course = scene.course(scene.lms.launch(scene.tool, user_id="teacher"))
    gradebook = AgsGradebook(scene.tool.http, scene.tokens)
    [found] = gradebook.columns(scene.registration, course, resource_id="badge-7")
    assert not gradebook.remove_empty_column(scene.registration, found)  # it is the card's as well
    gradebook.post_score(scene.registration, found, subject="learner-3", given=1.0, comment="", at=RealClock().now())
    columns = [one["label"] for one in scene.lms.call("GET", "gradebook")["columns"]]
    assert columns.count("Waste sorted") == 1
    assert gradebook.score_of(scene.registration, found, "learner-3") == 1.0
