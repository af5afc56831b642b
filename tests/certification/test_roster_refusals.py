"""LT25: pages of a roster that lead in a circle, or away from the platform, as a worker of a whole house reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from structlog.testing import capture_logs

from lti_tool.domain.sweeping import Why
from lti_tool.http import HttpSettings, OutgoingHttp
from lti_tool.jobs.worker import Worker
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases import work
from lti_tool.usecases.read_course import ReadCourse
from tests.factories.house import TestHouse, make_house
from tests.fakes.signing import FakeKeys

HOST = "https://lms.example.edu"
MEMBERS = f"{HOST}/members"
TOKEN = "roster-token-7f3a"


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add("POST", f"{HOST}/token", json={"access_token": TOKEN, "expires_in": 3600})
        yield web


def page(web: responses.RequestsMock, url: str, *subjects: str, following: str = "") -> None:
    members = [{"user_id": subject, "roles": ["Learner"], "name": "Secret Name"} for subject in subjects]
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    web.add("GET", url, json={"id": url, "members": members}, headers=headers)


def read(lab: TestHouse) -> list[Any]:
    """Reads the course by a worker; gives what was logged."""
    roster = NrpsRoster(http := OutgoingHttp(HttpSettings()), CachedServiceTokens(http, FakeKeys(), lab.clock))
    handler = ReadCourse(lab.house.transactions, lab.clock, roster, [], lab.house.ingest)
    with lab.house.transactions() as unit:
        work.read_course(unit, lab.course.id, Why.ASKED)
        unit.commit()
    with capture_logs() as logs:
        assert Worker(lab.house.queue, {"read_course": handler}).work_once() == 1
    return logs


def enrolled(lab: TestHouse) -> dict[str, bool]:
    with lab.house.transactions(write=False) as unit:
        return {person.subject: enrolment.active for person, enrolment in unit.people.enrolled(lab.course.id)}


@pytest.mark.row("LT25")
@pytest.mark.parametrize(
    "following",
    [
        MEMBERS,
        f"{MEMBERS}?p=2",
        "https://evil.example/members?p=3",
        "http://lms.example.edu/members?p=3",
        "https://lms.example.edu:8443/members?p=3",
        "https://lms.example.edu@evil.example/members?p=3",
        "//evil.example/members?p=3",
        "https://169.254.169.254/latest/meta-data",
        "https://[",
    ],
    ids=["circle", "itself", "host", "scheme", "port", "userinfo", "no-scheme", "metadata", "unreadable"],
)
def test_lt25_pages_that_lead_astray(lab: TestHouse, web: responses.RequestsMock, following: str) -> None:
    before = enrolled(lab)
    page(web, MEMBERS, "ana", "stranger", following=f"{MEMBERS}?p=2")
    page(web, f"{MEMBERS}?p=2", "another", following=following)
    logs = read(lab)
    [line] = [line for line in logs if line["log_level"] in ("warning", "error")]
    assert line["code"] == "nrps.page_forbidden"
    assert line["id"]  # of the work: it leads to the row that an administrator sees
    assert TOKEN not in str(logs)
    assert "Secret Name" not in str(logs)
    # Nobody came, nobody went, and nothing but the two pages was asked for.
    assert enrolled(lab) == before
    assert [call.request.url for call in web.calls] == [f"{HOST}/token", MEMBERS, f"{MEMBERS}?p=2"]
    with lab.house.transactions(write=False) as unit:
        told = unit.courses.reading(lab.course.id).read_error
    assert "nrps.page_forbidden" in told
    assert "example" not in told


@pytest.mark.parametrize("following", [f"{MEMBERS}?p=3", "/members?p=3", "?p=3"])
def test_pages_that_lead_on(lab: TestHouse, web: responses.RequestsMock, following: str) -> None:
    page(web, MEMBERS, "ana", "ben", following=f"{MEMBERS}?p=2")
    page(web, f"{MEMBERS}?p=2", "cleo", following=following)
    page(web, f"{MEMBERS}?p=3", "dora")
    assert read(lab) == []
    assert enrolled(lab) == dict.fromkeys(("ana", "ben", "cleo", "dora"), True)
