"""The whole way in a real browser, with the tool on another site than the LMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional.sandbox.browser_pages import SCREENS, Site, become, register, wait_for_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")


def assert_fits(page: Page) -> None:
    page.wait_for_load_state("load")  # before its style sheet is there, a page may be any width
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_register_launch_and_place_a_link(browser: Browser, site: Site) -> None:
    page = browser.new_context(viewport=SCREENS[1]).new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    register(page, site)
    become(page, site, "teacher")
    page.click("#menu-badges")
    wait_for_tool(page)
    page.frame_locator("#tool-frame").locator("text=Hello Tess Teacher").wait_for()
    page.click("#menu-course")
    page.click("#add-from-badges")
    wait_for_tool(page)
    page.frame_locator("#tool-frame").locator("#pick").click()
    page.wait_for_url("**/course")
    page.click("text=Lab safety badge")
    wait_for_tool(page)
    assert problems == []


@pytest.mark.parametrize("screen", SCREENS, ids=["phone", "desktop"])
def test_a_learner_does_the_work_and_no_page_is_too_wide(browser: Browser, site: Site, screen: dict[str, int]) -> None:
    page = browser.new_context(viewport=screen).new_page()
    register(page, site)
    assert_fits(page)
    become(page, site, "learner-1")
    assert_fits(page)
    page.click("text=Rules of the laboratory")
    page.click("#mark-done")
    page.goto(f"{site.url}/course/activities/quiz-safety")
    for number, choice in enumerate((0, 1, 2, 1, 0)):
        page.check(f"#question-{number}-{choice}")
    assert_fits(page)
    page.click("#send-answers")
    page.wait_for_selector("text=80 of 100 points")
    become(page, site, "teacher")
    page.click("#menu-gradebook")
    assert_fits(page)
    page.click("#grade-learner-1")
    page.fill("#score-quiz-safety", "60")
    page.click("#save-quiz-safety")
    page.wait_for_selector("text=60 of 100 points")
    assert_fits(page)
    told = {site.tool.hooks.get(timeout=5)[0]["Webhook-Id"] for _ in range(7)}
    assert len(told) == 7
