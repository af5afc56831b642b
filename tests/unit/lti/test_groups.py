"""Course Groups Service: every page, of the course or of one learner; what is no group is left out."""

from __future__ import annotations

import pytest
import responses

from lti_tool.domain.identity import Course
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti.groups import CourseGroupsReader
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import CourseGroup
from tests.fakes.lti_platform import registration

GROUPS = "https://lms.example/api/course-1/groups"
COURSE = Course("c", "reg-1", "d", "course-1", "", groups_url=GROUPS)


@pytest.fixture
def reader(http: OutgoingHttp, tokens: CachedServiceTokens) -> CourseGroupsReader:
    return CourseGroupsReader(http, tokens)


def test_all_pages_and_those_of_one_learner(web: responses.RequestsMock, reader: CourseGroupsReader) -> None:
    following = f"{GROUPS}?page=bookmark:AbC"
    first = [{"id": 7, "name": "Mornings", "set_id": "1"}, {"name": "no id"}, {"id": True, "name": "x"}, "text"]
    web.add("GET", GROUPS, json={"id": GROUPS, "groups": first}, headers={"Link": f'<{following}>; rel="next"'})
    web.add("GET", following, json={"groups": [{"id": "g-8"}]})
    assert reader.read(registration(), COURSE) == [CourseGroup("7", "Mornings"), CourseGroup("g-8", "g-8")]
    assert web.calls[1].request.headers["Accept"] == "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    web.add("GET", f"{GROUPS}?user_id=ana", json={"groups": [{"id": 7, "name": "Mornings"}]})
    assert reader.read(registration(), COURSE, "ana") == [CourseGroup("7", "Mornings")]


def test_what_is_no_list_of_groups_is_an_error(web: responses.RequestsMock, reader: CourseGroupsReader) -> None:
    web.add("GET", GROUPS, json={"groups": "none"})
    with pytest.raises(ServiceError, match=r"groups\.malformed"):
        reader.read(registration(), COURSE)
