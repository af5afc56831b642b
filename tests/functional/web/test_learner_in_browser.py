"""What the pages' scripts add, in a real browser that keeps no cookie: news by themselves, copying, the skip link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.functional.web.conftest import OpenSession, Site
from tests.services.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served(site.app) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 374, "height": 602})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # A script that the policy blocks, or that crashes, complains here.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def enter(page: Page, address: str, person: OpenSession, path: str = "/my") -> None:
    """As after a launch without a cookie: a form carries the token."""
    page.set_content(
        f'<form method="post" action="{address}/s/{person.id}{path}">'
        f'<input name="launch_token" value="{person.token}"></form>'
    )
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")


def test_award_appears_by_itself_and_is_said_once(site: Site, address: str, page: Page) -> None:
    enter(page, address, site.open_session(cookie=False))
    page.click("summary")
    page.focus("summary")
    site.course.hear(site.course.score("ana", 62.0))
    site.course.work()
    page.wait_for_selector("text=62 of 100 (62 %)")
    # The list was exchanged; what was open is open, and who was somewhere is there.
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.getElementById('status').textContent.trim()") == ""
    site.course.clock.pass_time(minutes=1)
    site.earn("ana")
    page.wait_for_selector("#status:has-text('You earned “Lab safety”.')")
    assert page.locator("[data-award].is-new").count() == 1
    assert page.locator("summary").count() == 0


def test_expired_session_says_so(site: Site, address: str, page: Page) -> None:
    enter(page, address, site.open_session(cookie=False))
    site.course.clock.pass_time(hours=9)
    with page.expect_response("**/changes") as answer:
        pass
    assert answer.value.status == 401
    page.wait_for_selector("#status:has-text('expired')")


def test_link_is_copied_and_links_work_without_cookies(site: Site, address: str, page: Page) -> None:
    award = site.earn("ana")
    enter(page, address, site.open_session(cookie=False))
    page.click("text=Lab safety")
    page.wait_for_selector("h1:has-text('Lab safety')")
    page.click("text=Share by link")
    page.click("text=Copy")
    page.wait_for_selector("#status:has-text('Copied.')")
    page.click("text=Stop sharing")
    page.wait_for_selector("text=Only you")
    page.click("text=My badges")
    page.wait_for_selector(f"[data-award='{award}']")


def test_keyboard_reaches_the_content_at_once(site: Site, address: str, page: Page) -> None:
    enter(page, address, site.open_session(cookie=False))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
