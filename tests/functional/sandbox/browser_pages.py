"""Steps that tests in a browser share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.functional.sandbox.fake_tool import FakeTool

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREENS = [{"width": 390, "height": 844}, {"width": 1280, "height": 800}]


@dataclass
class Site:
    """Where the LMS and its tool answer."""

    url: str
    tool: FakeTool


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
    expect(page.locator("#tool-frame")).to_have_attribute("style", "height: 777px;")
