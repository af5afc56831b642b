"""How a launch finds back to its browser, for each setting of cookies and with and without the platform's storage.

In Chromium, in the frame of an LMS on another site. The login asks the platform's storage first, then looks whether our
partitioned cookie came back, then offers a new window. A launch takes the cookie where there is one, else the storage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.functional.lti.framed import Scene
from tests.functional.lti.live_tool import practice_and_tool

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser

    Open = Callable[[str], AbstractContextManager[Scene]]

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(120)]

ALLOWED, THIRD_PARTY_BLOCKED, EVERY_BLOCKED = "allowed", "third-party-blocked", "every-cookie-blocked"
COOKIE = "__Host-ltib"
# What Chromium stores when a person chooses "Block" for a site in its settings.
BLOCK = 2


@pytest.fixture
def opened(browser: Browser, chromium_executable: Path, chromium_arguments: list[str], tmp_path: Path) -> Open:
    @contextmanager
    def opened(cookies: str) -> Iterator[Scene]:
        profile, arguments = tmp_path / "profile", [*chromium_arguments]
        (profile / "Default").mkdir(parents=True)
        if cookies == THIRD_PARTY_BLOCKED:
            arguments.append("--test-third-party-cookie-phaseout")
        elif cookies == EVERY_BLOCKED:
            blocked = {"[*.]localhost,*": {"setting": BLOCK}}
            settings = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
            (profile / "Default" / "Preferences").write_text(json.dumps(settings))
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=chromium_executable, args=arguments, viewport={"width": 390, "height": 844}
        )
        with practice_and_tool(tmp_path) as (lms_url, tool):
            scene = Scene(context, lms_url, tool)
            scene.register()
            yield scene
            context.close()

    return opened


@pytest.mark.parametrize("storage", [True, False], ids=["storage", "no-storage"])
@pytest.mark.parametrize("cookies", [ALLOWED, THIRD_PARTY_BLOCKED])
def test_our_partitioned_cookie_is_kept(opened: Open, cookies: str, storage: bool) -> None:
    with opened(cookies) as scene:
        if storage:
            scene.be_patient()
        else:
            scene.storage(None)
        assert "cookie, no token" in scene.open_tool().locator("#opened").inner_text()
        (kept,) = [cookie for cookie in scene.context.cookies() if cookie["name"] == COOKIE]
        # Partitioned by the site that frames us: of no use to the tool in the frame of another.
        assert str(kept.get("partitionKey", "")).startswith("http://127.0.0.1")


@pytest.mark.slow
def test_third_party_cookies_are_really_blocked(opened: Open) -> None:
    """The control: the same cookie without a partition does not come back."""
    with opened(THIRD_PARTY_BLOCKED) as scene:
        scene.tool.without_partition = True
        scene.storage(None)
        scene.open_tool().get_by_role("link", name="Open LTI Badges in a new window").wait_for()
        assert scene.tool.launches == []


def test_the_platforms_storage_where_every_cookie_is_blocked(opened: Open) -> None:
    with opened(EVERY_BLOCKED) as scene:
        scene.be_patient()
        assert "no cookie, token" in scene.open_tool().locator("#opened").inner_text()
        assert not [cookie for cookie in scene.context.cookies() if cookie["name"] == COOKIE]


def test_a_new_window_where_nothing_is_kept(opened: Open) -> None:
    with opened(EVERY_BLOCKED) as scene:
        scene.storage(None)
        scene.open_tool().get_by_role("link", name="Open LTI Badges in a new window").wait_for()
        assert scene.tool.launches == []


def test_an_error_of_the_platform_is_explained_in_the_frame(opened: Open) -> None:
    """OpenID Connect Core 1.0, 3.1.2.6: posted to the launch address in place of a token."""
    with opened(ALLOWED) as scene:
        scene.context.route(
            re.compile(r"^http://127\.0\.0\.1:\d+/lti/auth\?"),
            lambda route: route.continue_(url=route.request.url.replace("login_hint=", "login_hint=not-")),
        )
        frame = scene.open_tool()
        frame.get_by_text("You are no longer signed in to your learning platform.").wait_for()
        assert frame.locator("#refusal-code").inner_text() == "login.platform_error"
        assert "login_hint is not" not in frame.locator("body").inner_text()
        assert scene.tool.launches == []
