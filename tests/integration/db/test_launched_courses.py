"""What launches make of a course: it is stored and read when there is something new, and not by each of a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import derived_id
from lti_tool.domain.launch import Launch, MessageType, ServiceEndpoints
from lti_tool.usecases.receive_launch import ReceiveLaunch
from tests.factories.house import DEPLOYMENT, REGISTRATION, TestHouse, make_house

ROSTER = "https://lms.example.edu/courses/new/members"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
COURSE_ID = derived_id("course", REGISTRATION, DEPLOYMENT, "new")


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    made.work()
    yield made
    made.house.engine.dispose()


class Launches:
    """One process that takes launches."""

    def __init__(self, lab: TestHouse) -> None:
        self._lab = lab
        self._is_used = False
        self._receive = ReceiveLaunch(lab.house.transactions, lab.clock, lambda session: session, self._use_up)

    def __call__(self, subject: str, title: str = "New", roster: str = "", *, used: bool = False) -> None:
        self._is_used = used
        message = Launch(
            REGISTRATION,
            DEPLOYMENT,
            MessageType.RESOURCE_LINK,
            subject,
            (LEARNER,),
            "https://badges.example.edu/",
            context_id="new",
            context_title=title,
            endpoints=ServiceEndpoints(memberships_url=roster),
        )
        self._receive(message, None)

    def _use_up(self, *_: object) -> None:
        if self._is_used:
            raise BadgeToolError("state.used", "This login was used.")


def readings(lab: TestHouse) -> int:
    return lab.house.queue.waiting().get("read_course", 0)


def title(lab: TestHouse) -> str | None:
    with lab.house.transactions(write=False) as unit:
        course = unit.courses.get(COURSE_ID)
    return course.title if course else None


def test_a_course_without_a_roster_is_not_read_by_each_launch(lab: TestHouse) -> None:
    launch = Launches(lab)
    launch("ana")
    assert readings(lab) == 1
    lab.work()
    for minute in range(3):
        lab.clock.pass_time(minutes=minute)
        launch("ben")
        assert readings(lab) == 0


def test_a_roster_that_is_offered_later_is_read(lab: TestHouse) -> None:
    launch = Launches(lab)
    launch("ana")
    lab.work()
    launch("ana", roster=ROSTER)
    assert readings(lab) == 1


def test_what_a_class_says_again_and_again_is_looked_at_anew_after_a_while(lab: TestHouse) -> None:
    launch, elsewhere = Launches(lab), Launches(lab)
    launch("ana", "First")
    elsewhere("ana", "Second")
    launch("ben", "First")
    assert title(lab) == "Second"
    lab.clock.pass_time(seconds=11)
    launch("ben", "First")
    assert title(lab) == "First"
    launch("ben", "Third")
    assert title(lab) == "Third"


def test_a_launch_that_was_used_up_stores_nothing_and_is_not_remembered(lab: TestHouse) -> None:
    launch = Launches(lab)
    with pytest.raises(BadgeToolError, match=r"state\.used"):
        launch("ana", used=True)
    assert (title(lab), readings(lab)) == (None, 0)
    launch("ana")
    assert (title(lab), readings(lab)) == ("New", 1)
