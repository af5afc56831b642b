"""The client of Moodle's web services: what it sends, and every way in which Moodle does not answer."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
import requests
import responses

from lti_tool.domain.observation import Seen
from lti_tool.http import HttpError, make_session
from lti_tool.sources.moodle import MoodleError, MoodleProbe, MoodleWebServices, diagnose
from lti_tool.sources.moodle.services import flatten
from tests.fakes.clock import FakeClock
from tests.unit.sources.platforms import MOODLE
from tests.unit.sources.recorded import recorded

URL = "https://lms.example/moodle/webservice/rest/server.php"
SERVICES = MoodleWebServices(make_session())


def refusal() -> MoodleError:
    with pytest.raises(MoodleError) as refused:
        SERVICES.call(MOODLE, "core_webservice_get_site_info")
    assert MOODLE.moodle_token not in str(refused.value)
    return refused.value


@responses.activate
def test_the_token_stands_in_the_body_and_not_in_the_address() -> None:
    responses.post(URL, json={"fine": True})
    params = {"courseid": "4", "options": [{"name": "excludecontents", "value": True}]}
    assert SERVICES.call(MOODLE, "core_course_get_contents", params) == {"fine": True}
    request = responses.calls[0].request
    assert request.url == URL
    assert parse_qs(str(request.body)) == {
        "wstoken": [MOODLE.moodle_token],
        "wsfunction": ["core_course_get_contents"],
        "moodlewsrestformat": ["json"],
        "courseid": ["4"],
        "options[0][name]": ["excludecontents"],
        "options[0][value]": ["1"],
    }


def test_nested_values_as_php_writes_them() -> None:
    value = {"a": [1, 2], "b": {"c": {"d": "é"}}, "e": False, "f": [], "g": ({"h": 1}, {"h": 2})}
    assert list(flatten(value)) == [
        ("a[0]", "1"), ("a[1]", "2"), ("b[c][d]", "é"), ("e", "0"), ("g[0][h]", "1"), ("g[1][h]", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("errorcode", "code", "permanent"),
    [
        ("invalidtoken", "moodle.token_invalid", True),
        ("accessexception", "moodle.function_missing", True),
        ("nopermissions", "moodle.forbidden", True),
        ("servicenotavailable", "moodle.service_off", True),
        ("invalidrecord", "moodle.not_found", True),
        ("upgraderunning", "moodle.busy", False),
        ("somethingnew", "moodle.refused", True),
        ("<script>\n", "moodle.refused", True),
        (5, "moodle.refused", True),
    ],
)
@responses.activate
def test_an_exception_comes_with_status_200(errorcode: object, code: str, permanent: bool) -> None:
    answer = {
        "exception": "moodle_exception",
        "errorcode": errorcode,
        "message": "Jane Doe may not",
        "debuginfo": "SQL",
    }
    responses.post(URL, json=answer)
    error = refusal()
    assert (error.code, error.permanent, error.status) == (code, permanent, 502)
    assert not any(word in str(error) for word in ("Jane", "SQL", "<script>"))


@responses.activate
def test_the_recorded_refusal() -> None:
    responses.post(URL, json=recorded("ws_core_completion_student_other"))
    assert (refusal().code, refusal().permanent) == ("moodle.forbidden", True)


@pytest.mark.parametrize(
    "body", ["<!DOCTYPE html><title>Log in</title>", "", '{"usergrades": [{"userid": 1', b"\xff\xfe", "[" * 100_000]
)
@responses.activate
def test_ev45_an_answer_that_is_no_json_is_an_error(body: str | bytes) -> None:
    responses.post(URL, body=body, content_type="application/json")
    assert (refusal().code, refusal().permanent) == ("moodle.not_json", False)


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (500, "moodle.unavailable", False), (502, "moodle.unavailable", False), (503, "moodle.unavailable", False),
        (429, "moodle.unavailable", False), (403, "moodle.http_error", True), (404, "moodle.http_error", True),
    ],
)  # fmt: skip
@responses.activate
def test_another_status_is_an_error(status: int, code: str, permanent: bool) -> None:
    responses.post(URL, status=status, body="<html>no</html>")
    assert (refusal().code, refusal().permanent) == (code, permanent)


@responses.activate
def test_a_redirect_is_not_followed_with_the_token() -> None:
    responses.post(URL, status=302, headers={"Location": "https://elsewhere.example/"})
    responses.post("https://elsewhere.example/", json={})
    responses.get("https://elsewhere.example/", json={})
    assert refusal().code == "moodle.http_error"
    assert len(responses.calls) == 1


@responses.activate
def test_no_answer_at_all_is_the_doors_error() -> None:
    responses.post(URL, body=requests.ConnectionError("no route for token=not-in-any-log"))
    with pytest.raises(HttpError) as refused:
        SERVICES.call(MOODLE, "core_webservice_get_site_info")
    assert refused.value.code == "http.unreachable"
    assert MOODLE.moodle_token not in str(refused.value)


@responses.activate
def test_the_diagnosis_of_the_recorded_moodle() -> None:
    responses.post(URL, json=recorded("ws_core_webservice_get_site_info"))
    found = diagnose(SERVICES, MOODLE)
    assert found.ok
    assert found.release == "4.4dev (Build: 20231124)"


@responses.activate
def test_the_diagnosis_names_what_is_lacking() -> None:
    info = recorded("ws_core_webservice_get_site_info")
    info["functions"] = [each for each in info["functions"] if "completion" not in each["name"]]
    responses.post(URL, json=info)
    found = diagnose(SERVICES, MOODLE)
    assert (found.code, found.lacking) == ("moodle.function_missing", ("completion of activities and sections",))
    assert "core_completion_get_activities_completion_status" in found.message


@pytest.mark.parametrize(
    ("answer", "code"),
    [({"exception": "x", "errorcode": "invalidtoken"}, "moodle.token_invalid"), ([], "moodle.unexpected")],
)
@responses.activate
def test_a_failure_is_the_diagnosis(answer: object, code: str) -> None:
    responses.post(URL, body=json.dumps(answer))
    found = diagnose(SERVICES, MOODLE)
    assert (found.ok, found.code) == (False, code)
    assert len(found.lacking) == 3


@responses.activate
def test_a_token_that_may_not_be_asked_about_itself_may_still_read() -> None:
    responses.post(URL, json={"exception": "webservice_access_exception", "errorcode": "accessexception"})
    found = diagnose(SERVICES, MOODLE)
    assert (found.code, found.lacking) == ("moodle.function_missing", ())
    assert "core_webservice_get_site_info" in found.message


@responses.activate
def test_the_probe_is_the_diagnosis_of_a_platform_that_has_a_token() -> None:
    probe = MoodleProbe(SERVICES, FakeClock())
    assert probe(replace(MOODLE, moodle_token=""), [], {}) == []
    assert len(responses.calls) == 0
    responses.post(URL, json=recorded("ws_core_webservice_get_site_info"))
    (seen,) = probe(MOODLE, [], {})
    assert (seen.key, seen.ok) == (Seen.MOODLE, True)
    assert seen.detail.startswith("Moodle 4.4dev (Build: 20231124) answers. With core_group_get_course_groups and")
    responses.replace("POST", URL, json={"exception": "x", "errorcode": "invalidtoken"})
    (seen,) = probe(MOODLE, [], {})
    assert (seen.ok, seen.code) == (False, "moodle.token_invalid")
    assert "Make a new token" in seen.detail
    assert MOODLE.moodle_token not in seen.detail
