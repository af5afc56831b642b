"""The pages and scripts in a real browser, framed by a practice LMS on another site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lti_tool.lti import claims as c
from tests.functional.lti.live_tool import LiveTool, practice_and_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

pytestmark = pytest.mark.peer("chromium")

EVERYWHERE = ("/login", "/launch")
# In place of the LMS's storage: it answers what the test says.
STORAGE = """
window.addEventListener("message", (event) => {
  const answer = (%s)(event.data);
  if (answer) event.source.postMessage(answer, event.origin);
});
"""
KEEPS_WELL = '{ subject: data.subject + ".response", message_id: data.message_id, key: data.key, value: data.value }'


class Scene:
    """An LMS with the tool registered, and one person's browser."""

    def __init__(self, context: BrowserContext, lms_url: str, tool: LiveTool) -> None:
        self.context, self.lms_url, self.tool = context, lms_url, tool
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)

    def become(self, person: str) -> None:
        self.page.goto(self.lms_url)
        if self.page.locator("#switch-person").count():
            self.page.click("#switch-person")
        self.page.click(f"#be-{person}")

    def register(self) -> None:
        self.become("admin")
        self.page.fill("#registration-url", f"{self.tool.url}/lti/register/invite")
        self.page.click("#register-tool")
        self.page.wait_for_url("**/admin")
        self.page.click("button[name=activate]")
        self.page.wait_for_selector("[data-state=active]")

    def be_patient(self) -> None:
        """A second is short on a busy machine: where an answer must come, the scripts wait for five."""
        self.context.add_init_script("const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, 5 * ms);")

    def storage(self, script: str | None) -> None:
        """Replaces the LMS's storage; None takes it away."""
        body = "" if script is None else STORAGE % script
        self.context.route("**/tool_frame.js", lambda route: route.fulfill(body=body, content_type="text/javascript"))

    def open_tool(self) -> FrameLocator:
        self.become("learner-1")
        self.page.click("#menu-badges")
        return self.page.frame_locator("#tool-frame")


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


def test_st16_an_answer_from_another_origin_counts_for_nothing(scene: Scene) -> None:
    """The id of the message is known to the attacker here, and still only the platform's origin is heard."""
    scene.context.add_init_script("""
        crypto.randomUUID = () => "known";
        setInterval(() => window.postMessage({ subject: "lti.put_data.response", message_id: "known" }, "*"), 20);
    """)
    scene.storage(None)
    scene.tool.drop_cookies_at = EVERYWHERE
    scene.open_tool().get_by_role("link", name="Open LTI Badges in a new window").wait_for()


def test_st17_an_answer_to_another_message_counts_for_nothing(scene: Scene) -> None:
    scene.be_patient()
    answer = '{ subject: data.subject + ".response", message_id: "another" }'
    scene.storage(f'(data) => data.subject === "lti.put_data" ? {KEEPS_WELL} : {answer}')
    scene.tool.drop_cookies_at = EVERYWHERE
    frame = scene.open_tool()
    frame.locator("#lti-failed").wait_for()
    assert frame.locator("#lti-failed #refusal-code").inner_text() == "state.browser_mismatch"


def test_a_storage_that_lies_is_found_out_by_the_server(scene: Scene) -> None:
    scene.be_patient()
    lie = '{ subject: data.subject + ".response", message_id: data.message_id, value: "made-up" }'
    scene.storage(f'(data) => data.subject === "lti.put_data" ? {KEEPS_WELL} : {lie}')
    scene.tool.drop_cookies_at = EVERYWHERE
    scene.open_tool().get_by_text("state.browser_mismatch").wait_for()
    assert scene.tool.launches == []
