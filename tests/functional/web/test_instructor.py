"""The teacher's pages without scripts: the course, one badge with its learners, what she decides, and who may not."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.domain.criteria import MAX_PARTS
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import RULE
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

BOTH = pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "token in the page"])


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def lab(site: Site) -> str:
    return f"/badges/{site.badges['lab'].id}"


def regraded(site: Site) -> str:
    """Ana earned the badge, then her grade fell."""
    award = site.earn("ana")
    site.course.clock.pass_time(minutes=1)
    site.course.hear(site.course.score("ana", 40.0))
    site.course.work()
    return award


def approval(site: Site) -> str:
    """A badge that takes the teacher's approval; the path of its page."""
    badge = site.course.publish({"type": "manual_approval"})
    site.course.work()
    return f"/badges/{badge.id}"


@BOTH
def test_home_leads_to_the_badges_and_counts_who_earned(site: Site, cookie: bool) -> None:
    site.earn("ana")
    site.course.hear(site.course.module("ben"))
    site.course.work()
    ines = site.open_session("instructor", cookie=cookie)
    home = ines.view("/")
    assert home.headers["Location"] == f"/s/{ines.id}/badges"
    tab = Tab.at(ines, "/badges")
    assert tab.status == 200
    assert "Badges in Laboratory Safety 101" in tab.text
    assert "last event just now" in tab.text
    assert "1 earned 1 one step away 1 started" in tab.text
    assert "5 learners can earn badges" in tab.text
    assert "cannot be seen" not in tab.text
    assert tab.follow("Lab safety").path == f"/s/{ines.id}{lab(site)}"


@BOTH
def test_reading_is_asked_for_and_its_failure_is_said(site: Site, cookie: bool) -> None:
    tab = Tab.at(site.open_session("instructor", cookie=cookie), "/badges")
    before = site.services.operations()["outbox"].get("ready", 0)
    tab.press("Read now")
    assert "The course is being read." in tab.text
    assert site.services.operations()["outbox"]["ready"] > before
    with site.course.house.transactions() as unit:
        unit.courses.save_reading(site.course.course.id, read_error="roster.refused: The roster was refused.")
        unit.commit()
    tab = Tab.at(site.open_session("instructor", cookie=cookie), "/badges")
    assert "The last reading of the course failed." in tab.text
    assert "The roster was refused. Code for your administrator: roster.refused" in tab.text


@BOTH
def test_course_without_badges_offers_starters(site: Site, cookie: bool) -> None:
    ines = site.open_session("instructor", cookie=cookie, context="empty")
    tab = Tab.at(ines, "/badges")
    assert "Make the first badge" in tab.text
    assert "0 learners" in tab.text
    assert "Grades and completion cannot be seen yet." in tab.text
    tab.follow("Both")
    assert tab.field("rule.0.type").get("value") == "item_completed"
    assert tab.field("rule.1.type").get("value") == "course_grade"


@BOTH
def test_flag_is_to_do_until_she_lets_the_badge_stand(site: Site, cookie: bool) -> None:
    regraded(site)
    tab = Tab.at(site.open_session("instructor", cookie=cookie), "/badges")
    assert "Ana no longer meets the rule of “Lab safety”" in tab.text
    tab.follow("Look")
    assert "Earned, look again" in tab.text
    assert "40 of 100 (40 %), at least 80 % needed" in tab.text
    tab.press("Let it stand")
    assert "The badge stands." in tab.text
    assert "look again" not in tab.text
    assert "Kept: the badge stands, by Ines" in tab.text
    assert "To do" not in tab.follow("Badges").text


@BOTH
def test_badge_is_withdrawn_only_with_a_reason(site: Site, cookie: bool) -> None:
    award = site.earn("ana")
    tab = Tab.at(site.open_session("instructor", cookie=cookie), lab(site))
    tab.press("Withdraw the badge", {"reason": "  \x00 "})
    assert tab.status == 422
    assert tab.field("reason").get("aria-invalid") == "true"
    assert tab.page.by_id(tab.field("reason").get("aria-describedby").split()[-1]) is not None
    tab.press("Withdraw the badge", {"reason": "Somebody else <b>wrote</b> it."})
    assert tab.status == 200
    assert "Withdrawn" in tab.text
    assert "Reason: “Somebody else <b>wrote</b> it.”" in tab.text
    assert not tab.has("Withdraw the badge")
    with site.course.house.transactions(write=False) as unit:
        revoked = unit.awards.get(award)
    assert revoked is not None
    assert revoked.revocation_reason == "Somebody else <b>wrote</b> it."
    again = site.open_session("instructor").post(f"{lab(site)}/awards/{award}/withdraw", reason="Once more")
    assert again.status_code < 500


