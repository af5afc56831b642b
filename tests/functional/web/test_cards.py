"""The pages behind placed cards: one badge, and the progress with all of them, for learners and for staff."""

from __future__ import annotations

import pytest

from lti_tool.domain.achievement import AwardFrom
from lti_tool.usecases.edit_achievement import AchievementForm
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import draw_any
from tests.functional.web.conftest import OpenSession, Site
from tests.functional.web.tab import Tab

BOTH = pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "token in the page"])


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def card(person: OpenSession, site: Site) -> Tab:
    return Tab.at(person, f"/my/cards/{site.badges['lab'].id}")


def second_badge(site: Site) -> str:
    edit, course_id = site.services.edit, site.course.course.id
    rule = {"type": "item_score", "item": "essay", "minimum": 30, "unit": "points"}
    form = AchievementForm("Essayist", "Writes essays.", rule, draw_any(), "teal/shield/flask")
    made = edit.create(course_id, form)
    return edit.publish(course_id, made.id, AwardFrom.NOW).id


@BOTH
def test_card_says_what_is_missing(site: Site, cookie: bool) -> None:
    site.course.hear(site.course.score("ana", 62.0), site.course.module("ana"))
    site.course.work()
    tab = card(site.open_session(cookie=cookie), site)
    assert tab.status == 200
    for words in ("Lab safety", "Not yet", "1 of 2 done", "62 of 100 (62 %)", "at least 80 % needed", "Next:"):
        assert words in tab.text, words
    assert tab.has("All my badges of this course")
    assert not tab.has("Open my badge")


@BOTH
def test_card_of_an_earned_badge_leads_to_it(site: Site, cookie: bool) -> None:
    award = site.earn("ana")
    tab = card(site.open_session(cookie=cookie), site)
    assert "Earned" in tab.text
    assert tab.follow("Open my badge").path.endswith(f"/my/{award}")


def test_card_follows_the_server(site: Site) -> None:
    ana, lab = site.open_session(), site.badges["lab"].id
    page = ana.get(f"/my/cards/{lab}").text
    version = page.partition('data-live-version="')[2].partition('"')[0]
    assert ana.post(f"/my/cards/{lab}/changes", version=version).json == {"version": version, "html": None}
    award = site.earn("ana")
    assert f'data-award="{award}"' in ana.post(f"/my/cards/{lab}/changes", version=version).json["html"]


def test_card_of_a_withdrawn_badge_gives_the_reason(site: Site) -> None:
    award, ines = site.earn("ana"), site.open_session("instructor")
    ines.post(f"/badges/{site.badges['lab'].id}/awards/{award}/withdraw", reason="The quiz was copied.")
    ana = site.open_session()
    tab = card(ana, site)
    assert "Withdrawn" in tab.text
    assert "The quiz was copied." in tab.text
    mine = Tab.at(ana, "/my").text
    assert "Earned on" not in mine
    assert "Withdrawn" in mine
    assert "0 of 1 badge earned" in Tab.at(ana, "/my/progress").text


def test_card_of_a_paused_badge_says_so(site: Site) -> None:
    site.services.edit.pause(site.course.course.id, site.badges["lab"].id, paused=True)
    assert "The teacher has paused this badge" in card(site.open_session(), site).text


def test_draft_has_no_card(site: Site) -> None:
    draft = site.services.edit.create(site.course.course.id, AchievementForm("Secret draft", ""))
    refused = Tab.at(site.open_session(), f"/my/cards/{draft.id}")
    assert refused.status == 404
    assert "Secret draft" not in refused.text


@BOTH
def test_error_in_the_frame_has_a_way_back(site: Site, cookie: bool) -> None:
    tab = Tab.at(site.open_session(cookie=cookie), "/my/cards/no-such-badge")
    assert (tab.status, "achievement.unknown" in tab.text) == (404, True)
    assert tab.follow("Back to the badges").path.endswith("/my")


@BOTH
def test_progress_counts_what_stands(site: Site, cookie: bool) -> None:
    essay = second_badge(site)
    site.earn("ana")
    tab = Tab.at(site.open_session(cookie=cookie), "/my/progress")
    assert "1 of 2 badges earned" in tab.text
    assert "0 of 1 done" in tab.text
    assert tab.follow("Essayist").path.endswith(f"/my/cards/{essay}")


@BOTH
def test_staff_see_how_far_the_course_is(site: Site, cookie: bool) -> None:
    site.earn("ana")
    site.course.hear(site.course.module("ben"))
    site.course.work()
    for role in ("instructor", "assistant"):
        tab = Tab.at(site.open_session(role, cookie=cookie), "/badges/progress")
        assert "1 of 5 learners earned it · 1 one step away · 1 started" in tab.text
        assert tab.follow("Lab safety").path.endswith(f"/badges/{site.badges['lab'].id}")


def test_staff_see_a_card_without_being_able_to_earn(site: Site) -> None:
    assert "You teach this course" in card(site.open_session("instructor"), site).text
