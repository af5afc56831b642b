"""A person's browser with the tool framed by a practice LMS on another site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.functional.lti.live_tool import LiveTool

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FrameLocator, Page

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
        self.context.route("**/tool_storage.js", lambda route: route.fulfill(body=body, content_type="text/javascript"))

    def open_tool(self) -> FrameLocator:
        self.become("learner-1")
        self.page.click("#menu-badges")
        return self.page.frame_locator("#tool-frame")
