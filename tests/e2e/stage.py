"""The stage of the browser story: both servers as real processes, and people with a browser window each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from lti_tool.demo.servers import DemoPlace, DemoServers, free_ports

# A machine with two cores that runs all tests at once is slow at times; what is promised is measured in the tests.
expect.set_options(timeout=15_000)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
RIGHT_ANSWERS = (0, 1, 2, 1, 2)


@dataclass
class Stage:
    """The servers' place and the browser. `shots`: where pictures of the pages go, None for none."""

    place: DemoPlace
    browser: Browser
    shots: Path | None = None
    _open: list[BrowserContext] = field(default_factory=list)

    def window(self, size: dict[str, int] = DESK) -> Page:
        """A browser of somebody's own."""
        context = self.browser.new_context(viewport=size, accept_downloads=True)
        context.set_default_timeout(15_000)
        self._open.append(context)
        page = context.new_page()
        # A page that breaks our own policy, or a script that fails, must not go unnoticed.
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._console(page, message.type, message.text))
        return page

    problems: list[str] = field(default_factory=list)

    def _console(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.problems.append(f"{page.url}: {text}")

    def be(self, person: str, size: dict[str, int] = DESK) -> Page:
        """A window in which somebody has come to the practice LMS."""
        page = self.window(size)
        page.goto(self.place.lms_url)
        page.click(f"#be-{person}")
        # A page that is left before it has answered would not have changed anything.
        expect(page.locator(f'#current-person[data-user-id="{person}"]')).to_be_visible()
        return page

    def badges(self, page: Page) -> FrameLocator:
        """Opens the tool from the course's menu; gives its frame."""
        page.goto(f"{self.place.lms_url}/course")
        page.click("#menu-badges")
        frame = page.frame_locator("iframe#tool-frame")
        expect(frame.locator("h1")).to_be_visible()
        return frame

    def shot(self, page: Page, name: str) -> None:
        """Pictures at desktop and phone width, where they are wanted."""
        if self.shots is None:
            return
        self.shots.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size
        for label, viewport in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(viewport)
            page.wait_for_timeout(250)
            page.screenshot(path=self.shots / f"{name}-{label}.png")
        if size:
            page.set_viewport_size(size)

    def close(self) -> None:
        for context in self._open:
            context.close()


@contextmanager
def raised_stage(browser: Browser, folder: Path, shots: Path | None) -> Iterator[Stage]:
    """Servers on free ports over a fresh folder."""
    port, lms_port = free_ports(2)
    place = DemoPlace(folder / "data", folder / "keys", port, lms_port)
    with DemoServers(place, folder / "logs"):
        stage = Stage(place, browser, shots)
        try:
            yield stage
        finally:
            stage.close()
