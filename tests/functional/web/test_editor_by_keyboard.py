"""The whole editor without a mouse: what a rule and its terms can say is reached, set and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lti_tool.demo.waiting import until
from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award_terms import Regrade, Renewal
from lti_tool.domain.criteria import to_json
from lti_tool.domain.platform import Activity
from lti_tool.web.instructor.terms_form import LASTING, REGRADES, RENEWAL
from tests.e2e.keyboard import MOST_TABS, Keyboard
from tests.functional.web.conftest import Site
from tests.functional.web.test_drift import MODULE, QUIZ, read
from tests.functional.web.test_instructor_in_browser import address, blueprint_makers, enter, page  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.peer("chromium")
ELSEWHERE = "https://badges.example.org/achievements/7"
SKILL = {"name": "Lab work", "uri": "http://data.europa.eu/esco/skill/1", "kind": "esco"}
# A date has a stop for each of its parts, and a rule has buttons for each kind of condition.
WITHIN_A_RULE = 45


def test_all_that_a_badge_can_ask_is_said_by_keyboard(site: Site, address: str, page: Page) -> None:  # noqa: F811
    read(site, [MODULE, QUIZ, Activity("group-7", "group", "Team red")])
    enter(site, address, page, "/badges/new")
    keys = Keyboard(page, framed=False)
    keys.expect_focus("#name")
    keys.type("By keys")
    a_badge_from_elsewhere_for_one_group(keys)
    what_follows_when_a_grade_falls(keys)
    a_renewal_with_a_rule_of_its_own(keys)
    the_main_button_is_near_the_top(keys)
    made = the_badge(site)
    assert made.criteria is not None
    asked = {"type": "badge_held", "achievement": ELSEWHERE, "skill": SKILL, "only_for": ["group-7"]}
    assert to_json(made.criteria) == {"type": "all", "parts": [asked]}
    terms = made.terms
    assert (terms.regrade, terms.grace_days, terms.months, terms.renewal) == (Regrade.SUSPEND, 7, 12, Renewal.OTHER)
    assert terms.renewal_rule is not None
    again = {"type": "item_completed", "item": "quiz-1"}
    assert to_json(terms.renewal_rule) == {"type": "all", "parts": [again]}


def a_badge_from_elsewhere_for_one_group(keys: Keyboard) -> None:
    keys.tab_to("button[value='add:rule:badge_held']")
    keys.press("Enter")
    keys.expect_focus("[id='rule.0.target']")
    keys.tab_to("[id='rule.0.address']")
    keys.type(ELSEWHERE)
    keys.tab_to("[id='rule.0'] .part-more > summary")
    keys.press("Enter")
    keys.tab_to("[id='rule.0.skill_name']")
    keys.type(SKILL["name"])
    keys.tab_to("[id='rule.0.skill_uri']")
    keys.type(SKILL["uri"])
    keys.tab_to("[id='rule.0.skill_kind']")
    keys.pick("ESCO")
    keys.tab_to("[id='rule.0.only_for']")
    keys.pick("Team red")


def what_follows_when_a_grade_falls(keys: Keyboard) -> None:
    keys.tab_to("#more-options > summary", WITHIN_A_RULE)
    keys.press("Enter")
    keys.tab_to("#regrade")
    keys.pick(REGRADES[Regrade.SUSPEND])
    keys.tab_to("#grace_days")
    keys.press("Control+A")
    keys.type("7")


def a_renewal_with_a_rule_of_its_own(keys: Keyboard) -> None:
    keys.tab_to("#lasting")
    keys.pick(LASTING["months"])
    keys.tab_to("#months")
    keys.press("Control+A")
    keys.type("12")
    keys.tab_to("#renewal")
    labels = keys.frame.evaluate("[...document.activeElement.options].map((one) => [one.value, one.label])")
    keys.pick(dict(labels)["other"])
    keys.tab_to(".renewal-rule > summary")
    keys.press("Enter")
    keys.tab_to(f"button[value='add:{RENEWAL}:item_completed']")
    keys.press("Enter")
    keys.expect_focus(f"[id='{RENEWAL}.0.target']")
    keys.pick("Quiz 1 (100 points)")


def the_main_button_is_near_the_top(keys: Keyboard) -> None:
    """However long the editor has become: by the link that skips it. The question then has the focus."""
    keys.frame.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); window.scrollTo(0, 0)")
    keys.frame.evaluate("document.body.tabIndex = -1; document.body.focus()")
    keys.tabs = 0
    keys.tab_to(".skip-link[href='#publishing']")
    keys.press("Enter")
    keys.tab_to("button[value='publish']")
    assert keys.tabs <= MOST_TABS
    keys.press("Enter")
    keys.expect_focus("button[value='publish:now']")
    keys.press("Enter")


def the_badge(site: Site) -> Achievement:
    def found() -> Achievement | None:
        with site.course.house.transactions(write=False) as unit:
            made = [one for one in unit.achievements.of_course(site.course.course.id) if one.name == "By keys"]
        return next((one for one in made if one.state is AchievementState.PUBLISHED), None)

    until(lambda: found() is not None, within=10, what="the published badge")
    made = found()
    assert made is not None
    return made
