"""What it costs a teacher to publish a badge for doing two activities: with a mouse, and without one.

Counted as people count: a page is a full load on which she works, a click is an activation (choosing from a list is
two: opening it and picking), a field is something to type, a Tab is a press of that key inside the tool's frame. The
tests hold the targets of the design: 2 pages, 8 clicks, 1 field, 35 s with all that she waits for; to change the rule
after awards 1 page, 5 clicks and no field; 15 Tabs from the top of a page to its main button.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import until
from tests.e2e.connected import connected
from tests.e2e.keyboard import MOST_TABS, Keyboard
from tests.e2e.looking import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(120)]

# Seconds by the keystroke-level model: an activation, a key, and reaching for the keyboard.
CLICK_S, KEY_S, FIELD_S = 2.65, 0.28, 0.8
PUBLISH, CONFIRM = "button[value='publish']", "button[value='publish:now']"
SENTENCE = re.compile("^Complete Rules of the laboratory and (complete )?Where waste goes")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with connected(tmp_path) as scene:
        yield scene


@pytest.fixture
def teacher(browser: Browser, scene: Scene) -> Iterator[Page]:
    """Her window, with the tool open in the course."""
    # So high that nothing has to be scrolled: Chromium drops clicks into a foreign frame whose place has just changed.
    context = browser.new_context(viewport={"width": 911, "height": 1600})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(scene.place.lms_url)
    page.click("#be-teacher")
    page.click("#menu-badges")
    expect(page.frame_locator(f"#{FRAME}").locator("h1")).to_contain_text("Badges in")
    yield page
    context.close()


@dataclass
class Effort:
    """Counts what she does in the frame."""

    page: Page
    clicks: int = 0
    fields: int = 0
    headings: list[str] = field(default_factory=list)

    @property
    def tool(self) -> FrameLocator:
        return self.page.frame_locator(f"#{FRAME}")

    def click(self, selector: str) -> None:
        self.tool.locator(selector).click()
        self.clicks += 1

    def choose(self, selector: str, label: str) -> None:
        self.tool.locator(selector).select_option(label=label)
        self.clicks += 2

    def type(self, selector: str, text: str) -> None:
        self.tool.locator(selector).fill(text)
        self.fields += 1

    def arrive(self, selector: str) -> None:
        """On a page that has this."""
        expect(self.tool.locator(selector)).to_be_visible()
        self.headings.append(self.tool.locator("h1").inner_text())


def test_with_a_mouse(teacher: Page, scene: Scene, record_property: Callable[[str, object], None]) -> None:
    effort = Effort(teacher)
    begun = time.monotonic()
    effort.click("text=Finish these activities")
    effort.arrive("#name")
    # Nothing is asked for yet: the button says so, and keeps her where she is.
    expect(effort.tool.locator(f"{PUBLISH}[aria-disabled='true']")).to_be_visible()
    expect(effort.tool.locator("#why-not")).to_contain_text("Condition 1: Choose the activity.")
    effort.type("#name", "Two done")
    effort.choose("[id='rule.0.target']", "Rules of the laboratory")
    effort.choose("[id='rule.1.target']", "Where waste goes")
    assert effort.tool.locator("[name='rule.joiner']").input_value() == "all"
    # She reads who would earn it, at no cost.
    expect(effort.tool.locator("#forecast .sentence")).to_have_text(SENTENCE)
    expect(effort.tool.locator("#forecast-later")).to_contain_text("not yet")
    expect(effort.tool.locator("#why-not")).to_be_hidden()
    effort.click(f"{PUBLISH}:not([aria-disabled])")
    effort.arrive(CONFIRM)
    effort.click(CONFIRM)
    expect(effort.tool.locator("h1")).to_have_text("Two done")
    expect(effort.tool.get_by_text("Live", exact=True)).to_be_visible()
    hers = effort.clicks * CLICK_S + effort.fields * FIELD_S + len("Two done") * KEY_S
    waited = time.monotonic() - begun
    record_property("effort", {"clicks": effort.clicks, "fields": effort.fields, "hers": hers, "waited": waited})
    assert (len(effort.headings), effort.fields) == (2, 1)
    assert effort.clicks <= 8
    assert hers + waited <= 35
    changes_the_rule_of_a_badge_that_somebody_has(teacher, scene, record_property)


def changes_the_rule_of_a_badge_that_somebody_has(
    teacher: Page, scene: Scene, record_property: Callable[[str, object], None]
) -> None:
    """T-f: from the badge's page; what it would mean is shown where she decides, and nobody loses anything silently."""
    for activity in ("reading-rules", "reading-waste"):
        scene.practice.complete("learner-1", activity)
    until(lambda: scene.practice.tool_score("learner-1", "Two done") == (1, 1), within=30, what="a badge")
    teacher.click("#menu-badges")
    effort = Effort(teacher)
    effort.tool.get_by_text("Two done", exact=True).click()
    effort.click("text='Edit'")
    effort.arrive("#name")
    effort.choose("[id='rule.1.target']", "Safety quiz (100 points)")
    question = effort.tool.locator("#confirm")
    expect(question).to_contain_text("For whom does the new rule count?")
    expect(question).to_contain_text("0 more meet the new one and 1 no longer does")
    expect(question).to_contain_text("1 of those who have it does not meet the new rule.")
    effort.click("button[value='version:open']")
    expect(effort.tool.get_by_text("version 2", exact=True)).to_be_visible()
    expect(effort.tool.get_by_text("Earned 1", exact=True)).to_be_visible()
    record_property("change", {"pages": len(effort.headings), "clicks": effort.clicks, "fields": effort.fields})
    assert (len(effort.headings), effort.fields) == (1, 0)
    assert effort.clicks <= 5


