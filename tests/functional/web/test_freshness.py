"""How fresh a course is: for its staff, its learners and the administrator."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lti_tool.bootstrap.house import House
from lti_tool.cli.freshness import freshness
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import ADMIN_TOKEN, Site
from tests.functional.web.freshness_scene import stale_course


@pytest.fixture
def blueprint_makers():
    return (learner_blueprint, instructor_blueprint, admin_blueprint)


def shown(text: str) -> str:
    return " ".join(text.split())


def test_the_teacher_reads_when_the_course_was_read_and_what_that_repaired(site: Site) -> None:
    stale_course(site)
    page = shown(site.open_session("instructor").get("/badges").text)
    assert "Read from Example LMS" in page
    assert "next reading at" in page
    assert "2 results that no event told, 1 that stood otherwise here" in page
    assert "and 1 that the learning platform took back were repaired." in page
    assert "No events have come for longer than usual" in page


def test_the_teacher_sees_whose_result_became_what(site: Site) -> None:
    stale_course(site)
    page = shown(site.open_session("instructor").get("/badges/readings").text)
    for told in ("Moodle web services", "Webhook", "Last event", "4 repaired", "Ana", "70 of 100", "90 of 100"):
        assert told in page
    assert "No event told it" in page
    assert "Complete <span" in page
    assert "not complete" in page


def test_a_course_of_which_nothing_was_told_says_so(site: Site) -> None:
    page = shown(site.open_session("instructor").get("/badges/readings").text)
    assert "Nothing has told of results in this course yet." in page
    assert "Nothing so far" in page


def test_learners_do_not_see_what_was_repaired_of_others(site: Site) -> None:
    stale_course(site)
    assert site.open_session("learner").get("/badges/readings").status_code == 403


def test_events_that_wait_are_named_with_their_age(site: Site) -> None:
    site.course.hear(site.course.score("ana", 80))
    site.course.clock.pass_time(minutes=4)
    page = shown(site.open_session("instructor").get("/badges").text)
    assert "1 event is not used yet; the oldest came 4 minutes ago." in page


def test_who_asks_too_often_is_told(site: Site) -> None:
    ines, ana = site.open_session("instructor"), site.open_session("learner")
    for session, action, page in ((ines, "/badges/read-now", "/badges"), (ana, "/my/check-again", "/my")):
        first = session.post(action)
        assert (first.status_code, "done=asked" in first.headers["Location"]) == (303, True)
        again = session.post(action)
        assert "done=too-soon" in again.headers["Location"]
        refused = session.get(f"{page}?done=too-soon").text
        assert "less than a minute ago" in refused
        # Nothing was done, so it does not stand on the ground of what was.
        assert "page-status--not-done" in refused
        assert "page-status--not-done" not in session.get(f"{page}?done=asked").text
    site.course.clock.pass_time(seconds=61)
    assert "done=asked" in ines.post("/badges/read-now").headers["Location"]


def test_check_again_brings_the_learners_own_results(site: Site) -> None:
    lms = stale_course(site)
    site.course.clock.pass_time(minutes=2)
    lms.happens(site.course.score("dina", 88))
    lms.happens(site.course.score("eli", 88))
    lms.calls.clear()
    site.open_session("learner", "dina").post("/my/check-again")
    site.course.work()
    assert lms.calls == ["course-1:dina"]
    with site.course.house.transactions(write=False) as unit:
        records = unit.records.of_course(site.course.course.id)
    held = {name: site.course.people[name].id in records for name in ("dina", "eli")}
    assert held == {"dina": True, "eli": False}


def test_a_reading_that_brought_nothing_new_is_told_to_her_for_whom_it_was(site: Site) -> None:
    stale_course(site)
    site.course.clock.pass_time(minutes=2)
    site.open_session("learner", "dina").post("/my/check-again")
    site.course.work()
    seen = {name: shown(site.open_session("learner", name).get("/my").text) for name in ("dina", "eli")}
    assert "Data read just now" in seen["dina"]
    assert "Data read 2 minutes ago" in seen["eli"]


def signed_in(site: Site):
    browser = site.app.test_client()
    assert browser.post("/admin/sign-in", data={"token": ADMIN_TOKEN}).status_code == 303
    return browser


def test_the_administrator_sees_every_course_and_who_is_silent(site: Site) -> None:
    stale_course(site)
    page = shown(signed_in(site).get(f"/admin/platforms/{REGISTRATION}/freshness").text)
    for told in ("Silent", "The courses are read instead", "Laboratory Safety 101", "Next reading at", "in 2 seconds"):
        assert told in page
    platform = shown(signed_in(site).get(f"/admin/platforms/{REGISTRATION}").text)
    assert "A sender is silent for longer than its own history explains" in platform
    assert "core_enrol_get_enrolled_users" in platform


def test_the_page_of_freshness_is_the_administrators(site: Site) -> None:
    assert site.app.test_client().get(f"/admin/platforms/{REGISTRATION}/freshness").status_code == 303
    assert signed_in(site).get("/admin/platforms/nowhere/freshness").status_code == 404


def test_the_command_tells_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    stale_course(site)
    monkeypatch.setattr("lti_tool.cli.freshness.assemble", lambda _: site.course.house)
    monkeypatch.setattr(House, "prepare", lambda _: None)
    told = json.loads(CliRunner().invoke(freshness, [REGISTRATION, "--json"]).output)
    assert [sender["source"] for sender in told["senders"]] == ["webhook"]
    assert told["senders"][0]["silent_since"]
    [course] = told["courses"]
    by_name = {source["source"]: source for source in course["sources"]}
    assert by_name["moodle"]["repaired"] == 4
    assert "SILENT since" in CliRunner().invoke(freshness, [REGISTRATION]).output


def test_reason_says_that_its_source_could_not_be_read(site: Site) -> None:
    site.course.hear(site.course.score("ana", 62.0))
    site.course.work()
    page = f"/badges/{site.badges['lab'].id}"
    teacher = site.open_session("instructor")
    assert 'data-confidence="complete"' in teacher.get(page).text
    with site.course.house.transactions() as unit:
        unit.sweeps.save(site.course.course.id, "webhook", tried_at=site.course.clock.now(), error="http.timeout: late")
        unit.commit()
    assert 'data-confidence="stale"' in teacher.get(page).text
    assert "May be out of date" in site.open_session().get("/my").text