@BOTH
def test_approval_is_given_and_taken_back(site: Site, cookie: bool) -> None:
    tab = Tab.at(site.open_session("instructor", cookie=cookie), approval(site))
    tab.press("Approve Ben")
    assert "Approved." in tab.text
    site.course.work()
    assert len(_awards(site, "ben")) == 1
    site.course.clock.pass_time(minutes=1)
    tab.press("Take my approval back")
    assert "The approval is taken back." in tab.text
    assert tab.has("Approve Ben")


@BOTH
def test_paused_badge_awards_nobody_until_it_is_resumed(site: Site, cookie: bool) -> None:
    tab = Tab.at(site.open_session("instructor", cookie=cookie), lab(site))
    tab.press("Pause")
    assert "Paused" in tab.text
    site.course.hear(site.course.score("cleo", 91.0), site.course.module("cleo"))
    site.course.work()
    assert _awards(site, "cleo") == []
    tab.press("Resume")
    assert "Live" in tab.text
    site.course.work()
    assert len(_awards(site, "cleo")) == 1


def test_learners_are_filtered_and_counted(site: Site) -> None:
    site.earn("ana")
    site.course.hear(site.course.module("ben"))
    site.course.work()
    tab = Tab.at(site.open_session("instructor"), lab(site))
    near = tab.follow("One step away 1")
    assert [one.text for one in near.page.all("p") if one.get("class") == "learner-name"] == ["Ben"]
    for hostile in ("?show=nonsense", "?page=-3", "?page=99999999999999999999", "?person=nobody", "?page=x"):
        assert tab.get(f"{tab.path}{hostile}").status == 200


def test_learner_has_started_once_something_is_done(site: Site) -> None:
    rule = {"type": "all", "parts": [{"type": "course_grade", "minimum": 50}, *RULE["parts"]]}
    badge = site.course.publish(rule)
    site.course.hear(site.course.score("ana", 20.0), site.course.score("ben", 90.0))
    site.course.work()
    text = Tab.at(site.open_session("instructor"), f"/badges/{badge.id}").text
    assert "Ana Not yet" in text
    assert "Ben Started" in text
    assert "Cleo Not known yet" in text


@pytest.mark.row("UP36")
def test_csv_has_everybody_and_no_formula(site: Site) -> None:
    site.earn("ana")
    evil = [Member(f"evil-{index}", ("Learner",), name=name) for index, name in enumerate(("=1+1", "+2", "-3", "@x"))]
    with site.course.house.transactions() as unit:
        merge_roster(unit, site.course.course, [*site.course.platform.members, *evil])
        unit.commit()
    answer = site.open_session("instructor").post(f"{lab(site)}/learners.csv")
    assert answer.mimetype == "text/csv"
    assert "lab-safety-learners.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 9
    assert {row["Learner"]: row["State"] for row in rows}["Ana"] == "Earned"
    assert {"'=1+1", "'+2", "'-3", "'@x"} <= {row["Learner"] for row in rows}


def test_assistant_sees_everything_and_changes_nothing(site: Site) -> None:
    award = regraded(site)
    omar = site.open_session("assistant")
    tab = Tab.at(omar, "/badges")
    assert not tab.has("New badge")
    tab.follow("Lab safety")
    assert "40 of 100" in tab.text
    for words in ("Edit", "Pause", "Let it stand", "Withdraw the badge"):
        assert not tab.has(words)
    for path in _views(site)[2:]:
        assert omar.get(path).status_code == 403, path
    for path in _actions(site, award):
        assert omar.post(path, op="draft", name="x", reason="x").status_code == 403, path
    with site.course.house.transactions(write=False) as unit:
        held = unit.awards.get(award)
    assert held is not None
    assert held.revoked_at is None


