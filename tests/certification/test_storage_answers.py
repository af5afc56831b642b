"""ST16 and ST17: what another window answers in the storage's place. In a browser, framed by an LMS on another site.

No cookie of the tool is kept, so that the launch hangs on the answer alone; the refusal is the script's, and the page
that it changes holds the reference which stands in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from tests.certification.rows import ROWS
from tests.functional.lti.framed import EVERYWHERE, KEEPS_WELL, Scene
from tests.functional.lti.live_tool import practice_and_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.peer("chromium")
row = pytest.mark.row

# The tool's page hears an answer with the right identifier and what the platform really keeps, from its own origin.
FORGED = """
crypto.randomUUID = () => "known";
setInterval(() => window.postMessage(
  { subject: "lti.%s.response", message_id: "known", value: "x" }, "*"), 20);
"""
ONLY_KEEPS = f'(data) => data.subject === "lti.put_data" ? {KEEPS_WELL} : null'


@pytest.fixture
def scene(browser: Browser, tmp_path: Path) -> Iterator[Scene]:
    with practice_and_tool(tmp_path) as (lms_url, tool):
        context = browser.new_context(viewport={"width": 390, "height": 844})
        scene = Scene(context, lms_url, tool)
        scene.register()
        tool.drop_cookies_at = EVERYWHERE
        yield scene
        context.close()


def refused(scene: Scene, case: str) -> None:
    """The launch ends with the row's code, and nobody came in."""
    with capture_logs() as logs:
        frame = scene.open_tool()
        frame.locator("#lti-failed").wait_for()
    assert frame.locator("#lti-failed #refusal-code").inner_text() == ROWS[case]
    (line,) = [line for line in logs if line["event"] == "lti.storage_asked"]
    assert frame.locator("#lti-failed #correlation-id").inner_text() == line["correlation_id"]
    assert set(line) == {"event", "log_level", "registration", "correlation_id"}
    assert scene.tool.launches == []


@row("ST16")
def test_answer_from_another_origin(scene: Scene) -> None:
    """Whoever forges it knows the message's identifier here, and still only the platform's origin is heard."""
    scene.context.add_init_script(FORGED % "get_data")
    scene.storage(ONLY_KEEPS)
    refused(scene, "ST16")


@row("ST16")
def test_answer_from_another_origin_that_the_proof_was_kept(scene: Scene) -> None:
    """Without the platform's own word the browser counts as one without storage: a new window is offered."""
    scene.context.add_init_script(FORGED % "put_data")
    scene.storage(None)
    scene.open_tool().get_by_role("link", name="Open LTI Badges in a new window").wait_for()
    assert scene.tool.launches == []


@row("ST17")
@pytest.mark.parametrize("message_id", ['"another"', "window.before"])
def test_answer_to_another_message(scene: Scene, message_id: str) -> None:
    """One that names no message of ours, and one that was given before (the identifier of the first message)."""
    kept = f"(window.before = window.before || data.message_id, {KEEPS_WELL})"
    replayed = f'{{ subject: data.subject + ".response", message_id: {message_id}, value: "x" }}'
    scene.storage(f'(data) => data.subject === "lti.put_data" ? {kept} : {replayed}')
    refused(scene, "ST17")
