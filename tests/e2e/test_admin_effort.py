"""What it costs an administrator to connect a platform by Dynamic Registration: like Moodle, and like Canvas.

Counted as people count: a click is an activation, a field is something to fill in (here by pasting). She is signed in
on both sides and begins on the start page of each, in two windows of one browser. Seconds are those of the servers and
the browser, as measured, and those of a person by the keystroke-level model (Card, Moran and Newell): 1.35 to think
before each act, 1.1 to point and 0.2 to press for a click or a change of window, 0.4 and two keys of 0.28 for a paste,
and 0.56 for a reload by key. The targets are those of the design: 6 clicks, 1 field and 90 s for Moodle; 8, 1 and 120 s
for Canvas, whose deployment only the first launch shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.demo.chapters.setting_up import servers_start
from lti_tool.demo.scene import Scene
from tests.e2e.connected import started
from tests.e2e.looking import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(120)]

THINK, CLICK, PASTE, RELOAD = 1.35, 1.1 + 0.2, 0.4 + 2 * 0.28, 2 * 0.28


@dataclass
class Effort:
    """What she does, and how long a person takes for it."""

    clicks: int = 0
    fields: int = 0
    reloads: int = 0
    window_changes: int = 0
    began: float = field(default_factory=time.monotonic)

    def click(self, page: Page, selector: str) -> None:
        page.locator(selector).first.click()
        self.clicks += 1

    def paste(self, page: Page, selector: str) -> None:
        """Puts into a field what was copied."""
        page.locator(selector).focus()
        page.keyboard.press("Control+V")
        self.fields += 1

    def reload(self, page: Page) -> None:
        page.keyboard.press("F5")
        page.reload()
        self.reloads += 1

    def turn_to(self, page: Page) -> None:
        page.bring_to_front()
        self.window_changes += 1

    @property
    def seconds(self) -> float:
        acts = self.clicks + self.fields + self.reloads + self.window_changes
        hands = (self.clicks + self.window_changes) * CLICK + self.fields * PASTE + self.reloads * RELOAD
        return time.monotonic() - self.began + acts * THINK + hands


@dataclass
class Windows:
    """Her two windows: the tool's list of platforms, and the page of external tools in the LMS."""

    scene: Scene
    tool: Page
    lms: Page


@pytest.fixture(params=["moodle", "canvas"])
def windows(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Windows]:
    with started(tmp_path, request.param) as scene:
        servers_start(scene)
        context = browser.new_context(viewport={"width": 1280, "height": 1600})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(15_000)
        lms, tool = context.new_page(), context.new_page()
        lms.goto(scene.place.lms_url)
        lms.click("#be-admin")
        expect(lms.locator("#registration-url")).to_be_visible()
        tool.goto(scene.tool("/admin"))
        tool.fill("[name=token]", scene.place.admin_token_file.read_text().strip())
        tool.keyboard.press("Enter")
        expect(tool.get_by_role("heading", name="Platforms")).to_be_visible()
        yield Windows(scene, tool, lms)
        context.close()


def test_connecting_a_platform(windows: Windows, record_property: Callable[[str, object], None]) -> None:
    scene, tool, lms = windows.scene, windows.tool, windows.lms
    like = scene.place.like
    effort = Effort()
    effort.click(tool, "button:has-text('Make a registration link')")
    effort.click(tool, "button[data-copy='registration-link']")
    effort.turn_to(lms)
    effort.paste(lms, "#registration-url")
    effort.click(lms, "#register-tool")
    # The tool registers itself in the frame and says so; where nothing differs, the LMS goes back to its list.
    effort.click(lms, "button[name='activate']")
    expect(lms.get_by_text("is active.")).to_be_visible()
    effort.turn_to(tool)
    effort.click(tool, ".back a")
    effort.click(tool, "button:has-text('Approve')")
    expect(tool.locator("#status")).to_contain_text("The platform is active.")
    if not scene.place.names_deployment:
        effort.turn_to(lms)
        effort.click(lms, "#menu-badges")
        expect(lms.frame_locator(f"#{FRAME}").get_by_text("lti.deployment_unknown")).to_be_visible()
        effort.turn_to(tool)
        effort.reload(tool)
        effort.click(tool, "button:has-text('Accept')")
        expect(tool.locator("#status")).to_contain_text("The deployment is accepted.")
    record_property("effort", {"clicks": effort.clicks, "fields": effort.fields, "seconds": round(effort.seconds, 1)})
    _she_can_open_it(lms)
    most_clicks, most_seconds = {"moodle": (6, 90), "canvas": (8, 120)}[like]
    assert effort.clicks <= most_clicks
    assert effort.fields <= 1
    assert effort.seconds <= most_seconds


def _she_can_open_it(lms: Page) -> None:
    """The proof that nothing is left to do: a teacher opens the tool in the course."""
    lms.click("#switch-person")
    lms.click("#be-teacher")
    lms.click("#menu-badges")
    expect(lms.frame_locator(f"#{FRAME}").locator("h1")).to_contain_text("Badges in")