@pytest.mark.parametrize("role", ["learner", "test_student", "other"])
def test_others_get_no_page_and_no_action(site: Site, role: str) -> None:
    award = site.earn("ana")
    person = site.open_session(role)
    for path in _views(site):
        assert person.get(path).status_code == 403, path
    for path in (*_actions(site, award), f"{lab(site)}/learners.csv", "/badges/read-now", "/pick/place"):
        assert person.post(path, op="draft", name="x", reason="x").status_code == 403, path


def test_action_needs_the_token_and_a_view_the_browser(site: Site) -> None:
    award = site.earn("ana")
    ines, other = site.open_session("instructor"), site.open_session("instructor", "ivo")
    for path in _actions(site, award):
        assert ines.client.post(f"/s/{ines.id}{path}").status_code == 403, path
        assert ines.post(path, launch_token=other.token).status_code == 401, path
    for path in _views(site):
        assert site.app.test_client().get(f"/s/{ines.id}{path}").status_code == 401, path


def test_ids_of_another_course_do_not_exist(site: Site) -> None:
    award = site.earn("ana")
    ines = site.open_session("instructor", context="another")
    for path in (lab(site), f"{lab(site)}/edit"):
        assert ines.get(path).status_code == 404, path
    for path in (*_actions(site, award)[1:], f"{lab(site)}/learners.csv"):
        answer = ines.post(path, op="draft", name="Taken over", reason="x", person=site.course.people["ana"].id)
        assert answer.status_code == 404, path
    with site.course.house.transactions(write=False) as unit:
        held = unit.awards.get(award)
    assert held is not None
    assert held.revoked_at is None


hostile = st.text(max_size=40) | st.sampled_from(
    [
        "rule",
        "rule.0",
        "add:rule:group",
        "up:rule.0",
        "add:" + "rule" * 50,
        "publish:now",
        "9" * 400,
        "\x00",
        "nan",
        "inf",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=hostile,
    fields=st.dictionaries(
        st.from_regex(r"rule(\.[0-9]{1,2}){0,4}\.(type|target|minimum|unit|count|joiner)", fullmatch=True)
        | st.sampled_from(["name", "description", "colour", "shape", "symbol", "draw_instead"]),
        hostile | st.sampled_from(["item_score", "group", "at_least", "badge_held", "manual_approval", "quiz-1"]),
        max_size=14,
    ),
)
def test_no_form_makes_the_editor_fail(site: Site, operation: str, fields: dict[str, str]) -> None:
    ines = site.open_session("instructor")
    for path in ("/badges/new/form", f"{lab(site)}/form"):
        assert ines.post(path, op=operation, **fields).status_code < 500
    award = "no-such-award"
    for path in (f"{lab(site)}/approve", f"{lab(site)}/awards/{award}/keep", f"{lab(site)}/awards/{award}/withdraw"):
        assert ines.post(path, person=operation, approved="1", reason=operation).status_code in (404, 422), path


def test_rule_of_too_many_parts_is_cut_not_crashed(site: Site) -> None:
    fields = {f"rule.{index}.type": "manual_approval" for index in range(MAX_PARTS + 20)}
    answer = site.open_session("instructor").post("/badges/new/form", op="draft", name="Much", **fields)
    assert answer.status_code == 303
    badge_id = re.search(r"/badges/([\w-]+)", answer.headers["Location"])
    assert badge_id is not None


def _awards(site: Site, subject: str) -> list[object]:
    person = site.course.people[subject]
    with site.course.house.transactions(write=False) as unit:
        return list(unit.awards.of_person(site.course.course.id, person.id))


def _views(site: Site) -> list[str]:
    return ["/badges", lab(site), "/badges/new", f"{lab(site)}/edit"]


def _actions(site: Site, award: str) -> list[str]:
    """All that changes something; the first makes a badge, the others are about one."""
    return [
        "/badges/new/form",
        f"{lab(site)}/form",
        f"{lab(site)}/pause",
        f"{lab(site)}/resume",
        f"{lab(site)}/approve",
        f"{lab(site)}/awards/{award}/keep",
        f"{lab(site)}/awards/{award}/withdraw",
    ]
