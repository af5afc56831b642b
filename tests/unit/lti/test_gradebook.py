"""AGS: columns are found before they are made, scores are posted so that they can be posted again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from lti_tool.domain.identity import Course
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti.claims import SCOPE_LINEITEM
from lti_tool.lti.gradebook import TAG, AgsGradebook
from lti_tool.lti.own_results import AgsResultsReader, OwnResult, below
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.lti_platform import registration

ITEMS = "https://lms.example/api/4/lineitems?type_id=1"
ITEM = "https://lms.example/api/4/lineitems/13/lineitem?type_id=1"
COURSE = Course("c", "reg-1", "d", "course-1", "", lineitems_url=ITEMS, service_scopes=(SCOPE_LINEITEM,))
AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def gradebook(http: OutgoingHttp, tokens: CachedServiceTokens) -> AgsGradebook:
    return AgsGradebook(http, tokens)


def columns(gradebook: AgsGradebook, course: Course = COURSE) -> list[str]:
    return gradebook.columns(registration(), course, resource_id="badge-1")


def make(gradebook: AgsGradebook, course: Course = COURSE, label: str = "Lab Safety") -> str:
    return gradebook.make_column(registration(), course, resource_id="badge-1", label=label)


def post(gradebook: AgsGradebook, given: float | None = 1.0) -> dict[str, Any]:
    gradebook.post_score(registration(), ITEM, subject="18", given=given, comment="Earned.", at=AT)
    return {}


def sent(web: responses.RequestsMock) -> Any:
    body = web.calls[-1].request.body
    return json.loads(body or "")


def test_a_column_is_found_by_resource_and_tag_on_any_page(
    web: responses.RequestsMock, gradebook: AgsGradebook
) -> None:
    """A copied course brings its columns along; a second one must not be made (AGS 2.0, 3.1.2)."""
    others = [
        {"id": "x", "resourceId": "badge-1", "tag": "another"},
        {"id": "y", "resourceId": "badge-2", "tag": TAG},
        {"id": "z", "resourceId": "badge-1"},
    ]
    web.add("GET", ITEMS, json=others, headers={"Link": f'<{ITEMS}&page=Two>; rel="next"'})
    web.add("GET", ITEMS + "&page=Two", json=[{"id": ITEM, "resourceId": "badge-1", "tag": TAG}])
    assert columns(gradebook) == [ITEM]
    assert web.calls[1].request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_of_several_columns_the_oldest_is_first(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    urls = [f"https://lms.example/items/{number}" for number in (10, 9, 100)]
    web.add("GET", ITEMS, json=[{"id": url, "resourceId": "badge-1", "tag": TAG} for url in urls])
    assert columns(gradebook) == [urls[1], urls[0], urls[2]]


@pytest.mark.parametrize("tag", [{}, {"tag": None}, {"tag": ""}])
def test_a_column_whose_tag_was_not_kept_is_found(
    web: responses.RequestsMock, gradebook: AgsGradebook, tag: dict[str, Any]
) -> None:
    web.add("GET", ITEMS, json=[{"id": ITEM, "resourceId": "badge-1", **tag}])
    assert columns(gradebook) == [ITEM]


def test_a_column_of_one_point_is_made(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    web.add("POST", ITEMS, json={"id": ITEM, "label": "Lab Safety"}, status=201)
    assert make(gradebook, label="L" * 300) == ITEM
    assert sent(web) == {"label": "L" * 255, "scoreMaximum": 1, "resourceId": "badge-1", "tag": TAG}
    asked = web.calls[-1].request
    assert asked.url == ITEMS
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"


@pytest.mark.parametrize("body", ["[]", "{}", '{"id": 7}', "null", ""])
def test_a_column_without_address(web: responses.RequestsMock, gradebook: AgsGradebook, body: str) -> None:
    web.add("POST", ITEMS, body=body, status=201)
    with pytest.raises(ServiceError, match=r"gradebook\.malformed"):
        make(gradebook)


@pytest.mark.parametrize("changes", [{"lineitems_url": ""}, {"service_scopes": ("score",)}])
def test_columns_are_not_offered(gradebook: AgsGradebook, changes: dict[str, Any]) -> None:
    values = {"lineitems_url": ITEMS, "service_scopes": (SCOPE_LINEITEM,), **changes}
    course = Course("c", "reg-1", "d", "course-1", "", **values)
    for ask in (columns, make):
        with pytest.raises(ServiceError, match=r"gradebook\.not_offered"):
            ask(gradebook, course)


OURS = {"id": ITEM, "resourceId": "badge-1", "tag": TAG}
ONE, NONE = [{"userId": "18", "resultScore": 0}], [{"userId": "18", "resultScore": None}]


@pytest.mark.parametrize(
    ("item", "results", "answer", "gone"),
    [
        ({"json": OURS}, {"json": NONE}, {"status": 204}, True),
        ({"json": OURS}, {"json": NONE}, {"status": 404}, True),
        ({"status": 404}, None, None, True),
        ({"json": OURS}, {"json": ONE}, None, False),  # a nought is a grade as well
        ({"json": OURS}, {"status": 403}, None, False),
        ({"json": OURS}, {"json": []}, {"status": 401}, False),
        ({"json": OURS | {"resourceLinkId": "7"}}, None, None, False),
    ],
)
def test_only_an_empty_column_of_no_card_is_removed(
    web: responses.RequestsMock, gradebook: AgsGradebook, item: Any, results: Any, answer: Any, gone: bool
) -> None:
    web.add("GET", ITEM, **item)
    if results:
        web.add("GET", below(ITEM, "results"), **results)
    if answer:
        web.add("DELETE", ITEM, **answer)
    assert gradebook.remove_empty_column(registration(), ITEM) is gone
    assert ("DELETE" in [call.request.method for call in web.calls]) is (answer is not None)


def test_a_column_is_not_removed_while_the_platform_is_away(
    web: responses.RequestsMock, gradebook: AgsGradebook
) -> None:
    web.add("GET", ITEM, status=503)
    with pytest.raises(ServiceError):
        gradebook.remove_empty_column(registration(), ITEM)


def test_a_score_keeps_the_query_of_its_address(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    scores = "https://lms.example/api/4/lineitems/13/lineitem/scores?type_id=1"
    web.add("POST", scores, status=200)
    post(gradebook)
    assert web.calls[-1].request.url == scores
    assert web.calls[-1].request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert sent(web) == {
        "userId": "18",
        "scoreGiven": 1.0,
        "scoreMaximum": 1,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-03-02T09:00:00.123Z",
        "comment": "Earned.",
    }


def test_a_withdrawn_score_has_no_points(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    web.add("POST", below(ITEM, "scores"))
    post(gradebook, given=None)
    assert {"scoreGiven", "scoreMaximum"}.isdisjoint(sent(web))
    assert sent(web)["gradingProgress"] == "FullyGraded"


def test_canvas_is_told_that_a_score_is_no_submission(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    web.add("POST", below(ITEM, "scores"))
    canvas = registration(product="canvas")
    for given in (1.0, None):
        gradebook.post_score(canvas, ITEM, subject="18", given=given, comment="", at=AT)
        assert sent(web)["https://canvas.instructure.com/lti/submission"] == {"new_submission": False}
        assert sent(web)["gradingProgress"] == "FullyGraded"


HELD = {"id": ITEM, "label": "Old", "scoreMaximum": 1, "resourceLinkId": "7", "https://lms.example/x": {"y": 1}}


def test_a_column_is_renamed_as_it_was_but_for_the_name(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    web.add("GET", ITEM, json=HELD)
    web.add("PUT", ITEM, body="")
    gradebook.rename_column(registration(), ITEM, "New" * 200)
    asked = web.calls[-1].request
    assert (asked.method, asked.url, asked.headers["Content-Type"]) == (
        "PUT",
        ITEM,
        "application/vnd.ims.lis.v2.lineitem+json",
    )
    assert sent(web) == {**HELD, "label": ("New" * 200)[:255]}


def test_a_column_that_has_the_name_is_left_alone(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    web.add("GET", ITEM, json=HELD)
    gradebook.rename_column(registration(), ITEM, "Old")
    assert [call.request.method for call in web.calls] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 404}, "gradebook.refused"),
        ({"json": []}, "gradebook.malformed"),
        ({"json": {"label": "Old"}}, "gradebook.malformed"),
        ({"body": "<html>"}, "gradebook.malformed"),
    ],
)
def test_a_column_that_cannot_be_read_is_not_replaced(
    web: responses.RequestsMock, gradebook: AgsGradebook, answer: dict[str, Any], code: str
) -> None:
    web.add("GET", ITEM, **answer)
    with pytest.raises(ServiceError) as refused:
        gradebook.rename_column(registration(), ITEM, "New")
    assert refused.value.code == code
    assert web.calls[-1].request.method == "GET"


def test_no_other_host_is_told_anything(web: responses.RequestsMock, gradebook: AgsGradebook) -> None:
    foreign = "https://evil.example/lineitem"
    with pytest.raises(ServiceError, match=r"gradebook\.url_forbidden"):
        gradebook.post_score(registration(), foreign, subject="18", given=1.0, comment="", at=AT)
    with pytest.raises(ServiceError, match=r"gradebook\.url_forbidden"):
        gradebook.rename_column(registration(), foreign, "New")
    assert not web.calls


@pytest.mark.parametrize(
    ("rows", "stands"),
    [
        ([{"userId": "18", "resultScore": 0.5, "resultMaximum": 2}], 0.25),
        ([{"userId": "18", "resultScore": 1}], 1.0),
        ([{"userId": "19", "resultScore": 1}], None),
        ([{"userId": "18", "resultScore": None}], None),
        ([], None),
    ],
)
def test_what_stands_for_one_learner(
    web: responses.RequestsMock, gradebook: AgsGradebook, rows: list[Any], stands: float | None
) -> None:
    web.add("GET", below(ITEM, "results") + "&user_id=18", json=rows)
    assert gradebook.score_of(registration(), ITEM, "18") == stands


@pytest.mark.parametrize(
    ("answer", "status", "retry_after"),
    [
        ({"status": 400}, 400, None),
        ({"status": 409}, 409, None),
        ({"status": 422}, 422, None),
        ({"status": 404}, 404, None),
        ({"status": 429, "headers": {"Retry-After": "30"}}, 429, 30.0),
        ({"status": 502}, 502, None),
    ],
)
def test_a_score_is_refused(
    web: responses.RequestsMock,
    gradebook: AgsGradebook,
    answer: dict[str, Any],
    status: int,
    retry_after: float | None,
) -> None:
    web.add("POST", below(ITEM, "scores"), **answer)
    with pytest.raises(ServiceError) as refused:
        post(gradebook)
    assert (refused.value.status, refused.value.retry_after) == (status, retry_after)


def test_results_of_all_pages(web: responses.RequestsMock, http: OutgoingHttp, tokens: CachedServiceTokens) -> None:
    results = "https://lms.example/api/4/lineitems/13/lineitem/results?type_id=1"
    rows = [{"userId": "18", "resultScore": 0, "resultMaximum": 0}, {"resultScore": 1}]
    web.add("GET", results, json=rows, headers={"Link": f'<{results}&p=2>; rel="next"'})
    web.add("GET", results + "&p=2", json=[{"userId": "19", "resultScore": 85, "resultMaximum": 100, "comment": "ok"}])
    found = AgsResultsReader(http, tokens).read(registration(), ITEM)
    assert found == [OwnResult("18", 0.0, 1.0, ""), OwnResult("19", 85.0, 100.0, "ok")]
