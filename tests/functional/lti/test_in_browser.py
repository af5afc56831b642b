"""The pages and scripts in a real browser, framed by a practice LMS on another site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lti_tool.lti import claims as c
from tests.functional.lti.framed import EVERYWHERE, KEEPS_WELL, Scene
from tests.functional.lti.live_tool import practice_and_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture
def scene(browser: Browser, tmp_path: Path) -> Iterator[Scene]:
    with practice_and_tool(tmp_path) as (lms_url, tool):
        context = browser.new_context(viewport={"width": 390, "height": 844})
        scene = Scene(context, lms_url, tool)
        scene.register()
        yield scene
        context.close()


def test_the_practice_lms_agrees_to_everything(scene: Scene) -> None:
    outcome = scene.tool.outcome
    assert outcome is not None
    assert outcome.differences == []
    assert len(outcome.deployment_ids) == 1
    assert outcome.registration.webhook_secret.startswith("whsec_")
    assert outcome.registration.event_feed_url == f"{scene.lms_url}/lti/events"
    assert "urn:lti-badges:scope:events.readonly" in outcome.registration.service_scopes
    assert scene.problems == []


def test_the_platforms_storage_does_without_cookies(scene: Scene) -> None:
    scene.be_patient()
    scene.tool.drop_cookies_at = EVERYWHERE
    opened = scene.open_tool().locator("#opened")
    assert "no cookie, token" in opened.inner_text()
    launch = scene.tool.launches[0]
    assert launch.endpoints.memberships_url.startswith(scene.lms_url)
    assert c.SCOPE_SCORE in launch.endpoints.ags_scopes
    assert scene.problems == []


def test_the_partitioned_cookie_does_without_storage(scene: Scene) -> None:
    scene.storage(None)
    assert "cookie, no token" in scene.open_tool().locator("#opened").inner_text()


def test_with_neither_a_new_window_is_offered(scene: Scene) -> None:
    scene.storage(None)
    scene.tool.drop_cookies_at = EVERYWHERE
    link = scene.open_tool().get_by_role("link", name="Open LTI Badges in a new window")
    link.wait_for()
    assert scene.tool.launches == []
    with scene.context.expect_page() as opening:
        link.click()
    assert "cookie, no token" in opening.value.locator("#opened").inner_text()


def test_a_storage_that_lies_is_found_out_by_the_server(scene: Scene) -> None:
    scene.be_patient()
    lie = '{ subject: data.subject + ".response", message_id: data.message_id, value: "made-up" }'
    scene.storage(f'(data) => data.subject === "lti.put_data" ? {KEEPS_WELL} : {lie}')
    scene.tool.drop_cookies_at = EVERYWHERE
    scene.open_tool().get_by_text("state.browser_mismatch").wait_for()
    assert scene.tool.launches == []