def test_with_the_keyboard_alone(teacher: Page, record_property: Callable[[str, object], None]) -> None:
    keys = Keyboard(teacher)
    tool = teacher.frame_locator(f"#{FRAME}")
    teacher.focus("#open-in-new-window")  # the last stop of the LMS before the frame
    keys.tab_to("a.skip-link, button.skip-link")
    keys.tab_to(".starter:first-child h3 *")
    keys.press("Enter")
    keys.expect_focus("#name")
    teacher.keyboard.type("Two done")
    keys.tab_to("[id='rule.0.target']")
    keys.pick("Rules of the laboratory")
    keys.tab_to("[id='rule.1.target']")
    keys.pick("Where waste goes")
    expect(tool.locator("#forecast .sentence")).to_have_text(SENTENCE)
    keys.tab_to(PUBLISH)
    keys.press("Enter")
    # The question takes the focus, so that the answer is one key away.
    keys.expect_focus(CONFIRM)
    keys.press("Enter")
    expect(tool.locator("h1")).to_have_text("Two done")
    expect(tool.get_by_text("Live", exact=True)).to_be_visible()
    record_property("tabs", keys.tabs)
    assert keys.tabs <= 2 * MOST_TABS


def test_main_button_is_near_the_top_of_a_long_editor(teacher: Page) -> None:
    tool, keys = teacher.frame_locator(f"#{FRAME}"), Keyboard(teacher)
    tool.get_by_text("Or start with an empty badge").click()
    for number, kind in enumerate(("item_score", "course_grade", "module_completed", "manual_approval"), start=1):
        tool.locator(f"button[value='add:rule:{kind}']").click()
        expect(tool.locator("li.condition")).to_have_count(number)
    # Back to the top of the page: the LMS's last stop before the frame, and no place of hers left inside it.
    keys.frame.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    teacher.focus("#open-in-new-window")
    keys.tab_to(".skip-link[href='#publishing']")
    keys.press("Enter")
    keys.tab_to(PUBLISH)
    assert keys.tabs <= MOST_TABS
    # The rule cannot count yet: the key leads to why, and that to the field.
    keys.press("Enter")
    keys.expect_focus("#why-not a")
    keys.press("Enter")
    keys.expect_focus("[id='rule.0.target']")


def test_three_parts_are_published_in_two_pages_and_well_under_two_minutes(
    teacher: Page, record_property: Callable[[str, object], None]
) -> None:
    begun = time.monotonic()
    effort = Effort(teacher)
    effort.click("text=Both")
    effort.arrive("#name")
    effort.type("#name", "Safe and good")
    effort.choose("[id='rule.0.target']", "Rules of the laboratory")
    effort.type("[id='rule.1.minimum']", "70")
    effort.click("button[value='add:rule:item_completed']")
    expect(effort.tool.locator("li.condition")).to_have_count(3)
    effort.choose("[id='rule.2.target']", "Where waste goes")
    assert effort.tool.locator("[name='rule.joiner']").input_value() == "all"
    expect(effort.tool.locator("#forecast .sentence")).to_contain_text("reach at least 70 % as course grade")
    effort.click(PUBLISH)
    effort.arrive(CONFIRM)
    effort.click(CONFIRM)
    expect(effort.tool.get_by_text("Live", exact=True)).to_be_visible()
    hers = effort.clicks * CLICK_S + effort.fields * FIELD_S + len("Safe and good70") * KEY_S
    waited = time.monotonic() - begun
    record_property("effort", {"clicks": effort.clicks, "fields": effort.fields, "hers": hers, "waited": waited})
    assert (len(effort.headings), effort.fields) == (2, 2)
    assert effort.clicks <= 10
    assert hers + waited <= 45
