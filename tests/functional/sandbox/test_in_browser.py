"""The whole way in a real browser, with the tool on another site than the LMS."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.practice import EXTENSION
from tests.functional.sandbox.browser_tool import BrowserTool
from tests.functional.sandbox.fake_tool import FakeTool, running_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")
SCREENS = [{"width": 390, "height": 844}, {"width": 1280, "height": 800}]


@dataclass
class Site:
    """Where the LMS and its tool answer."""

    url: str
    tool: FakeTool


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_tool() as tool:
        tool.url = tool.url.replace("127.0.0.1", "localhost")
        server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        url = f"http://127.0.0.1:{server.server_port}"
        server.app = create_sandbox(tmp_path, url)
        BrowserTool(tool, url)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(url, tool)
        server.shutdown()
        server.server_close()
        thread.join()
        practice = server.app.extensions[EXTENSION]
        practice.sender.stop()
        practice.database.close()


def become(page: Page, site: Site, user_id: str) -> None:
    page.goto(site.url)
    if page.locator("#switch-person").count():
        page.click("#switch-person")
    page.click(f"#be-{user_id}")


def register(page: Page, site: Site) -> None:
    """As the admin: paste the link, let the tool register, activate it."""
    become(page, site, "admin")
    page.fill("#registration-url", f"{site.tool.url}/register")
    page.click("#register-tool")
    page.frame_locator("#registration-frame").locator("#close").click()
    page.wait_for_url("**/admin")
    page.click("button[name=activate]")
    page.wait_for_selector("[data-state=active]")


def wait_for_tool(page: Page) -> None:
    """Until the tool in the frame has had its state back and the height it asked for."""
    page.frame_locator("#tool-frame").locator("text=state kept").wait_for()
    page.wait_for_function("document.getElementById('tool-frame').style.height === '777px'")


def assert_fits(page: Page) -> None:
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
