"""Somebody's keyboard on a page of the tool. Nothing here touches the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.looking import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

# From the top of a page to its main button.
MOST_TABS = 15


@dataclass
class Keyboard:
    """`tabs` counts the presses of Tab. `framed`: the tool is in the LMS's frame, and not in a window of its own."""

    page: Page
    tabs: int = 0
    framed: bool = True

    @property
    def frame(self) -> Frame:
        found = self.page.frame(name=FRAME) if self.framed else self.page.main_frame
        assert found is not None
        return found

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def is_on(self, selector: str) -> bool:
        return bool(self.frame.evaluate("(one) => document.activeElement?.matches(one) ?? false", selector))

    def tab_to(self, selector: str, most: int = MOST_TABS) -> int:
        """Tabs on until the focus is there; how many it took."""
        for count in range(1, most + 1):
            self.press("Tab")
            self.tabs += 1
            if self.is_on(selector):
                return count
        raise AssertionError(f"{selector} is more than {most} Tabs away")

    def pick(self, label: str) -> None:
        """Goes down the list that has the focus, as far as this."""
        labels = self.frame.evaluate("[...document.activeElement.options].map((option) => option.label)")
        for _ in range(labels.index(label)):
            self.press("ArrowDown")
        assert self.frame.evaluate("document.activeElement.selectedOptions[0].label") == label

    def expect_focus(self, selector: str) -> None:
        """Waits until the page itself has put the focus there."""
        expect(self.frame.locator(selector)).to_be_focused()
