"""Platform storage as the forms of the practice LMS have it, in a browser that keeps no cookie of the tool.

Like Canvas, a hidden frame beside the tool's keeps the login's state; a platform that follows the specification keeps
it in the page around the frame, which test_strict_browsers.py tries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.demo.chapters import setting_up
from lti_tool.demo.scene import Scene
from tests.e2e.connected import play, started
from tests.e2e.looking import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(120)]

# What Chromium stores when a person chooses "Block" for a site in its settings.
BLOCK = 2


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with started(tmp_path / "servers", "canvas") as scene:
        play(scene, setting_up)
        yield scene


@pytest.fixture
def window(
    browser: Browser, chromium_executable: Path, chromium_arguments: list[str], scene: Scene, tmp_path: Path
) -> Iterator[Page]:
    """A Chromium that takes no cookie of the tool at all."""
    profile = tmp_path / "profile"
    (profile / "Default").mkdir(parents=True)
    blocked = {f"{scene.place.tool_url},*": {"setting": BLOCK}, "[*.]localhost,*": {"setting": BLOCK}}
    settings = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
    (profile / "Default" / "Preferences").write_text(json.dumps(settings))
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium_executable, args=chromium_arguments
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_the_frame_beside_the_tools_keeps_the_state(window: Page, scene: Scene) -> None:
    window.goto(scene.place.lms_url)
    window.click("#be-teacher")
    window.click("#menu-badges")
    expect(window.frame_locator(f"#{FRAME}").locator("h1")).to_contain_text("Badges in")
    assert window.frame(name="post_message_forwarding") is not None
    assert "localhost" not in {cookie["domain"] for cookie in window.context.cookies()}
