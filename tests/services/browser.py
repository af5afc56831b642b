"""The browser of the tests, which may die by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

FIXTURE = "browser"
# What Playwright says where the process of the browser is gone; see AGAIN.
_GONE = "TargetClosedError"
# Chromium 156 died of a segmentation fault in its own process in one of the whole runs. That says
# nothing about the page under test, so the test begins anew, once, in a browser of its own; pytest counts such tests
# in its last line. Whatever else fails has failed.
AGAIN = pytest.mark.flaky(reruns=1, only_rerun=[_GONE])


class Browsers:
    """One headless Chromium at a time, started when it is first asked for and again where it has died."""

    def __init__(self, playwright: Playwright, executable: str, arguments: list[str]) -> None:
        self._type = playwright.chromium
        self._executable = executable
        self._arguments = arguments
        self._running: Browser | None = None

    def running(self) -> Browser:
        """A browser that answers. Playwright hears of an end only while it is listening, so it is asked something."""
        if self._running is None or not self._answers(self._running):
            self._running = self._type.launch(executable_path=self._executable, args=self._arguments)
        return self._running

    def close(self) -> None:
        if self._running is not None:
            self._running.close()

    def _answers(self, browser: Browser) -> bool:
        from playwright.sync_api import Error

        try:
            browser.new_context().close()
        except Error:
            return False
        return True


@contextmanager
def running_browsers(executable: str, arguments: list[str]) -> Iterator[Browsers]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browsers = Browsers(playwright, executable, arguments)
        yield browsers
        browsers.close()
