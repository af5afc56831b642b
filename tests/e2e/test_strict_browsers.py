"""Browsers that keep no cookie of a framed page: the tool works in them all the same.

Where only third parties' cookies are blocked, a partitioned one is kept (CHIPS), and links are links. Where the person
has blocked every cookie of the tool, the LMS keeps the login's state (LTI Platform Storage), and afterwards each page
carries the proof of the launch itself, so that links are buttons that send it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import ViewportSize, expect

from lti_tool.demo.chapters import teaching
from lti_tool.demo.scene import BADGE, Scene
from tests.e2e.connected import connected, play
from tests.e2e.looking import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(120)]

THIRD_PARTY, EVERY = "third-party-cookies-blocked", "every-cookie-of-the-tool-blocked"
# What Chromium stores when a person chooses "Block" for a site in its settings.
BLOCK = 2
COOKIE = "__Host-ltib"
TALL: ViewportSize = {"width": 911, "height": 1600}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with connected(tmp_path / "servers") as scene:
        yield scene


@pytest.fixture(params=[THIRD_PARTY, EVERY])
def strict(
    request: pytest.FixtureRequest,
    browser: Browser,
    chromium_executable: Path,
    chromium_arguments: list[str],
    scene: Scene,
    tmp_path: Path,
) -> Iterator[BrowserContext]:
    """A Chromium of its own, set up as strictly as a person could."""
    profile, arguments = tmp_path / "profile", [*chromium_arguments]
    (profile / "Default").mkdir(parents=True)
    if request.param == THIRD_PARTY:
        arguments.append("--test-third-party-cookie-phaseout")
    else:
        blocked = {f"{scene.place.tool_url},*": {"setting": BLOCK}, "[*.]localhost,*": {"setting": BLOCK}}
        settings = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
        (profile / "Default" / "Preferences").write_text(json.dumps(settings))
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium_executable, args=arguments, viewport=TALL
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def test_a_learner_and_a_teacher_work_without_our_cookie(
    strict: BrowserContext, scene: Scene, request: pytest.FixtureRequest
) -> None:
    keeps_ours = request.node.callspec.params["strict"] == THIRD_PARTY
    link: Literal["link", "button"] = "link" if keeps_ours else "button"
    play(scene, teaching)
    learner = _come_in(strict, scene, "learner-1")
    mine = _open_badges(learner)
    expect(mine.get_by_text("0 of 2 done").first).to_be_visible()
    scene.earner.come_in()
    scene.earner.do_module_1(right=5)
    expect(mine.get_by_role("heading", name="Earned")).to_be_visible(timeout=10_000)
    mine.get_by_role(link, name=BADGE).click()
    for name in ("JSON", "JWT", "Save as picture"):
        with learner.expect_download() as download:
            mine.get_by_role("button", name=name, exact=True).click()
        assert scene.stranger.check(download.value.path().read_bytes()).valid, name
    mine.get_by_role("button", name="Share by link").click()
    assert "/b/" in mine.locator("#public-link").input_value()

    teacher = _come_in(strict, scene, "teacher")
    course = _open_badges(teacher)
    course.get_by_role(link, name="New badge").click()
    course.get_by_label("Name").fill("Second badge")
    course.get_by_role("button", name="My approval").click()
    expect(course.locator("#forecast")).to_contain_text("one step away")
    course.get_by_role("button", name="Save draft").click()
    expect(course.get_by_text("Draft", exact=True)).to_be_visible()

    kept = {cookie["name"] for cookie in strict.cookies()}
    assert (COOKIE in kept) is keeps_ours


def _come_in(context: BrowserContext, scene: Scene, person: str) -> Page:
    page = context.new_page()
    page.goto(scene.place.lms_url)
    if page.locator("#switch-person").count():
        page.click("#switch-person")
    page.click(f"#be-{person}")
    return page


def _open_badges(page: Page) -> FrameLocator:
    page.click("#menu-badges")
    return page.frame_locator(f"#{FRAME}")
