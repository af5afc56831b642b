"""The badge editor by posts of its form alone: every button, every refusal, the dry run and the publishing."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from lti_tool.demo.forms import Upload
from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.criteria import to_json
from lti_tool.domain.identity import SYSTEM
from lti_tool.images import BadgeDesign, draw
from lti_tool.usecases.check_badges import HandedIn
from lti_tool.usecases.course_badges import BadgeCard
from lti_tool.usecases.names import CourseNames
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

BOTH = pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "token in the page"])
QUIZ = {"rule.0.target": "quiz-1", "rule.0.minimum": "80"}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def editor(site: Site, cookie: bool = True, path: str = "/badges/new") -> Tab:
    tab = Tab.at(site.open_session("instructor", cookie=cookie), path)
    assert tab.status == 200
    return tab


def stored(site: Site, name: str) -> Achievement:
    with site.course.house.transactions(write=False) as unit:
        return next(badge for badge in unit.achievements.of_course(site.course.course.id) if badge.name == name)


def kinds(tab: Tab) -> list[str]:
    """The rule as it stands in the form: "rule.1.0 item_score", in reading order."""
    return [
        f"{one.get('name').removesuffix('.type')} {one.get('value')}"
        for one in tab.page.all("input")
        if one.get("name").endswith(".type")
    ]


@BOTH
def test_badge_is_made_from_nothing_to_awarded(site: Site, cookie: bool) -> None:
    site.course.hear(site.course.score("ana", 91.0), site.course.score("ben", 62.0))
    site.course.work()
    tab = editor(site, cookie)
    assert tab.field("rule.joiner").find(lambda one: "selected" in one.attributes).get("value") == "all"  # type: ignore[union-attr]
    tab.press("add:rule:item_score", {"name": "Quiz master"}).press("check", QUIZ)
    assert "Score at least 80 % in Quiz 1." in tab.text
    assert "1 gets it at once" in tab.text
    assert "Ana" in tab.text
    assert "62 of 100 (62 %), at least 80 % needed" in tab.text
    tab.press("Publish…")
    assert "Publish “Quiz master”?" in tab.text
    assert stored(site, "Quiz master").state is AchievementState.DRAFT
    tab.press("Award 1 learner now")
    assert "The badge is live." in tab.text
    badge = stored(site, "Quiz master")
    assert badge.state is AchievementState.PUBLISHED
    assert badge.description == "Earned in Laboratory Safety 101."
    site.course.work()
    assert [card.earned for card in _cards(site, badge.id)] == [1]


@BOTH
def test_only_new_work_counts_where_she_says_so(site: Site, cookie: bool) -> None:
    site.course.hear(site.course.score("ana", 91.0))
    site.course.work()
    tab = editor(site, cookie).press("add:rule:item_score", {"name": "Later"}).press("publish", QUIZ)
    tab.press("Only from new work on")
    site.course.work()
    badge = stored(site, "Later")
    assert badge.award_from is AwardFrom.NEW_WORK
    assert [card.earned for card in _cards(site, badge.id)] == [0]


@BOTH
def test_every_button_of_the_rule(site: Site, cookie: bool) -> None:
    tab = editor(site, cookie)
    tab.press("Activity completed").press("Group").press("add:rule.1:course_grade").press("add:rule:manual_approval")
    assert kinds(tab) == [
        "rule.0 item_completed",
        "rule.1 group",
        "rule.1.0 course_grade",
        "rule.2 manual_approval",
    ]
    tab.press("up:rule.2", {"rule.0.target": "essay", "rule.1.0.minimum": "72,5"})
    assert kinds(tab)[1:3] == ["rule.1 manual_approval", "rule.2 group"]
    tab.press("down:rule.0")
    assert kinds(tab)[:2] == ["rule.0 manual_approval", "rule.1 item_completed"]
    tab.press("Move condition 2 into the group beside it")
    assert kinds(tab) == ["rule.0 manual_approval", "rule.1 group", "rule.1.0 course_grade", "rule.1.1 item_completed"]
    assert tab.field("rule.1.0.minimum").get("value") == "72,5"
    tab.press("Move condition 2.1 out of its group")
    assert kinds(tab)[-1] == "rule.2 course_grade"
    tab.press("Remove group 2")
    assert kinds(tab) == ["rule.0 manual_approval", "rule.1 course_grade"]
    assert "Removed. 2 conditions left." in tab.text


def test_buttons_that_do_not_fit_change_nothing(site: Site) -> None:
    tab = editor(site).press("My approval")
    ines = site.open_session("instructor")
    fields = {"rule.joiner": "all", "rule.0.type": "manual_approval"}
    for operation in (
        "up:rule.0",
        "down:rule.0",
        "remove:rule.7",
        "out:rule.0",
        "into:rule.0",
        "add:rule.0:group",
        "x:y",
    ):
        answer = ines.post("/badges/new/form", op=operation, **fields)
        assert answer.status_code == 200, operation
        assert answer.text.count('value="manual_approval"') == tab.response.text.count('value="manual_approval"')


@BOTH
def test_what_is_wrong_is_said_above_and_beside_the_field(site: Site, cookie: bool) -> None:
    tab = editor(site, cookie).press("add:rule:item_score")
    tab.press("publish", {"rule.0.minimum": "lots", "rule.joiner": "at_least", "rule.count": "9"})
    assert tab.status == 422
    for name in ("name", "rule.0.target", "rule.0.minimum", "rule.count"):
        control = tab.field(name)
        assert control.get("aria-invalid") == "true", name
        described = tab.page.by_id(control.get("aria-describedby").split()[-1])
        assert described is not None, name
        assert described.text, name
        linked = tab.page.find(lambda one, name=name: one.tag == "a" and one.get("href") == f"#{name}")  # type: ignore[misc]
        assert linked is not None, name
        assert tab.page.by_id(name) is not None, name
    assert tab.field("rule.0.minimum").get("value") == "lots"
    with site.course.house.transactions(write=False) as unit:
        assert len(unit.achievements.of_course(site.course.course.id)) == 1


@pytest.mark.parametrize(
    ("typed", "unit", "said"),
    [
        ("0", "percent", "more than 0"),
        ("101", "percent", "more than 100"),
        ("101", "points", "Nobody can reach 101"),
        ("nan", "percent", "more than 0"),
        ("inf", "points", "more than 0"),
        ("9" * 31, "points", "more than 0"),
    ],
)
def test_minimum_that_nobody_can_reach_is_refused(site: Site, typed: str, unit: str, said: str) -> None:
    tab = editor(site).press("add:rule:item_score", {"name": "Quiz master"})
    tab.press("publish", {"rule.0.target": "quiz-1", "rule.0.minimum": typed, "rule.0.unit": unit})
    assert tab.status == 422
    assert said in tab.text


def test_name_is_all_that_a_draft_needs(site: Site) -> None:
    tab = editor(site).press("draft", {"name": " Some day "})
    assert "The draft is saved." in tab.text
    badge = stored(site, "Some day")
    assert badge.criteria is None
    assert badge.image_id
    assert editor(site, path=f"/badges/{badge.id}/edit").press("publish").status == 422


@BOTH
def test_live_badge_is_changed_and_holders_keep_it(site: Site, cookie: bool) -> None:
    site.earn("ana")
    badge = site.badges["lab"]
    tab = editor(site, cookie, f"/badges/{badge.id}/edit")
    assert "1 learner has this badge and keeps it" in tab.text
    tab.press("save", {"rule.0.minimum": "95"})
    tab.press("Only new work from now on")
    assert "The changes are saved." in tab.text
    assert "version 2" in tab.text
    site.course.work()
    assert [card.earned for card in _cards(site, badge.id)] == [1]


@BOTH
def test_answer_about_another_rule_awards_nobody(site: Site, cookie: bool) -> None:
    site.course.hear(site.course.score("ana", 91.0))
    site.course.work()
    tab = editor(site, cookie).press("add:rule:item_score", {"name": "Quiz master"}).press("publish", QUIZ)
    tab.press("publish:now", {"rule.0.minimum": "20"})
    assert stored(site, "Quiz master").state is AchievementState.DRAFT
    assert "Publish “Quiz master”?" in tab.text


def test_own_picture_replaces_the_drawn_one(site: Site) -> None:
    png = draw(BadgeDesign("blue", "circle", "star"))
    tab = editor(site).press("draft", {"name": "Pictured"}, {"upload": Upload("b.png", png, "image/png")})
    badge = stored(site, "Pictured")
    assert badge.design == ""
    tab.follow("Go on editing")
    preview = tab.page.by_id("preview")
    assert preview is not None
    assert preview.get("src") == f"/images/{badge.image_id}.png"
    tab.press("draft", {"draw_instead": "1", "colour": "red"})
    assert stored(site, "Pictured").design.startswith("red")


def test_words_on_the_picture_and_about_it(site: Site) -> None:
    typed = {"name": "Worded", "colour": "red", "words": "测试", "image_alt": "A red seal that says Level 3"}
    tab = editor(site).press("draft", typed)
    assert (tab.status, tab.field("words").get("value")) == (422, "测试")
    assert "Latin, Greek or Cyrillic letters" in tab.text
    tab.press("check", {"words": "Level 3"})
    preview = tab.page.by_id("preview")
    assert preview is not None
    shown = base64.b64decode(preview.get("src").removeprefix("data:image/svg+xml;base64,")).decode()
    assert preview.get("alt").endswith("and the words “Level 3”")
    assert f'<title id="title">{preview.get("alt")}</title>' in shown
    tab.press("draft")
    badge = stored(site, "Worded")
    assert (badge.design.split("/")[3], badge.image_alt) == ("Level 3", "A red seal that says Level 3")
    facts = site.course.house.claims.achievement(badge, CourseNames({}, {}), ())
    assert facts.image is not None
    assert facts.image.caption == "A red seal that says Level 3"
    tab.follow("Go on editing")
    assert tab.field("words").get("value") == "Level 3"
    tab.press("draft", {"words": "", "image_alt": ""})
    assert stored(site, "Worded").image_id != badge.image_id
    assert stored(site, "Worded").image_caption == "Badge: Worded"


def test_a_drawn_badge_is_taken_along_as_a_drawing(site: Site) -> None:
    drawn = replace(site.badges["lab"], design="teal/seal/flask/Lab safety")
    with site.course.house.transactions() as unit:
        unit.achievements.save(drawn)
        unit.achievements.note(drawn, site.course.clock.now(), SYSTEM, "changed")
        unit.commit()
    award = site.earn("ana")
    ana = site.open_session()
    assert "a drawing (SVG)" in ana.get(f"/my/{award}").text
    file = ana.post(f"/my/{award}/file/svg")
    assert (file.status_code, file.mimetype) == (200, "image/svg+xml")
    assert "lab-safety-badge.svg" in file.headers["Content-Disposition"]
    assert site.services.check.one(HandedIn("a.svg", file.data)).report.valid  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content", [b"no picture at all", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 64]
)
def test_file_that_is_no_picture_is_refused_beside_its_field(site: Site, content: bytes) -> None:
    tab = editor(site).press("draft", {"name": "Pictured"}, {"upload": Upload("b.png", content, "image/png")})
    assert tab.status == 422
    assert tab.field("upload").get("aria-invalid") == "true"
    assert tab.field("name").get("value") == "Pictured"


def test_file_that_is_too_large_is_refused(site: Site) -> None:
    large = Upload("b.png", b"\0" * (3 * 1024 * 1024 + 1), "image/png")
    assert editor(site).press("draft", {"name": "Pictured"}, {"upload": large}).status == 413


def test_drawing_is_public_and_cacheable(site: Site) -> None:
    client = site.app.test_client()
    answer = client.get("/draw/teal/shield/flask.png")
    assert answer.mimetype == "image/png"
    assert "public" in answer.headers["Cache-Control"]
    for hostile in ("/draw/x/shield/flask.png", "/draw/teal/shield/flask%27.png", "/draw/%00/shield/flask.png"):
        assert client.get(hostile).status_code == 404


def test_script_gets_fragments_and_refusals_as_json(site: Site) -> None:
    ines = site.open_session("instructor")
    fields = {"op": "add:rule:group", "rule.joiner": "any", "rule.0.type": "manual_approval"}
    headers = {"X-Launch-Token": ines.token, "Accept": "application/json"}
    path = f"/s/{ines.id}/badges/new/form"
    answer = ines.client.post(path, data=fields, headers=headers).get_json()
    assert set(answer) == {"forecast", "rule", "said", "focus", "open", "why_not", "question", "picture"}
    assert answer["focus"] == "rule.1"
    assert 'name="rule.1.type"' in answer["rule"]
    looked = ines.client.post(path, data=fields | {"op": "check"}, headers=headers).get_json()
    assert set(looked) == {"forecast", "open", "why_not", "question", "picture"}
    assert "5" in looked["forecast"]
    refused = ines.client.post(path, data=fields, headers=headers | {"X-Launch-Token": "no"})
    assert json.loads(refused.text)["error"]["code"] == "session.launch_foreign"


def test_design_that_is_not_offered_any_more_stays_as_it_was_drawn(site: Site) -> None:
    badge = site.badges["lab"]
    made = replace(badge, design="a-colour-of-old/shield/flask")
    with site.course.house.transactions() as unit:
        unit.achievements.save(made)
        unit.achievements.note(made, site.course.clock.now(), SYSTEM, "changed")
        unit.commit()
    editor(site, path=f"/badges/{badge.id}/edit").press("save", {"name": "Lab safety again"})
    assert stored(site, "Lab safety again").image_id == badge.image_id


def test_badges_that_ask_for_each_other_are_not_offered(site: Site) -> None:
    ines = Tab.at(site.open_session("instructor"), "/badges/new")
    lab = site.badges["lab"]
    ines.press("add:rule:badge_held", {"name": "Second"}).press("draft", {"rule.0.target": lab.id})
    second = stored(site, "Second")
    assert to_json(second.criteria)["parts"][0]["achievement"] == lab.id  # type: ignore[arg-type]
    tab = editor(site, path=f"/badges/{lab.id}/edit")
    tab.press("Another badge")
    assert [one.text for one in tab.field("rule.2.target").all("option")] == ["Choose…"]


def _cards(site: Site, badge_id: str) -> list[BadgeCard]:
    cards = site.services.course.course(site.course.course.id).cards
    return [card for card in cards if card.achievement.id == badge_id]
