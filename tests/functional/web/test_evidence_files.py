"""Files that are handed in as evidence: who may see them, what is refused, and what becomes of them."""

from __future__ import annotations

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from lti_tool.demo.forms import Upload
from lti_tool.usecases.erase_from_ledger import EraseFromLedger
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_evidence import RUBRIC, Scene

PDF = b"%PDF-1.7 my report"
POINTS = {"points-0": "8", "points-1": "4"}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint, verify_blueprint)


@pytest.fixture
def scene(site: Site) -> Scene:
    made = site.course.publish(RUBRIC)
    site.course.work()
    return Scene(site, made)


def hand_in(scene: Scene, content: bytes = PDF, name: str = "report.pdf", *, cookie: bool = True) -> Tab:
    page = scene.learner(cookie=cookie).follow("Report for Lab safety")
    return page.press("Hand in", {"text": "See the file."}, files={"file": Upload(name, content, "text/html")})


def file_of(scene: Scene) -> tuple[str, str]:
    """The nomination's id and the file's."""
    with scene.site.course.house.transactions(write=False) as unit:
        [nomination] = unit.nominations.of_course(scene.site.course.course.id)
    assert nomination.evidence.file is not None
    return nomination.id, nomination.evidence.file.id


def is_the_file(response: TestResponse) -> bool:
    headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert (headers["X-Content-Type-Options"], headers["Content-Type"]) == ("nosniff", "application/pdf")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    return response.data == PDF


@pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "no cookie"])
def test_learner_and_reviewer_open_it_and_nobody_else(scene: Scene, cookie: bool) -> None:
    page = hand_in(scene, cookie=cookie)
    assert "Handed in." in page.text
    assert is_the_file(page.press("report.pdf").response)
    reviewer = Tab.at(scene.site.open_session("instructor", cookie=cookie), "/badges/reviews")
    reviewer.follow("Ana: Report for Lab safety")
    assert is_the_file(reviewer.press("report.pdf").response)
    nomination_id, file_id = file_of(scene)
    own = f"/my/evidence/{scene.badge.id}/file/{file_id}"
    review = f"/badges/reviews/{nomination_id}/file/{file_id}"
    site = scene.site
    assert site.open_session().post(own).status_code == 200
    assert site.open_session(subject="ben").post(own).status_code == 404
    assert site.open_session().post(f"/my/evidence/{site.badges['lab'].id}/file/{file_id}").status_code == 404
    assert site.open_session().post(review).status_code == 403
    assert site.open_session("assistant").post(review).status_code == 403
    assert site.open_session("instructor", context="course-2").post(review).status_code == 404
    assert site.open_session("instructor").post(f"/badges/reviews/other/file/{file_id}").status_code == 404


def test_it_goes_with_what_is_handed_in_again_until_it_is_taken_away(scene: Scene) -> None:
    hand_in(scene)
    first = file_of(scene)
    page = scene.learner().follow("Report for Lab safety")
    page.press("Change what I handed in", {"text": "Clearer words.", "keep_file": "1"})
    assert file_of(scene) == first
    page.press("Change what I handed in", {"text": "", "keep_file": []})
    assert (page.status, "choose a file" in page.text) == (422, True)
    page.press("Change what I handed in", {"text": "Words alone.", "keep_file": []})
    # The reviewer still reads what was handed in before.
    review = scene.reviewer().follow("Ana: Report for Lab safety")
    assert is_the_file(review.press("report.pdf").response)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "The file is neither a PDF nor a picture (PNG, JPEG)."),
        (b"%PDF-" + b"\0" * (8 * 1024 * 1024), "The file is larger than 8 MiB."),
        (b"\xff\xd8\xff", "The image cannot be read"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field_and_the_words_stay(
    scene: Scene, content: bytes, said: str
) -> None:
    page = hand_in(scene, content)
    assert (page.status, said in page.text, page.field("file").get("aria-invalid")) == (422, True, "true")
    assert page.field("text").text == "See the file."
    with scene.site.course.house.transactions(write=False) as unit:
        assert unit.nominations.of_course(scene.site.course.course.id) == []


def test_a_request_far_too_large_is_refused_unread(scene: Scene) -> None:
    ana, file = scene.site.open_session(), FileStorage(BytesIO(b"\0" * (12 * 1024 * 1024)), "a.pdf")
    answer = ana.post(f"/my/evidence/{scene.badge.id}/hand-in", piece="Report", file=file)
    assert answer.status_code == 413


def test_so_many_files_and_no_more(scene: Scene) -> None:
    hand_in(scene)
    page = scene.learner().follow("Report for Lab safety")
    for number in range(2, 22):
        upload = Upload("report.pdf", PDF + str(number).encode(), "application/pdf")
        page.press("Change what I handed in", {"text": "Again"}, files={"file": upload})
    assert (page.status, "At most 20 files" in page.text) == (422, True)


def test_a_stranger_sees_it_where_the_learner_shows_it_and_nobody_once_she_is_erased(scene: Scene) -> None:
    hand_in(scene)
    scene.reviewer().follow("Ana: Report for Lab safety").press("Approve", POINTS)
    scene.site.course.work()
    award_id = scene.site.award_of("ana")
    mine = Tab.at(scene.site.open_session(), f"/my/{award_id}")
    mine.press("Share by link", {"show_name": "1"})
    assert "It does not show what you handed in." in mine.text
    with scene.site.course.house.transactions(write=False) as unit:
        page = unit.public_pages.of_award(award_id)
    assert page is not None
    stranger = Tab(scene.site.app.test_client())
    address = f"/b/{page.token}/evidence/{file_of(scene)[1]}"
    assert stranger.get(address).status == 404
    assert "What the holder handed in" not in stranger.get(f"/b/{page.token}").text
    mine.press("Show what I handed in")
    assert "It shows your name." in mine.text, "one choice leaves the other as it was"
    stranger.get(f"/b/{page.token}")
    assert "See the file." in stranger.text
    assert is_the_file(stranger.follow("report.pdf").response)
    assert stranger.get(f"/b/{'x' * 32}/evidence/{file_of(scene)[1]}").status == 404
    mine.press("Hide what I handed in")
    assert stranger.get(address).status == 404
    mine.press("Show what I handed in")
    assert stranger.get(address).status == 200
    house = scene.site.course.house
    EraseFromLedger(house.transactions, scene.site.course.clock)(scene.site.course.people["ana"].id)
    assert stranger.get(address).status == 404
    assert "report.pdf" not in stranger.get(f"/b/{page.token}").text


def test_an_operator_can_have_no_files_at_all(scene: Scene) -> None:
    site = scene.site
    object.__setattr__(site.services, "evidence_bytes", 0)
    page = scene.learner().follow("Report for Lab safety")
    assert page.page.find(lambda one: one.get("type") == "file") is None
    sent = {"piece": "Report", "text": "x", "file": FileStorage(BytesIO(PDF), "a.pdf")}
    site.open_session().post(f"/my/evidence/{scene.badge.id}/hand-in", **sent)
    with site.course.house.transactions(write=False) as unit:
        [nomination] = unit.nominations.of_course(site.course.course.id)
    assert nomination.evidence.file is None
