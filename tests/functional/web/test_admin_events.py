"""The operator's page of events that need her, and the switch that halts all issuing."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import RefusedEvent
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_admin import PLATFORM, signed_in

HOSTILE = '<script>alert("x")</script>\u202e${jndi:ldap://x}'


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint, instructor_blueprint, learner_blueprint)


def set_aside(site: Site, event_id: str = "poison") -> int:
    """An event that was tried five times, as the worker leaves it."""
    site.course.hear(site.course.score("ana", 91.0, event_id), site.course.module("ana"))
    with site.course.house.transactions() as unit:
        unit.inbox.mark(1, "dead", "RuntimeError: a number that breaks everything", 5)
        unit.commit()
    site.course.work()
    return 1


def events(site: Site) -> Tab:
    return signed_in(site).get(PLATFORM).follow("Events that wait, were set aside or were refused")


def test_an_event_that_was_set_aside_is_shown_with_its_reason_and_tried_again(site: Site) -> None:
    set_aside(site)
    assert "1 event needs you" in signed_in(site).get(PLATFORM).text
    tab = events(site)
    for words in ("RuntimeError: a number that breaks everything", "5 tries", "learner ana in course course-1"):
        assert words in tab.text
    tab.press("Try again event no. 1")
    assert "It is being tried again." in tab.text
    site.course.work()
    assert "An event that fails five times is set aside here" in events(site).text
    assert site.award_of("ana")


def test_all_are_tried_again_at_once(site: Site) -> None:
    set_aside(site)
    events(site).press("Try all of them again")
    site.course.work()
    assert site.award_of("ana")


def test_a_contradiction_alarms_until_it_is_settled(site: Site) -> None:
    site.course.hear(site.course.score("ana", 91.0, "e1"))
    with pytest.raises(BadgeToolError, match=r"event\.id_conflict"):
        site.course.hear(site.course.score("ana", 12.0, "e1"))
    tab = events(site)
    assert "event.id_conflict" in tab.text
    assert "came once" in tab.text
    tab.press("Settled: event no. 1")
    assert "event.id_conflict" not in events(site).text
    assert "needs you" not in signed_in(site).get(PLATFORM).text


def test_what_was_refused_is_not_kept_for_ever(site: Site) -> None:
    """It holds names and grades. What was settled goes after a month, and all of it half a year after it came last."""

    def kept() -> int:
        with site.course.house.engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM refused_events")).scalar_one()

    refused = [RefusedEvent("webhook", f"e-{number}", "event.score_invalid", "No.", "{}") for number in (1, 2)]
    site.course.house.ingest.refuse(REGISTRATION, refused)
    with site.course.house.transactions() as unit:
        settled = unit.refused_events.open(REGISTRATION)[0]
        unit.refused_events.settle(REGISTRATION, settled.id, site.course.clock.now())
        unit.commit()
    for days, left in ((29, 2), (2, 1), (148, 1), (2, 0)):
        site.course.clock.pass_time(days=days)
        site.course.work()
        assert kept() == left


def test_what_a_sender_wrote_is_shown_as_text(site: Site) -> None:
    bad = RefusedEvent("webhook", HOSTILE, "event.malformed", "It cannot be understood.", HOSTILE + "\0")
    site.course.house.ingest.refuse(REGISTRATION, [bad])
    page = events(site)
    assert "<script>alert" not in page.response.text
    assert "<script>alert" in page.text


def test_what_waits_is_counted_by_its_reason(site: Site) -> None:
    site.course.hear(site.course.score("nobody", 50.0), site.course.score("ana", 50.0, context="nowhere"))
    site.course.work()
    text = events(site).text
    assert "event.person_unknown" in text
    assert "event.course_unknown" in text
    assert "2 events wait for a course or a learner" in signed_in(site).get(PLATFORM).text


@pytest.mark.parametrize("number", ["2", "x", "-1", "9" * 30, "١"])
def test_an_event_that_is_not_there_is_not_found(site: Site, number: str) -> None:
    set_aside(site)
    tab = signed_in(site)
    csrf = tab.field("csrf").get("value")
    for action in ("replay", "settle"):
        answer = tab.client.post(f"{PLATFORM}/events/{action}", data={"csrf": csrf, "event": number})
        assert answer.status_code == 404, action


def test_issuing_is_halted_and_resumed(site: Site) -> None:
    tab = signed_in(site).press("Halt issuing", {"reason": "Wrong rule"})
    assert "Issuing is halted" in tab.text
    assert "Wrong rule" in tab.text
    assert "Halt issuing" not in tab.text
    site.course.hear(site.course.score("ana", 91.0), site.course.module("ana"))
    site.course.work()
    with pytest.raises(IndexError):
        site.award_of("ana")
    tab.press("Issue badges again")
    assert "Issuing is halted" not in tab.text
    site.course.work()
    assert site.award_of("ana")


def test_the_switch_is_the_operators_alone(site: Site) -> None:
    client = site.app.test_client()
    for path in ("/admin/halt", "/admin/resume"):
        assert client.post(path, data={"csrf": "x"}).status_code == 401
    assert client.get(f"{PLATFORM}/events").status_code == 303
    assert site.services.halt.state() is None


def test_a_hidden_grade_is_shown_to_nobody(site: Site) -> None:
    site.course.hear(site.course.score("ana", 91.25, standing="hidden"))
    site.course.work()
    for role, path in (("learner", "/my"), ("instructor", f"/badges/{site.badges['lab'].id}")):
        page = Tab.at(site.open_session(role), path)
        assert "not shown to the learner yet" in page.text, role
        # With its point: the digits alone may stand in the random id of a session.
        assert "91." not in page.response.text, role
    site.course.hear(site.course.score("ben", 71.25))
    site.course.work()
    assert "71." in Tab.at(site.open_session("instructor"), path).response.text
