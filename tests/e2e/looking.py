"""Looks at pages as an inspector would: rules of accessibility, width, title and heading; and takes their pictures."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lti_tool.demo.waiting import until
from tests.services.peers import give_up

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

AXE = Path(__file__).parents[1] / "peers" / "node_modules" / "axe-core" / "axe.min.js"
FRAME = "tool-frame"
# The room that a tool has in Moodle at 390 and at 1280 pixels, and that of pages which fill the window.
FRAME_WIDTHS = (374, 885)
WINDOW_WIDTHS = (390, 1280)
_HEIGHTS = {374: 844, 885: 900, 390: 844, 1280: 900}
# Of what keeps the rules nothing is told, which is most of what there would be to carry over.
_RUN_AXE = "axe.run(document, {iframes: false, resultTypes: ['violations']}).then(found => found.violations)"
_PICTURES = os.environ.get("LTI_BADGES_SCREENSHOTS", "")


def axe_source() -> str:
    """axe-core from the peers' folder; the test is skipped, or fails on CI, without it."""
    if not AXE.is_file():
        give_up("axe-core is not installed. To get it: npm ci --prefix tests/peers")
    return AXE.read_text(encoding="utf-8")


@dataclass
class Inspector:
    """Collects what is wrong, so that one run names every page that breaks a rule."""

    axe: str = field(default_factory=axe_source)
    complaints: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)

    def frame(self, page: Page, name: str) -> None:
        """The tool's page in the frame of the LMS, at the two widths that the frame has in life."""
        framed = page.frame(name=FRAME)
        assert framed is not None, f"{page.url} has no frame"
        self._look(page, framed, name, FRAME_WIDTHS)

    def window(self, page: Page, name: str, widths: tuple[int, ...] = WINDOW_WIDTHS) -> None:
        """A page that fills its window."""
        self._look(page, page.main_frame, name, widths)

    def listen(self, page: Page) -> None:
        """A script that fails, or that the page's own policy blocks, is a complaint too."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._console(page, line.type, line.text))

    def _console(self, page: Page, kind: str, text: str) -> None:
        # The refusals that a test asks for are answers with 401, 403 or 404, which Chromium logs as well.
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(f"{page.url}: {text}")

    def _look(self, page: Page, frame: Frame, name: str, widths: tuple[int, ...]) -> None:
        frame.wait_for_load_state("load")
        self.looked_at.append(name)
        outside = page.evaluate("window.innerWidth") - frame.evaluate("window.innerWidth")
        for width in widths:
            page.set_viewport_size({"width": width + outside, "height": _HEIGHTS[width]})
            _await(frame, f"window.innerWidth === {width}")
            # The LMS has given the frame the height that the page asked for: nothing is left to scroll inside.
            _await(frame, "window.parent === window || document.body.scrollHeight <= window.innerHeight")
            for complaint in self._found(frame):
                self.complaints.append(f"{name} at {width}: {complaint}")
            if _PICTURES:
                self._picture(page, frame, f"{len(self.looked_at):02}-{name}-{width}.png")

    def _picture(self, page: Page, frame: Frame, name: str) -> None:
        """The whole page. Chromium paints of a foreign frame only what the window shows, so the window grows first."""
        size = page.viewport_size
        assert size is not None
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        page.screenshot(path=Path(_PICTURES) / name, full_page=True)
        page.set_viewport_size(size)

    def _found(self, frame: Frame) -> list[str]:
        if not frame.evaluate("typeof window.axe === 'object'"):
            frame.evaluate(self.axe)
        # A page around the frame is the LMS's business; each page is asked for itself.
        broken = frame.evaluate(_RUN_AXE)
        found = [f"{rule['id']}: {node['html'][:120]}" for rule in broken for node in rule["nodes"]]
        too_wide = frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if too_wide > 0:
            found.append(f"{too_wide} px too wide")
        if frame.locator("h1").count() != 1:
            found.append(f"{frame.locator('h1').count()} headings of the first level")
        if not frame.title().strip():
            found.append("no title")
        return found


def _await(frame: Frame, condition: str) -> None:
    """Until this is true on the page. Playwright's own waiting breaks the page's policy, which forbids eval."""
    until(lambda: frame.evaluate(condition), within=5, what=f"{condition} on {frame.url}")
