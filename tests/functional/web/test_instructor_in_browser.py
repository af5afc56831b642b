"""What the editor's script adds in a real browser that keeps no cookie: no reloads, and the focus stays in place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from lti_tool.demo.waiting import until
from lti_tool.images import BadgeDesign, draw
from lti_tool.usecases.edit_achievement import AchievementForm
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import RULE
from tests.functional.web.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture
def blueprint_makers():
    return (learner_blueprint, instructor_blueprint)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 885, "height": 661})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # A script or a style that the policy blocks complains here.
    assert [text for text in complaints if "Failed to load resource" not in text] == []


@pytest.fixture
def editor(site: Site, address: str, page: Page) -> Page:
    """The editor of a draft with two conditions, a quiz and a module."""
    site.earn("ana")
    form = AchievementForm("Draft", "x", RULE, draw(BadgeDesign("red", "star", "rocket")), "red/star/rocket")
    draft = site.services.edit.create(site.course.course.id, form)
    enter(site, address, page, f"/badges/{draft.id}/edit")
    # Its own mark: a reloaded page would have lost it.
    page.evaluate("window.sameDocument = true")
    return page


def enter(site: Site, address: str, page: Page, path: str, role: str = "instructor") -> None:
    """As after a launch without a cookie: a form carries the token."""
    person = site.open_session(role, cookie=False)
    page.set_content(
        f'<form method="post" action="{address}/s/{person.id}{path}">'
        f'<input name="launch_token" value="{person.token}"></form>'
    )
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")


def test_dry_run_follows_what_is_typed(editor: Page) -> None:
    editor.wait_for_selector("#forecast-now")
    editor.fill("[id='rule.0.minimum']", "95")
    editor.wait_for_selector("#forecast-near")
    assert editor.locator("#forecast-now").count() == 0
    editor.fill("[id='rule.0.minimum']", "")
    editor.wait_for_selector("#forecast :text('Condition 1: Give the minimum as a number')")
    assert editor.evaluate("document.activeElement.id") == "rule.0.minimum"
    assert editor.evaluate("window.sameDocument")


def test_buttons_keep_the_focus_and_say_what_they_did(editor: Page) -> None:
    editor.fill("#name", "Typed meanwhile")
    editor.click("button[value='add:rule:course_grade']")
    editor.wait_for_selector("#status:has-text('Added as condition 3 of 3.')")
    assert editor.evaluate("document.activeElement.id") == "rule.2.minimum"
    editor.focus("button[value='up:rule.2']")
    editor.keyboard.press("Enter")
    editor.wait_for_selector("#status:has-text('Moved to position 2 of 3.')")
    assert editor.evaluate("document.activeElement.value") == "up:rule.1"
    editor.keyboard.press("Enter")
    editor.wait_for_selector("#status:has-text('Moved to position 1 of 3.')")
    # At the top there is no such button any more; the focus stays with the condition.
    assert editor.evaluate("document.activeElement.id") == "rule.0.minimum"
    editor.click("button[value='remove:rule.0']")
    editor.wait_for_selector("#status:has-text('Removed. 2 conditions left.')")
    assert editor.input_value("#name") == "Typed meanwhile"
    assert editor.evaluate("window.sameDocument")


def test_summary_loses_what_has_been_put_right(site: Site, address: str, page: Page) -> None:
    enter(site, address, page, "/badges/new")
    page.click("button[value='add:rule:item_score']")
    page.locator("li.condition").wait_for()
    page.fill("[name='rule.0.minimum']", "none")
    page.click("button[value='draft']")
    summary = page.locator("#errors")
    summary.locator("li").nth(1).wait_for()
    page.evaluate("window.sameDocument = true")
    page.click("button[value='remove:rule.0']")
    until(lambda: summary.locator("li").count() == 1, within=5, what="the summary without the condition")
    assert "name" in summary.inner_text()
    page.fill("#name", "Helper")
    until(lambda: summary.count() == 0, within=5, what="no summary")
    assert page.evaluate("window.sameDocument")


def test_number_shows_only_for_at_least(editor: Page) -> None:
    assert not editor.is_visible("[id='rule.count']")
    editor.select_option("[name='rule.joiner']", "at_least")
    assert editor.is_visible("[id='rule.count']")


def test_picture_follows_the_choices_and_the_file(editor: Page) -> None:
    editor.select_option("#symbol", "leaf")
    editor.wait_for_selector("#preview[src='/draw/red/star/leaf.png'][alt='Red, Star, A leaf']")
    # Not wait_for_function: while it waits it evaluates a text, which the page's own policy forbids.
    expect(editor.locator("#preview")).not_to_have_js_property("naturalWidth", 0)
    editor.click("text=Words on it, or a picture of my own")
    editor.fill("#words", "Level 3")
    editor.wait_for_selector("#preview[src^='data:image/svg'][alt='Red star with a leaf and the words “Level 3”']")
    expect(editor.locator("#preview")).not_to_have_js_property("naturalWidth", 0)
    editor.fill("#words", "测试")
    editor.wait_for_selector("#words-error:has-text('Latin, Greek or Cyrillic')")
    editor.fill("#words", "")
    editor.wait_for_selector("#words-error", state="hidden")
    editor.wait_for_selector("#preview[src='/draw/red/star/leaf.png']")
    own = {"name": "own.png", "mimeType": "image/png", "buffer": draw(BadgeDesign("gold", "seal", "heart"))}
    editor.set_input_files("#upload", files=own)
    editor.wait_for_selector("#preview[src^='data:image/png']")


def test_question_is_taken_back_when_the_rule_changes(editor: Page) -> None:
    with editor.expect_navigation():
        editor.click("text=Publish…")
    editor.wait_for_selector("#confirm:has-text('Award 1 learner now')")
    editor.fill("[id='rule.0.minimum']", "70")
    editor.wait_for_selector("#confirm", state="detached")
    assert editor.is_visible("text=Publish…")
    with editor.expect_navigation():
        editor.click("text=Publish…")
    with editor.expect_navigation():
        editor.click("text=Award 1 learner now")
    editor.wait_for_selector("#status:has-text('The badge is live.')")


def test_ended_session_is_said_where_the_answer_would_be(site: Site, editor: Page) -> None:
    site.course.clock.pass_time(hours=9)
    editor.fill("[id='rule.0.minimum']", "70")
    editor.wait_for_selector("#forecast [role=alert]:has-text('This page has expired.')")
    assert editor.input_value("[id='rule.0.minimum']") == "70"
