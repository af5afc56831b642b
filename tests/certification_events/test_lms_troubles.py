"""What an LMS answers when it is asked too much, not allowed to answer, or not itself: Canvas, read by REST."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from itertools import product

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.observation import Seen
from lti_tool.http import HttpTimeout
from tests.factories.canvas import ESSAY, NUMBERS, QUIZ, CanvasLab, canvas_lab
from tests.factories.house import REGISTRATION, TestHouse
from tests.fakes.canvas import COURSE, THROTTLED, URL, FakeCanvas, LeakyBucket, error, response

row = pytest.mark.row
HOUR = 3600.0


@pytest.fixture
def school(lab: TestHouse) -> CanvasLab:
    made = canvas_lab(lab)
    made.grade("ana", QUIZ, 18)
    return made


def refused(school: CanvasLab) -> BadgeToolError:
    with pytest.raises(BadgeToolError) as stopped:
        school.read()
    return stopped.value


def retry_after(error: BadgeToolError) -> float:
    found = getattr(error, "retry_after", None)
    assert found is not None
    return float(found)


def slow_down(status: int, told: str | None) -> object:
    headers = {"X-Rate-Limit-Remaining": "0.0"} | ({} if told is None else {"Retry-After": told})
    return response(status, THROTTLED if status == 403 else "", headers)


@row("EV42")
def test_a_short_rest_is_kept_and_the_reading_goes_on(school: CanvasLab) -> None:
    school.read()
    for status, told, least, most in (
        (403, None, 5, 6), (429, None, 5, 6), (429, "7", 7, 8.4), (403, "date", 7, 9.7), (429, "nonsense", 5, 6),
    ):  # fmt: skip
        soon = format_datetime(school.lab.clock.now() + timedelta(seconds=8), usegmt=True)
        school.canvas.asked.clear()
        school.waits.clear()
        school.canvas.faults = [None, slow_down(status, soon if told == "date" else told)]
        school.read()
        assert least <= sum(school.waits) <= most, (status, told)
        # The question that was refused is asked once more, and no other.
        assert len(school.canvas.asked) == 7 + 1
    assert school.score("ana") == 18


@row("EV42")
@pytest.mark.parametrize(("status", "told", "least"), [
    (403, "600", 600), (429, str(365 * 86400), HOUR), (429, "date", HOUR),
])  # fmt: skip
def test_a_long_rest_ends_the_reading_and_is_kept_by_all_of_them(
    school: CanvasLab, status: int, told: str, least: float
) -> None:
    in_a_year = format_datetime(school.lab.clock.now() + timedelta(days=365), usegmt=True)
    school.canvas.faults = [slow_down(status, in_a_year if told == "date" else told)]
    error = refused(school)
    assert (error.code, getattr(error, "permanent", None)) == ("canvas.throttled", False)
    assert least - 1 <= retry_after(error) <= 1.2 * least
    # Another reading, of whatever process, does not even ask.
    school.lab.clock.pass_time(seconds=60)
    asked = len(school.canvas.asked)
    assert retry_after(refused(school)) >= least - 61
    assert len(school.canvas.asked) == asked == 1
    school.lab.clock.pass_time(seconds=1.2 * HOUR)
    school.read()
    assert school.score("ana") == 18


@row("EV42")
def test_who_obeys_the_bucket_is_never_refused(lab: TestHouse) -> None:
    canvas = FakeCanvas(lab.clock.now)
    bucket = LeakyBucket(canvas)
    school = canvas_lab(lab, bucket, canvas)
    school.canvas.largest_page = 1
    for _ in range(10):
        school.read()
        lab.clock.pass_time(seconds=1)
    assert bucket.refused == 0
    assert len(canvas.asked) >= 30
    assert school.waits  # it slowed down before the bucket was empty


@row("EV42")
def test_bursts_of_refusals_cost_no_more_than_their_own_calls(school: CanvasLab) -> None:
    school.canvas.largest_page = 1
    for name in NUMBERS:
        school.grade(name, QUIZ, 15)
        school.grade(name, ESSAY, 30)
    ideal = 2 + 3 + 3 + 3 + 3  # assignments and modules, learners, submissions, progress; outcomes, groups and copies
    school.canvas.faults = [slow_down(429, "1") if number % 10 in (2, 5, 8) else None for number in range(40)]
    school.read()
    school.settle()
    answered = [school.score(name, ESSAY) for name in NUMBERS]
    assert answered == [30, 30, 30]
    throttled = sum(number % 10 in (2, 5, 8) for number in range(len(school.canvas.asked)))
    assert len(school.canvas.asked) - throttled == ideal


@row("EV43")
def test_a_lost_permission_is_said_once_and_not_asked_for_again_and_again(school: CanvasLab) -> None:
    body = {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}
    school.canvas.faults = [None, None, response(401, body)]
    error = refused(school)
    assert (error.code, getattr(error, "permanent", None)) == ("canvas.forbidden", True)
    assert "see this course's grades" in error.message
    for _ in range(3):
        school.canvas.asked.clear()
        school.canvas.faults = [None, None, response(403, body)]
        school.lab.clock.pass_time(minutes=15)
        school.read()  # which sets nothing aside again
        assert len(school.canvas.asked) == 3
    assert (school.canvas.renewals, school.waits) == (0, [])
    with school.lab.house.transactions(write=False) as unit:
        assert "canvas.forbidden" in unit.courses.reading(school.lab.course.id).read_error


@row("EV43")
@pytest.mark.parametrize(("answer", "code"), [
    ((400, {"error": "invalid_grant", "error_description": "refresh_token not found"}), "canvas.access_withdrawn"),
    ((401, {"error": "invalid_client", "error_description": "unknown client"}), "canvas.key_refused"),
])  # fmt: skip
def test_an_access_that_was_withdrawn_is_never_used_again(
    school: CanvasLab, answer: tuple[int, dict[str, str]], code: str
) -> None:
    school.canvas.access = "another"
    school.canvas.refusing_refresh = response(*answer)
    assert refused(school).code == code
    calls = (len(school.canvas.asked), len(school.canvas.posted))
    assert calls == (1, 1)
    assert (school.grant().refused, school.grant().access_token) == (code, "")
    with school.lab.house.transactions(write=False) as unit:
        seen = unit.observations.of_registration(REGISTRATION)[Seen.CANVAS]
    assert (seen.ok, seen.code) == (False, code)
    for _ in range(5):
        school.lab.clock.pass_time(hours=1)
        school.read()
    assert (len(school.canvas.asked), len(school.canvas.posted)) == calls


@row("EV44")
def test_a_token_that_ends_in_the_middle_is_renewed_once_and_the_sweep_goes_on(school: CanvasLab) -> None:
    expired = error(401, "Invalid access token.")
    expired.headers["WWW-Authenticate"] = 'Bearer realm="canvas-lms"'
    school.canvas.faults = [None, None, None, expired]
    school.read()
    assert school.score("ana") == 18
    assert school.canvas.renewals == 1
    assert [one.token for one in school.canvas.asked] == ["access-1"] * 4 + ["access-2"] * 5
    assert school.grant().access_token == "access-2"


@row("EV44")
def test_a_token_that_is_about_to_end_is_renewed_before_it_is_refused(school: CanvasLab) -> None:
    school.lab.clock.pass_time(minutes=59, seconds=30)
    school.read()
    assert (school.canvas.renewals, {one.token for one in school.canvas.asked}) == (1, {"access-2"})


@row("EV44")
def test_a_fresh_token_that_is_refused_as_well_ends_it(school: CanvasLab) -> None:
    expired = error(401, "Invalid access token.")
    school.canvas.faults = [expired, expired]
    assert refused(school).code == "canvas.token_refused"
    assert (school.canvas.renewals, len(school.canvas.asked)) == (1, 2)


@row("EV44")
def test_while_no_tokens_are_given_nothing_is_lost_and_then_it_goes_on(school: CanvasLab) -> None:
    school.lab.clock.pass_time(hours=2)
    for trouble in (response(503, "down"), response(200, "<html>Sign in</html>"), response(302, "")):
        school.canvas.refusing_refresh = trouble
        error = refused(school)
        assert getattr(error, "permanent", None) is False
        assert school.grant().is_open
    school.canvas.refusing_refresh = None
    school.read()
    assert school.score("ana") == 18


NO_ANSWERS = (
    (response(200, "<!DOCTYPE html><title>Log in to Canvas</title>"), "canvas.not_json"),
    (response(200, '[{"user_id": 101, "submissions": [{"assig'), "canvas.not_json"),
    (response(302, "", {"Location": f"{URL}/login"}), "canvas.not_json"),
    (response(403, "<html>Blocked by the firewall</html>"), "canvas.not_json"),
    (response(200, {"user": "?"}), "canvas.unexpected"),
    (response(502, "Bad gateway"), "canvas.unavailable"),
    (response(200, [{"nothing": "of ours"}]), "canvas.unexpected"),
    (HttpTimeout("canvas.example.edu did not finish in time."), "http.timeout"),
)


@row("EV45")
def test_what_is_no_answer_of_canvas_is_no_data(school: CanvasLab) -> None:
    school.complete("ana")
    # In place of the assignments, the learners and the submissions.
    for place, (answer, code) in product((0, 2, 3), NO_ANSWERS):
        school.canvas.faults = [*[None] * place, answer]
        error = refused(school)
        assert error.code == code, (place, answer)
        assert "Log in" not in str(error)
        assert school.score("ana") is None
    # Nothing was taken for a completion or its loss; the next reading has everything.
    school.read()
    assert school.score("ana") == 18


@row("EV46")
def test_pages_that_lead_in_a_circle_or_elsewhere_end_the_reading(school: CanvasLab) -> None:
    for following in (
        f"{URL}/api/v1/courses/{COURSE}/students/submissions?page=bookmark:x",  # the same one again and again
        "https://elsewhere.example/api/v1/courses/565/students/submissions?page=2",
        f"{URL}@elsewhere.example/api/v1/x",
        f"{URL}/login/oauth2/token",
        "http://canvas.example.edu/api/v1/courses/565/students/submissions?page=2",
        "//elsewhere.example/api/v1/x",
        "not an address",
    ):
        page = response(200, [], {"Link": f'<{following}>; rel="next"'})
        school.canvas.asked.clear()
        school.canvas.faults = [None, None, None, page, page, page]
        assert refused(school).code == "canvas.paging", following
        school.canvas.faults.clear()
        assert len(school.canvas.asked) <= 5
        assert all(one.address.startswith(f"{URL}/api/v1/") for one in school.canvas.asked)


@row("EV46")
def test_a_list_without_end_is_left(school: CanvasLab) -> None:
    pages = [
        response(200, [], {"Link": f'<{URL}/api/v1/courses/{COURSE}/enrollments?page={number}>; rel="next"'})
        for number in range(500)
    ]
    school.canvas.faults = [None, None, *pages]
    assert refused(school).code == "canvas.paging"
    assert len(school.canvas.asked) == 202


@row("EV46")
def test_what_moves_while_the_pages_are_read_is_found_by_the_next_reading(school: CanvasLab) -> None:
    """A grade with an earlier time than one that was read already is within the overlap."""
    school.canvas.largest_page = 1
    for name in NUMBERS:
        school.grade(name, QUIZ, 15, graded_at="2026-09-01T07:59:00Z", posted_at="2026-09-01T07:59:00Z")
    school.read()
    school.grade("ben", QUIZ, 19, graded_at="2026-09-01T07:58:00Z", posted_at="2026-09-01T07:59:30Z")
    school.lab.clock.pass_time(minutes=15)
    school.read()
    assert school.score("ben") == 19
